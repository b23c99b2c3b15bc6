"""A log dropped on a page, wherever that is."""

import json
import re

import pytest
from playwright.sync_api import expect

from components.serving import guard
from tests.browser.pictures import wait_until_still

pytestmark = pytest.mark.browser
PAGES = ["/", "/step-response", "/anti-windup", "/replay", "/map", "/guide", "/nowhere"]
LOG = json.dumps([{"epoch": e, "w_seg": 0.5 - 0.01 * e, "w_depth": 0.5 + 0.01 * e} for e in range(12)])
ROW = '#runs-grid .ag-center-cols-container .ag-row[row-id^="run dropped: mine.json"]'
CARRIED = "([name, text]) => { const t = new DataTransfer(); t.items.add(new File([text], name)); return t; }"


def drop(page, name, text, target="body"):
    """Drop a file as a person does: over the page, and let go."""
    carried = page.evaluate_handle(CARRIED, [name, text])
    for kind in ("dragenter", "dragover"):
        page.dispatch_event(target, kind, {"dataTransfer": carried})
    assert page.evaluate("document.documentElement.hasAttribute('data-dropping')")
    page.dispatch_event(target, "drop", {"dataTransfer": carried})
    assert page.evaluate("document.documentElement.dataset.dropping") != "over"


def open_page(page, address):
    page.goto(address)
    page.wait_for_load_state("networkidle")
    page.wait_for_selector("#gaba-copy")


@pytest.mark.parametrize("path", PAGES)
def test_a_log_dropped_on_any_page_is_opened_on_the_runs_page(page, own_url, path):
    open_page(page, own_url + path)
    asked = []
    page.on("request", lambda sent: asked.append(sent.post_data or "" if "update" in sent.url else sent.url))
    drop(page, "mine.json", LOG)
    page.wait_for_url("**/runs?*mine.json*")
    expect(page.locator(ROW)).to_have_class(re.compile("ag-row-selected"))
    expect(page.locator("#runs-legend")).to_contain_text("mine.json")
    wait_until_still(page)
    assert page.locator("html[data-dropping]").count() == 0
    assert sum("_pages_content" in body for body in asked) == 1
    assert sum(url.endswith("/dropped") for url in asked) == 1
    # the page came with the picture of the dropped run: none was drawn before it, and it is not drawn again
    assert not any("runs-head.data" in body.partition("inputs")[0] for body in asked)


def test_a_page_opened_by_a_link_lists_the_dropped_run_that_it_shows(page, own_url):
    open_page(page, own_url)
    drop(page, "mine.json", LOG)
    page.wait_for_url("**/runs?*mine.json*")
    other = page.context.new_page()  # which holds nothing of its own of the drop
    other.goto(page.url)
    expect(other.locator(ROW)).to_have_class(re.compile("ag-row-selected"))
    other.locator("#runs-again").click()
    expect(other.locator(ROW)).to_be_visible()


def test_a_file_that_is_no_log_is_named_and_the_page_stays(page, own_url):
    open_page(page, own_url)
    drop(page, "notes.json", "[")
    expect(page.get_by_text("Not a training log")).to_be_visible()
    expect(page.get_by_text("notes.json")).to_be_visible()
    assert page.locator("html[data-dropping]").count() == 0
    assert page.url.rstrip("/") == own_url


@pytest.mark.parametrize("path", ["/", "/runs"])
def test_a_file_that_is_too_large_is_refused_before_it_is_sent(page, own_url, path):
    open_page(page, own_url + path)
    carried = page.evaluate_handle(CARRIED, ["large.json", ""])
    page.evaluate("t => t.items.add(new File([new Uint8Array(49 * 2 ** 20)], 'large.json'))", carried)
    sent = []
    page.on("request", lambda one: sent.append(one.post_data_buffer or b""))
    page.dispatch_event("body", "drop", {"dataTransfer": carried})
    expect(page.get_by_text("large.json has 49 MiB; a dropped file may have 48 MiB.")).to_be_visible()
    assert max(map(len, sent), default=0) < guard.LARGEST_BODY


def test_a_file_that_is_too_large_cannot_be_chosen_either(page, own_url, tmp_path):
    open_page(page, f"{own_url}/runs")
    large = tmp_path / "large.json"
    with large.open("wb") as made:
        made.truncate(49 * 2**20)
    page.locator(".gaba-drop input[type=file]").set_input_files(large)
    expect(page.get_by_text("large.json has 49 MiB; a dropped file may have 48 MiB.")).to_be_visible()


def test_a_drop_that_is_not_answered_by_the_server_says_so(page, own_url):
    open_page(page, own_url)
    page.route("**/dropped", lambda route: route.fulfill(body="<h1>Gone</h1>"))
    drop(page, "mine.json", LOG)
    expect(
        page.get_by_text("The server does not answer. Drop the file again when it is back.")
    ).to_be_visible()
    assert page.locator("html[data-dropping]").count() == 0


def test_a_log_dropped_beside_its_place_on_the_runs_page_is_taken_too(page, own_url):
    page.goto(f"{own_url}/runs")
    page.wait_for_selector(".gaba-drop")
    drop(page, "mine.json", LOG, "h1")
    expect(page.locator('#runs-grid .ag-row[row-id^="run dropped: mine.json"]')).to_be_visible()
