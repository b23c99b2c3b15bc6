"""axe-core finds nothing wrong with any page: in both themes, four widths, with all that opens opened."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pictures import open_figure, wait_until_still
from tests.paths import ROOT

pytestmark = pytest.mark.browser
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
PATHS = (
    "/",
    "/step-response",
    "/anti-windup?panel=projection",
    "/anti-windup?panel=monte-carlo",
    "/anti-windup?panel=recovery",
    "/anti-windup?panel=divergence",
    "/runs",
    "/replay",
    "/map",
    "/guide",
    "/no-such-page",
)
WIDTHS = (1440, 1024, 390, 320)
NOTHING: dict[int, list[str]] = {width: [] for width in WIDTHS}
RUN = """async () => {
  const { violations } = await axe.run({ resultTypes: ["violations"] });
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target} ${node.html}`));
}"""
OPENERS = ".gaba-menu > summary, [aria-haspopup=listbox], button:text-is('Copy as Python')"
OPENED = ".gaba-menu[open] > div, [role=listbox], [role=dialog]"
FOLDED = ".mantine-Accordion-control[aria-expanded=false]:visible"
UNFOLD = "document.querySelectorAll('details:not(.gaba-menu)').forEach((one) => (one.open = true))"


def violations(page: Page) -> list[str]:
    """What axe finds in the page as it stands."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    return page.evaluate(RUN)


def open_whole(page: Page, address: str) -> None:
    """Open a page, its late parts and its folded ones."""
    page.goto(address)
    if address.endswith("/no-such-page"):
        expect(page.get_by_role("heading", name="Page not found")).to_be_visible()
        return
    wait_until_still(page)
    if address.endswith("/runs"):
        page.locator("#runs-grid .ag-row").first.wait_for()
        expect(page.locator("#runs-verdicts")).not_to_be_empty()
    if "divergence" in address:
        expect(page.get_by_role("table", name="Smallest noise at which a seed fails")).to_be_visible()
    page.evaluate(UNFOLD)
    folded = page.locator(FOLDED)
    while count := folded.count():
        folded.first.press("Enter")
        expect(folded).to_have_count(count - 1)
    for table in page.locator(".mantine-Accordion-panel:visible").all():
        expect(table).not_to_be_empty()


def widths_of(page: Page) -> Iterator[int]:
    """Give the page, as it stands, one width after another, in pixels."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 844})
        if page.locator(".js-plotly-plot").count():  # none where there is no such page
            wait_until_still(page)
        yield width


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PATHS)
def test_axe_finds_nothing(page, url, path, scheme):
    page.emulate_media(color_scheme=scheme)
    open_whole(page, url + path)
    assert {width: violations(page) for width in widths_of(page)} == NOTHING


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PATHS[:-1])
def test_axe_finds_nothing_in_the_dialog_of_a_figure_and_it_fits(page, url, path, scheme):
    page.emulate_media(color_scheme=scheme)
    page.goto(url + path)
    wait_until_still(page)
    page.set_viewport_size({"width": WIDTHS[-1], "height": 844})  # its opener is in reach there too
    dialog = open_figure(page)
    found = {}
    for width in widths_of(page):
        found[width] = violations(page)
        assert dialog.evaluate("(one) => one.scrollWidth <= one.clientWidth")
        box = dialog.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
    assert found == NOTHING


@pytest.mark.parametrize(("width", "scheme"), [(1440, "dark"), (320, "light")])
@pytest.mark.parametrize("path", PATHS[:-1])
def test_axe_finds_nothing_while_a_menu_a_list_or_a_dialog_is_open(page, url, path, width, scheme):
    page.set_viewport_size({"width": width, "height": 844})
    page.emulate_media(color_scheme=scheme)
    open_whole(page, url + path)
    for opener in page.locator(OPENERS).locator("visible=true").all():
        opener.click()
        popup = page.locator(OPENED).locator("visible=true")
        expect(popup).to_have_count(1)
        assert violations(page) == []
        page.keyboard.press("Escape")
        expect(popup).to_have_count(0)
