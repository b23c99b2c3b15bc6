"""The keyboard alone: what the Tab key reaches, how that is seen, and how far it is to the numbers."""

import pytest
from playwright.sync_api import expect

from tests.browser.pictures import wait_until_still

pytestmark = pytest.mark.browser
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
)
MOST_STOPS = 30  # from the top of a page to its numbers
LONGEST_WAY = 200
CONTROLS = """() => {
  const all = document.querySelectorAll(`a[href], button, summary, input:not([type=hidden]), [role=slider],
    [tabindex="0"]`);
  const groups = new Set(); // of radio buttons, of which one is a stop
  window.unreached = new Set([...all].filter((one) => {
    if (one.disabled || one.tabIndex < 0) return false;
    if (one.closest(".ag-root, .ag-tab-guard, .gaba-server")) return false;
    if (!one.checkVisibility({ visibilityProperty: true })) return false;
    if (one.type !== "radio") return true;
    if (!one.checked) return false;
    return !groups.has(one.name) && groups.add(one.name);
  }));
  return unreached.size;
}"""
STOP = """() => {
  const one = document.activeElement;
  unreached.delete(one);
  const name = `${one.tagName} ${one.className} ${one.ariaLabel ?? one.textContent}`.slice(0, 120);
  const near = [one, one.nextElementSibling, one.closest(".mantine-MultiSelect-input, .gaba-drop")];
  const drawn = (style) => style.outlineStyle === "solid" && parseFloat(style.outlineWidth) >= 2;
  return {
    top: one === document.body,
    name,
    seen: near.some((part) => part && drawn(getComputedStyle(part))),
    inPicture: Boolean(one.closest(".modebar")),
  };
}"""


def open_view(page, address):
    page.goto(address)
    wait_until_still(page)
    if address.endswith("/runs"):
        page.locator("#runs-grid .ag-row").first.wait_for()
        expect(page.locator("#runs-verdicts")).not_to_be_empty()


@pytest.mark.parametrize("path", PATHS)
def test_the_tab_key_reaches_every_control_and_shows_where_it_is(page, url, path):
    open_view(page, url + path)
    assert page.evaluate(CONTROLS) > 15
    stops = []
    for _ in range(LONGEST_WAY):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        if stop["top"]:
            break
        stops.append(stop)
    assert page.evaluate("[...unreached].map((one) => one.outerHTML.slice(0, 200))") == []
    assert [stop["name"] for stop in stops if not stop["seen"]] == []
    assert not any(stop["inPicture"] for stop in stops)


@pytest.mark.parametrize("path", PATHS)
def test_the_numbers_are_few_stops_from_the_top(page, url, path):
    open_view(page, url + path)
    link = page.get_by_role("link", name="Skip to the numbers")
    for _ in range(MOST_STOPS - 1):
        page.keyboard.press("Tab")
        if link.evaluate("(link) => link === document.activeElement"):
            break
    expect(link).to_be_in_viewport()
    page.keyboard.press("Enter")
    table = page.locator("main .gaba-scroll").first
    expect(table).to_be_focused()
    expect(table).to_be_in_viewport()


def test_the_arrow_keys_explain_a_table_line_by_line(page, url):
    open_view(page, url)
    table = page.get_by_role("group", name="Read-outs")
    table.focus()
    labels = table.locator(".gaba-helped")
    for key, at in (("ArrowDown", 0), ("ArrowDown", 1), ("ArrowUp", 0)):
        page.keyboard.press(key)
        expect(labels.nth(at)).to_be_focused()
        expect(page.get_by_role("tooltip")).to_have_count(1)
    page.keyboard.press("Tab")
    assert labels.evaluate_all("(all) => all.every((one) => one !== document.activeElement)")


def test_a_number_box_explains_itself_where_the_keyboard_reaches_it(page, url):
    open_view(page, url)
    box = page.get_by_label("EMA coefficient β, number")
    box.focus()
    words = box.get_attribute("aria-description")
    expect(page.get_by_role("tooltip")).to_have_text(words)
