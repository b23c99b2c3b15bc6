"""Files dropped on the Runs page: drawn alone, judged in sight, and the way back to the examples."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_runs import KEYS, STARTING, open_runs
from tests.seed_logs import five_seeds

pytestmark = pytest.mark.browser

IN_SIGHT = """() => {
  const box = document.getElementById("runs-answer").getBoundingClientRect();
  return box.top >= 0 && box.bottom <= innerHeight && box.height > 0;
}"""


def send(page, files):
    page.locator("#runs-upload input[type=file]").set_input_files(
        [{"name": name, "mimeType": "text/plain", "buffer": content} for name, content in files.items()]
    )


def ticked(page):
    return page.locator("#runs-grid .ag-row-selected")


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize(("stem", "ending"), [("mtl", "json"), ("run", "csv")])
def test_five_seeds_dropped_are_answered_in_sight_and_the_stray_one_is_named(page, url, width, stem, ending):
    page.set_viewport_size({"width": width, "height": 900 if width == 1440 else 844})
    open_runs(page, url, "?runs=" + KEYS[0])
    send(page, five_seeds(ending, stem))
    expect(page.locator("#runs-answer")).to_contain_text(
        "suspect the balancer of seed 3. Seed 3 left the others"
    )
    page.wait_for_function(IN_SIGHT)
    for start, count in (("one-0-y", 10), ("mean-", 2), ("band-", 2)):
        page.wait_for_function(f"([s, n]) => {STARTING.format('s')}.length === n", arg=[start, count])
    expect(ticked(page)).to_have_count(5)
    expect(page.locator("#runs-legend")).to_contain_text(f"{stem}_seed3.{ending}")
    expect(page.locator("#runs-readout thead")).to_contain_text("val_miou")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_dropped_file_is_drawn_by_its_own_task_and_metric_and_one_click_shows_the_examples_again(page, url):
    open_runs(page, url, f"?runs={','.join(KEYS[:2])}&metric=nasa&baseline={KEYS[0]}")
    back = page.get_by_role("button", name="Show the examples again")
    expect(back).to_be_hidden()
    send(page, dict([*five_seeds().items()][:1]))
    expect(page.locator("#runs-legend")).to_contain_text("mtl_seed0.json")
    expect(page.locator("#runs-legend")).not_to_contain_text("FD002")
    expect(page.locator("#runs-readout thead")).to_contain_text("Weight seg")
    expect(page.locator("#runs-readout thead")).to_contain_text("val_miou")
    expect(ticked(page)).to_have_count(1)
    back.click()
    expect(page.locator("#runs-legend")).to_contain_text("FD002 gaba seed 42")
    expect(page.locator("#runs-readout thead")).to_contain_text("RMSE")
    expect(back).to_be_hidden()
    expect(ticked(page)).to_have_count(1)
    expect(page.locator('#runs-grid [row-id^="run dropped: mtl_seed0.json"]')).to_be_visible()


def test_a_second_drop_takes_the_place_of_the_first_in_the_picture(page, url):
    open_runs(page, url)
    files = [*five_seeds().items()]
    send(page, dict(files[:1]))
    expect(page.locator("#runs-legend")).to_contain_text("mtl_seed0.json")
    send(page, dict(files[1:2]))
    expect(page.locator("#runs-legend")).to_contain_text("mtl_seed1.json")
    expect(page.locator("#runs-legend")).not_to_contain_text("mtl_seed0.json")
    expect(ticked(page)).to_have_count(1)
