"""A page for a lecture: figure, one row of controls and one sentence, large, and nothing below the fold."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_axe import violations
from tests.browser.test_keyboard import PATHS, open_view

pytestmark = pytest.mark.browser
LARGER = 1.6
TEXT = 14  # px of the page's own text
STAGED = """() => [...document.querySelectorAll("[data-stage]")].map((one) => {
  const { top, bottom, left, right } = one.getBoundingClientRect();
  return [one.dataset.stage, top, bottom, left, right];
})"""
SEEN = """() => [...document.querySelectorAll(".gaba-view *")].filter((one) => one.checkVisibility() &&
  !one.closest("[data-stage]") && getComputedStyle(one).display !== "contents")
  .map((one) => one.outerHTML.slice(0, 90))"""
EXTENT = "[document.documentElement.scrollHeight, document.documentElement.scrollWidth]"
BOX = "document.querySelector('.gaba-graph').getBoundingClientRect().toJSON()"
FITS = """() => {
  const plot = document.querySelector("[data-stage=figure] .js-plotly-plot");
  return Math.abs(plot?._fullLayout?.width - plot?.offsetWidth) < 2;
}"""
VISIBLE = """() => [...document.querySelectorAll(".gaba-view :is(.gaba-graph, .mantine-Paper-root, table)")]
  .map((one) => one.checkVisibility())"""
SCALE = """() => {
  const figure = document.querySelector("[data-stage=figure]");
  return figure.getBoundingClientRect().width / figure.offsetWidth;
}"""
WORDS = "[data-stage=sentence], [data-stage=control] .mantine-Text-root"
SIZES = """(words) => [...document.querySelectorAll(words)]
  .map((one) => parseFloat(getComputedStyle(one).fontSize))"""
LEVEL = """() => {
  const graph = document.querySelector("[data-stage=figure] .js-plotly-plot");
  const { left, top, width } = graph.getBoundingClientRect();
  const scale = width / graph.offsetWidth;
  const { xaxis, yaxis } = graph._fullLayout;
  const floor = graph._fullData.find((trace) => trace.uid === "floor").y[0];
  const at = (value) => top + scale * (yaxis._offset + yaxis.d2p(value));
  return { x: left + scale * (xaxis._offset + 0.7 * xaxis._length), y: at(floor), there: at(0.1) };
}"""


def present(page):
    page.keyboard.press("p")
    expect(page.locator("#gaba-leave")).to_be_visible()
    page.wait_for_function(FITS)


@pytest.mark.parametrize("path", PATHS)
def test_figure_controls_and_sentence_fill_the_screen_in_large_letters(page, url, path):
    page.set_viewport_size({"width": 1280, "height": 720})
    open_view(page, url + path)
    present(page)
    staged = page.evaluate(STAGED)
    kinds = [kind for kind, *_ in staged]
    assert kinds.count("figure") == kinds.count("sentence") == 1
    assert 1 <= kinds.count("control") <= 3
    assert len({round(top) for kind, top, *_ in staged if kind == "control"}) == 1
    assert min(top for _, top, *_ in staged) >= 0
    assert max(bottom for _, _, bottom, *_ in staged) <= 720
    assert sum(bottom - top for kind, top, bottom, *_ in staged if kind == "figure") > 0.6 * 720
    assert page.evaluate(EXTENT) == [720, 1280]
    assert page.evaluate(SEEN) == []
    assert page.evaluate(SCALE) == pytest.approx(LARGER)
    assert min(page.evaluate(SIZES, WORDS)) >= LARGER * TEXT - 0.1


def test_a_button_leads_there_and_escape_or_the_key_back_to_the_page_as_it_was(page, url):
    open_view(page, url)
    before = page.evaluate(BOX)
    page.get_by_role("button", name="Present", exact=True).click()
    for key in ("Escape", "p"):
        expect(page.locator("#gaba-leave")).to_be_focused()
        page.keyboard.press(key)
        expect(page.locator("#gaba-leave")).to_be_hidden()
        expect(page.locator("#gaba-present")).to_be_focused()
        assert page.locator("[data-stage]").count() == 0
        assert page.evaluate(BOX) == before
        page.keyboard.press("p")
    page.get_by_role("button", name="Leave (Esc)").click()
    expect(page.locator("#gaba-leave")).to_be_hidden()


def test_a_letter_that_is_typed_is_no_shortcut(page, url):
    open_view(page, f"{url}/runs")
    page.get_by_label("Filter the list of runs").press_sequentially("pcgrad")
    expect(page.get_by_label("Filter the list of runs")).to_have_value("pcgrad")
    expect(page.locator("#gaba-leave")).to_be_hidden()


def test_the_floor_is_dragged_in_the_large_picture_to_where_the_pointer_is(page, url):
    page.set_viewport_size({"width": 1280, "height": 720})
    open_view(page, url)
    present(page)
    place = page.evaluate(LEVEL)
    page.mouse.move(place["x"], place["y"])
    page.mouse.down()
    page.mouse.move(place["x"], place["there"], steps=5)
    box = page.get_by_label("Floor λ_min, number")
    assert float(box.input_value()) == pytest.approx(0.1, abs=0.004)
    page.mouse.up()
    expect(page.locator("[data-stage=sentence]")).to_contain_text("below the floor")


def test_another_page_is_presented_too_and_one_without_a_figure_is_not(page, url):
    open_view(page, url)
    present(page)
    page.evaluate("document.querySelector('.gaba-nav[href$=\"/step-response\"]').click()")
    expect(page.locator("[data-stage=sentence]")).to_contain_text("a step closes")
    page.keyboard.press("Escape")
    page.goto(f"{url}/no-such-page")
    expect(page.get_by_role("heading", name="Page not found")).to_be_visible()
    page.keyboard.press("p")
    expect(page.locator("#gaba-leave")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_a_presentation(page, url, scheme):
    page.emulate_media(color_scheme=scheme)
    open_view(page, url)
    present(page)
    assert violations(page) == []


@pytest.mark.parametrize("path", ["/", "/runs", "/anti-windup?panel=recovery"])
def test_a_printed_page_has_no_buttons_of_the_frame_and_hides_nothing_of_the_view(page, url, path):
    open_view(page, url + path)
    on_screen = page.evaluate(VISIBLE)
    page.emulate_media(media="print")
    expect(page.locator(".gaba-nav").first).to_be_hidden()
    expect(page.locator("#gaba-copy")).to_be_hidden()
    assert page.evaluate(VISIBLE) == on_screen
    side = page.locator(".gaba-side").first
    assert side.evaluate("(one) => one.scrollHeight - one.clientHeight") <= 1


TICK = ".js-plotly-plot .xtick text"
PAPER = """() => {
  const look = () => [document.body, document.querySelector("h1")].map((one) => getComputedStyle(one).color);
  window.looks = [look()];
  addEventListener("beforeprint", () => looks.push(look()));
  addEventListener("afterprint", () => looks.push(look()));
}"""


def test_a_dark_page_is_printed_dark_on_white_and_is_dark_again_afterwards(page, url):
    page.emulate_media(color_scheme="dark")
    open_view(page, url)
    page.evaluate(PAPER)
    page.pdf()
    page.wait_for_function("looks.length === 3")
    before, printed, after = page.evaluate("looks")
    assert all(map(bright, before))
    assert not any(map(bright, printed))
    assert after == before
    fill = f"getComputedStyle(document.querySelector('{TICK}')).fill"
    assert bright(page.evaluate(fill))
    page.emulate_media(media="print")
    assert not bright(page.evaluate(fill))


def bright(color):
    """Whether a colour of text is for a dark page: the mean of red, green and blue, of 255."""
    return sum(map(float, re.findall(r"[\d.]+", color)[:3])) / 3.0 > 128.0
