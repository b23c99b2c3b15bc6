"""A log dropped on a page, wherever that is."""

import json

import pytest
from playwright.sync_api import expect

from tests.browser.pictures import wait_until_still

pytestmark = pytest.mark.browser
PAGES = ["/", "/step-response", "/anti-windup", "/replay", "/map", "/guide", "/nowhere"]
LOG = json.dumps([{"epoch": e, "w_seg": 0.5 - 0.01 * e, "w_depth": 0.5 + 0.01 * e} for e in range(12)])
CARRIED = "([name, text]) => { const t = new DataTransfer(); t.items.add(new File([text], name)); return t; }"


def drop(page, name, text, target="body"):
    """Drop a file as a person does: over the page, and let go."""
    carried = page.evaluate_handle(CARRIED, [name, text])
    for kind in ("dragenter", "dragover"):
        page.dispatch_event(target, kind, {"dataTransfer": carried})
    assert page.evaluate("document.documentElement.hasAttribute('data-dropping')")
    page.dispatch_event(target, "drop", {"dataTransfer": carried})
    assert not page.evaluate("document.documentElement.hasAttribute('data-dropping')")


@pytest.mark.parametrize("path", PAGES)
def test_a_log_dropped_on_any_page_is_opened_on_the_runs_page(page, own_url, path):
    page.goto(own_url + path)
    page.wait_for_load_state("networkidle")
    page.wait_for_selector("#gaba-copy")
    drop(page, "mine.json", LOG)
    page.wait_for_url("**/runs**")
    expect(page.locator('#runs-grid .ag-row[row-id^="run dropped: mine.json"]')).to_be_visible()
    wait_until_still(page)


def test_a_log_dropped_beside_its_place_on_the_runs_page_is_taken_too(page, own_url):
    page.goto(f"{own_url}/runs")
    page.wait_for_selector(".gaba-drop")
    drop(page, "mine.json", LOG, "h1")
    expect(page.locator('#runs-grid .ag-row[row-id^="run dropped: mine.json"]')).to_be_visible()
