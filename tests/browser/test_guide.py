"""The Guide under the hand: markers are dragged and stepped, curves revealed, numbers in formulas follow."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
PLACE = """uid => {
  const graph = document.querySelector("#predict .js-plotly-plot");
  const { x, y } = graph._fullData.find((trace) => trace.uid === uid);
  const { xaxis, yaxis } = graph._fullLayout;
  const box = graph.getBoundingClientRect();
  return [box.left + xaxis._offset + xaxis.d2p(x[0]), box.top + yaxis._offset + yaxis.d2p(y[0])];
}"""
DRAWN = "() => Boolean(document.querySelector('#predict .js-plotly-plot')?._fullData?.length)"


def open_guide(page, url, query=""):
    page.goto(f"{url}/guide{query}")
    page.locator("#predict").scroll_into_view_if_needed()
    page.wait_for_function(DRAWN)


def box(page, param):
    return page.locator(f".gaba-control[data-param={param}] input:not([type=hidden])")


def test_both_markers_are_dragged_in_the_picture(page, url):
    open_guide(page, url)
    page.locator("#predict .js-plotly-plot").scroll_into_view_if_needed()
    x, _ = page.evaluate(PLACE, "guess-met")
    _, y = page.evaluate(PLACE, "guess-rest")
    page.mouse.move(x, y + 60)
    page.mouse.down()
    page.mouse.move(x + 120, y + 60, steps=5)
    page.mouse.up()
    page.wait_for_url("**met=*")
    assert float(box(page, "met").input_value()) > 4
    page.mouse.move(x + 200, y)
    page.mouse.down()
    page.mouse.move(x + 200, y + 40, steps=5)
    page.mouse.up()
    page.wait_for_url("**rest=*")
    assert float(box(page, "rest").input_value()) < 0.15


@pytest.mark.parametrize("width", [390, 1440])
def test_markers_are_stepped_by_keys_the_curve_revealed_and_another_example_taken(page, url, width):
    page.set_viewport_size({"width": width, "height": 844})
    open_guide(page, url)
    thumb = page.locator(".gaba-control[data-param=met] [role=slider]")
    thumb.focus()
    thumb.press("ArrowRight")
    page.wait_for_url("**met=3.25*")
    verdict = page.locator("#guide-text-verdict")
    expect(verdict).to_contain_text("floor met at epoch 3.2, settled at")
    page.get_by_role("button", name="Show the curve").click()
    expect(verdict).to_contain_text("The floor is met at epoch 3.7, 0.4 later than you said")
    page.get_by_role("button", name="New example").click()
    expect(page.locator("#guide-text-setting")).to_contain_text("Example 2")
    expect(verdict).to_contain_text("Set both, then show the curve.")


def test_the_numbers_in_the_algebra_follow_the_sliders(page, url):
    open_guide(page, url)
    lower = page.locator("#bound mn[data-live=lower]")
    expect(lower).to_have_text("0.0476")
    page.locator(".gaba-control[data-param=tasks] [role=slider]").focus()
    page.keyboard.press("ArrowRight")
    expect(lower).to_have_text("0.0455")
    expect(page.locator("#guide-text-proof")).to_contain_text("With 3 tasks")
    assert page.locator("#bound math").count() == 5


def test_the_blocks_follow_the_one_slider_and_a_fix_opens_recovery(page, url):
    open_guide(page, url, "?ratio=5")
    expect(page.locator("#guide-text-norms")).to_have_text("5 : 1")
    expect(page.locator("#guide-text-clamped")).to_contain_text("u = 0.1")
    page.get_by_role("link", name="Clamp the state (B)").click()
    page.wait_for_url("**schemes=A%2CB")
