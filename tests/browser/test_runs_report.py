"""What the workbench says in numbers, and the report that carries it away."""

import pytest
from playwright.sync_api import expect

import app
from gaba_core.runs import read_run
from tests.browser.test_runs import KEYS, open_runs, unfold
from tests.browser.test_runs_workbench import choose
from tests.paths import LOGS

RIVAL = "FD002/dwa/seed_42"


def rmse_at_end(key):
    return read_run(app.LOGS / key).metrics["rmse_last"][-1]


def test_a_pinned_run_brings_a_table_of_differences(page, url):
    open_runs(page, url, "?runs=" + ",".join(KEYS[:2]))
    expect(page.locator("#runs-differences")).to_be_empty()
    unfold(page)
    choose(page, "Baseline", "FD002 gaba seed 42")
    table = page.get_by_role("table", name="Differences from FD002 gaba seed 42")
    expect(table.locator("tbody tr")).to_have_count(2)
    less = rmse_at_end(KEYS[1]) - rmse_at_end(KEYS[0])
    expect(table.locator("tbody tr").nth(1)).to_contain_text(f"{rmse_at_end(KEYS[1]):.3f}{less:+.3f}")
    expect(table.locator("tbody tr").nth(0)).to_contain_text("baseline")
    choose(page, "Baseline", "No baseline")
    expect(page.locator("#runs-differences")).to_be_empty()


def test_parameters_that_differ_stand_side_by_side_and_the_rest_is_folded(page, url):
    open_runs(page, url, f"?runs={KEYS[0]},{RIVAL}")
    table = page.get_by_role("table", name="Parameters that differ")
    expect(table.get_by_role("row", name="Method gaba dwa")).to_be_visible()
    expect(table.get_by_role("row", name="Batch size")).to_have_count(0)
    shared = page.get_by_role("table", name="Parameters that all runs share")
    expect(shared).to_be_hidden()
    page.locator("#runs-parameters button").click()
    batch = read_run(LOGS / KEYS[0]).info.batch
    expect(shared.get_by_role("row", name=f"Batch size {batch}")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_report_opens_without_a_network_and_draws(page, context, url, tmp_path, scheme):
    query = f"?runs={','.join(KEYS[:2])},{RIVAL}&metric=rmse_last,norms&group=method"
    open_runs(page, url, query)
    with page.expect_download() as download:
        page.get_by_role("button", name="Report", exact=True).click()
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    assert path.name == "gaba_runs_report.html"
    said = page.locator(".gaba-verdict-rows > span:nth-child(3n)").all_inner_texts()
    folded = ".gaba-verdict:has(.gaba-more-of + .gaba-more-of) .gaba-grounds > div:nth-child(-n + 2)"
    several = page.locator(folded).all_text_contents()  # what is said once of several runs
    sentences = [*several, *(text for text in said if not text.startswith("all "))]
    page.goto("about:blank")
    context.set_offline(True)
    page.emulate_media(color_scheme=scheme)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.set_viewport_size({"width": 390, "height": 844})
    page.set_content(path.read_text(encoding="utf-8"))
    page.wait_for_function("document.querySelector('.js-plotly-plot')?._fullData?.length > 0")
    assert asked == []
    expect(page.locator(".modebar-btn")).not_to_have_count(0)
    expect(page.locator(".modebar-btn[data-title^=Share]")).to_have_count(0)
    names = page.evaluate("document.querySelector('.js-plotly-plot')._fullData.map((t) => t.name)")
    assert "weight rul, mean of gaba" in names
    assert len(sentences) == 6
    for sentence in sentences:
        expect(page.get_by_text(sentence).first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
