"""What a reader has asked of the system is heeded: colours of their own, no motion, larger text, a finger."""

import pytest

from tests.browser.pictures import wait_until_still
from tests.browser.test_keyboard import PATHS, open_view

pytestmark = pytest.mark.browser
FINGER = 44  # px
SIDEWAYS = "document.documentElement.scrollWidth - innerWidth"
ALIKE = """([selector, other, property]) => {
  const [one, two] = [selector, other].map((each) => document.querySelector(each));
  return getComputedStyle(one)[property] === getComputedStyle(two)[property];
}"""
MARKS = (  # what must differ from what, in which property
    (".mantine-Slider-bar", ".mantine-Paper-root", "backgroundColor"),
    (
        ".mantine-SegmentedControl-label[data-active]",
        ".mantine-SegmentedControl-label:not([data-active])",
        "backgroundColor",
    ),
    (".gaba-nav[data-active]", ".gaba-nav:not([data-active])", "backgroundColor"),
    (".gaba-icon", ".gaba-header", "backgroundColor"),
    (".gaba-swatch", ".mantine-Paper-root", "backgroundColor"),
    (".gaba-preset[aria-pressed=true]", ".gaba-preset[aria-pressed=false]", "backgroundColor"),
)
MOVING = """() => [...document.querySelectorAll("*")].filter((one) => {
  const { transitionDuration, transitionProperty, animationName } = getComputedStyle(one);
  const takesTime = transitionDuration.split(",").some((time) => parseFloat(time) > 0);
  return (transitionProperty !== "none" && takesTime) || animationName !== "none";
}).map((one) => one.outerHTML.slice(0, 120))"""
SMALL = """(finger) => [...document.querySelectorAll(`header a, main a[href], button, summary, [role=slider],
  input:not([type=hidden]), .mantine-SegmentedControl-label, .mantine-Chip-label`)].flatMap((one) => {
  if (!one.checkVisibility({ visibilityProperty: true }) || one.closest(".ag-root, p, .gaba-skip")) return [];
  const { width, height } = (one.closest(".mantine-Slider-root") ?? one).getBoundingClientRect();
  const hidden = width < 2 || getComputedStyle(one).opacity < 0.01; // its label is what is pressed
  const small = !hidden && Math.min(width, height) < finger - 0.5;
  return small ? [`${width} x ${height}: ${one.outerHTML.slice(0, 120)}`] : [];
})"""


def unfold(page):
    page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_with_the_readers_own_colours_every_selection_is_still_seen(page, url, scheme):
    page.emulate_media(forced_colors="active", color_scheme=scheme)
    open_view(page, url)
    unfold(page)
    alike = [mark for mark in MARKS if page.evaluate(ALIKE, list(mark))]
    assert alike == []
    track = "getComputedStyle(document.querySelector('.mantine-Slider-track'), '::before')"
    assert page.evaluate(f"{track}.borderTopStyle") == "solid"
    assert page.evaluate(f"{track}.borderTopColor !== {track}.backgroundColor")


@pytest.mark.parametrize("path", PATHS)
def test_nothing_moves_where_the_reader_wants_no_motion(page, url, path):
    page.emulate_media(reduced_motion="reduce")
    open_view(page, url + path)
    assert page.evaluate(MOVING) == []


@pytest.mark.parametrize("path", PATHS)
def test_what_a_finger_presses_is_large_enough_for_it(browser, url, path):
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    open_view(page, url + path)
    unfold(page)
    assert page.evaluate("matchMedia('(pointer: coarse)').matches")
    small = page.evaluate(SMALL, FINGER)
    context.close()
    assert small == []


def test_a_row_of_the_list_of_runs_is_as_high_as_a_finger(browser, url):
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(f"{url}/runs")
    page.locator("#runs-grid .ag-row").first.wait_for()
    heights = page.locator("#runs-grid .ag-row").evaluate_all("(rows) => rows.map((row) => row.offsetHeight)")
    context.close()
    assert len(heights) > 3
    assert min(heights) >= FINGER


@pytest.mark.parametrize("path", [*PATHS, "/no-such-page"])
def test_a_narrow_or_enlarged_page_is_not_scrolled_sideways(page, url, path):
    page.set_viewport_size({"width": 320, "height": 640})
    if path == "/no-such-page":
        page.goto(url + path)
        page.get_by_role("heading", name="Page not found").wait_for()
    else:
        open_view(page, url + path)
        unfold(page)
    assert page.evaluate(SIDEWAYS) <= 0
    page.set_viewport_size({"width": 720, "height": 450})  # 1440 pixels at 200 %
    if path != "/no-such-page":
        wait_until_still(page)
    assert page.evaluate(SIDEWAYS) <= 0


def test_the_preset_that_is_on_is_pressed_and_no_other(page, url):
    open_view(page, url)
    pressed = page.locator(".gaba-preset[aria-pressed=true]")
    assert pressed.all_text_contents() == ["Reference FD002"]
    page.get_by_role("button", name="No floor", exact=True).click()
    page.wait_for_url("**floor=0*")
    assert pressed.all_text_contents() == ["No floor"]


WRITTEN = """() => [...document.querySelectorAll("#react-entry-point .gaba-graph")].map((figure) => [
  figure.dataset.figure,
  [...figure.querySelectorAll(".ytitle, .legendtext")]
    .map((one) => one.textContent.replaceAll("\\u200b", "").trim()) // Plotly's own, around an index
    .filter(Boolean),
])"""
NAMED = "(name) => document.querySelector(`.gaba-names[data-figure='${name}']`).textContent"


@pytest.mark.parametrize("path", [path for path in PATHS if path != "/runs"])
def test_a_phone_names_every_axis_and_line_that_a_wide_page_names(page, url, path):
    open_view(page, url + path)
    written = page.evaluate(WRITTEN)
    page.set_viewport_size({"width": 390, "height": 844})
    open_view(page, url + path)
    for name, words in written:
        said = page.evaluate(NAMED, name)
        assert [word for word in words if word not in said] == []
    shown = "getComputedStyle(document.querySelector('.gaba-names')).display !== 'none'"
    assert page.evaluate(shown)
