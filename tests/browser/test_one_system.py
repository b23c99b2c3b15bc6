"""One visual system on every page: sizes, weights, no empty band below, nothing cut off or pushed down."""

import pytest
from playwright.sync_api import expect

from components.layout import theme
from tests.browser.pictures import open_figure, wait_until_still

pytestmark = pytest.mark.browser
PAGES = [
    "/",
    "/step-response",
    "/anti-windup",
    "/anti-windup?panel=monte-carlo",
    "/anti-windup?panel=recovery",
    "/anti-windup?panel=divergence",
    "/runs?runs=FD002/gaba/seed_42,FD002/gradnorm/seed_42",
    "/replay",
    "/map",
    "/guide",
    "/nowhere",
]
SIZES = {theme.SMALL, theme.TEXT, theme.TITLE, theme.PAGE}
WEIGHTS = {theme.PLAIN, theme.STRONG}
SEEN = """() => {
  const odd = {}, walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const words = walker.currentNode.data.trim(), element = walker.currentNode.parentElement;
    if (!words || element.closest("script, style, sub, sup, [baseline-shift]")) continue;
    if (element.tagName === "tspan" && element.style.fontSize) continue; // Plotly's exponents
    if (!element.getClientRects().length) continue;
    const { fontSize, fontWeight, fontFamily } = getComputedStyle(element);
    if (parseFloat(fontSize) === 0) continue; // read out alone
    (odd[`${parseFloat(fontSize)} ${fontWeight} ${fontFamily}`] ??= []).push(words.slice(0, 40));
  }
  return odd;
}"""


def open_page(page, url, path):
    page.goto(url + path)
    page.wait_for_selector("#gaba-copy")
    if path != "/nowhere":
        wait_until_still(page)
    page.wait_for_load_state("networkidle")


@pytest.mark.parametrize("path", PAGES)
def test_four_sizes_two_weights_and_one_typeface(page, url, path):
    open_page(page, url, path)
    seen = page.evaluate(SEEN)
    assert seen
    odd = {}
    for look, words in seen.items():
        size, weight, family = look.split(" ", 2)
        own = "monospace" in family or family.replace('"', "'") == theme.FONT
        if float(size) not in SIZES or int(weight) not in WEIGHTS or not own:
            odd[look] = words[:6]
    assert odd == {}


@pytest.mark.parametrize("path", ["/", "/step-response", "/replay", "/map", "/guide"])
def test_a_page_ends_where_its_last_card_does(page, url, path):
    open_page(page, url, path)
    below = page.evaluate(
        """() => {
          const looks = ".gaba-view :is(.mantine-Paper-root, .mantine-Accordion-root)";
          const cards = [...document.querySelectorAll(looks)];
          const last = Math.max(...cards.map((card) => card.getBoundingClientRect().bottom));
          const main = document.getElementById("content");
          const end = main.getBoundingClientRect().bottom - parseFloat(getComputedStyle(main).paddingBottom);
          return end - last;
        }"""
    )
    assert 0 <= below <= 20


@pytest.mark.parametrize("path", ["/", "/step-response", "/anti-windup"])
def test_a_link_that_asks_in_vain_moves_nothing(page, url, path):
    place = "document.querySelector('#react-entry-point .gaba-graph').getBoundingClientRect().top"
    open_page(page, url, path)
    without = page.evaluate(place)
    open_page(page, url, f"{path}?beta=7&betta=1")
    assert page.get_by_text("Part of this link was ignored").first.is_visible()
    assert page.evaluate(place) == without


@pytest.mark.parametrize("width", [1024, 390])
@pytest.mark.parametrize("path", ["/", "/anti-windup?panel=divergence", "/anti-windup", "/step-response"])
def test_no_cell_of_a_table_is_cut_off(page, url, path, width):
    page.set_viewport_size({"width": width, "height": 800})
    open_page(page, url, path)
    cut = page.evaluate(
        """() => [...document.querySelectorAll(".gaba-table :is(td, th)")]
          .filter((cell) => cell.scrollWidth > cell.clientWidth + 1).map((cell) => cell.textContent)"""
    )
    assert cut == []


@pytest.mark.parametrize(
    "path", ["/", "/step-response", "/anti-windup", "/runs", "/replay", "/map", "/guide"]
)
def test_a_picture_becomes_a_file_by_one_dialog_and_no_camera(page, url, path):
    open_page(page, url, path)
    buttons = page.locator(".gaba-to-figure").count()
    assert 1 <= buttons <= page.locator("#react-entry-point .gaba-graph").count()
    assert page.locator(".modebar-btn[data-title*=Download]").count() == 0
    assert page.get_by_role("button", name="SVG", exact=True).count() == 0
    dialog = open_figure(page)
    expect(dialog.get_by_role("button", name="SVG", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
