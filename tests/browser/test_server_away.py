"""The server goes, hangs, or takes its time: what the page says, and how it comes back by itself."""

import json
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

from tests.browser.pictures import wait_until_still
from tests.browser.test_convergence import box, open_view, wait_for_seed_42

pytestmark = pytest.mark.browser
HERE = "http://127.0.0.1:*/**"
BANNER = "#gaba-server"
MARKED = ".gaba-graph[data-behind]"
VIEWS = {
    "/": ("convergence", "floor", "0.2"),
    "/step-response": ("step-response", "target", "0.4"),
    "/anti-windup": ("anti-windup-projection", "floor", "0.1"),
    "/anti-windup?panel=recovery": ("anti-windup-recovery", "floor", "0.1"),
    "/replay": ("replay", "floor", "0.1"),
    "/map": ("map", "floor", "0.1"),
    "/guide": ("guide", "floor", "0.1"),
}
OWES = "(view) => ours.dragOf(view).isBehind"


@pytest.fixture(autouse=True)
def quiet_console(page):
    """A browser says of each request that it failed, and that alone is allowed here."""
    problems = []
    page.on("console", lambda m: problems.append(m.text) if m.type in {"error", "warning"} else None)
    page.on("pageerror", lambda e: problems.append(str(e)))
    yield
    assert [text for text in problems if not text.startswith("Failed to load resource")] == []


@contextmanager
def away(page, how):
    """No request of the page's reaches the server; those of a server that hangs are never answered."""

    def stop(route):
        if how == "gone":
            route.abort("connectionrefused")

    page.route(HERE, stop)
    yield
    page.unroute(HERE, stop)


def link(page, name):
    return page.get_by_role("navigation").get_by_role("link", name=name, exact=True)


@pytest.mark.parametrize(("how", "says"), [("gone", "No connection"), ("hangs", "not answering")])
def test_a_setting_made_while_the_server_is_away_is_marked_and_drawn_when_it_is_back(page, url, how, says):
    open_view(page, url)
    with away(page, how):
        box(page, "floor").fill("0.264")
        expect(page.locator(BANNER)).to_contain_text(says)
        expect(page.locator(MARKED)).to_have_count(1)
        assert page.locator(MARKED).first.get_attribute("data-behind") == "Shows an earlier setting"
    expect(page.locator(BANNER)).to_be_empty()
    wait_for_seed_42(page, floor=0.264)
    expect(page.locator(MARKED)).to_have_count(0)


@pytest.mark.parametrize("path", VIEWS)
def test_every_view_catches_up_by_itself(page, url, path):
    view, param, value = VIEWS[path]
    page.goto(url + path)
    wait_until_still(page)
    page.wait_for_load_state("networkidle")
    with away(page, "gone"):
        expect(page.locator(BANNER)).to_contain_text("No connection")
        own = json.dumps({"param": param, "type": "number", "view": view}, separators=(",", ":"))
        field = page.locator(f"[id='{own}']")
        field.fill(value)
        field.blur()
        page.wait_for_function(OWES, arg=view)
        expect(page.locator(MARKED)).not_to_have_count(0)
    expect(page.locator(BANNER)).to_be_empty()
    page.wait_for_function(f"(view) => !({OWES})(view)", arg=view)
    expect(page.locator(MARKED)).to_have_count(0)


def test_a_run_that_is_selected_while_the_server_is_away_is_drawn_when_it_is_back(page, url):
    page.goto(f"{url}/runs?runs=FD002/gaba/seed_42")
    wait_until_still(page)
    other = page.locator('#runs-grid .ag-row[row-id="run FD002/gaba/seed_123"] [col-id="name"]')
    other.click(trial=True)  # the list has come
    page.wait_for_load_state("networkidle")
    with away(page, "gone"):
        expect(page.locator(BANNER)).to_contain_text("No connection")
        other.click()
        page.wait_for_function(OWES, arg="runs")
    expect(page.locator(BANNER)).to_be_empty()
    page.wait_for_function(f"() => !({OWES})('runs')")
    expect(page.locator(MARKED)).to_have_count(0)


@pytest.mark.parametrize("how", ["gone", "hangs"])
def test_the_link_to_a_page_is_lit_when_the_page_has_come(page, url, how):
    open_view(page, url)
    with away(page, how):
        expect(link(page, "Convergence")).to_have_attribute("data-active", "true")
        link(page, "Replay").click()
        expect(page.locator(BANNER)).not_to_be_empty()
        expect(link(page, "Convergence")).to_have_attribute("data-active", "true")
        expect(link(page, "Replay")).not_to_have_attribute("data-active", "true")
        assert page.locator(".gaba-graph[data-view=convergence]").count() == 1
    expect(link(page, "Replay")).to_have_attribute("data-active", "true")
    expect(link(page, "Convergence")).not_to_have_attribute("data-active", "true")
    wait_until_still(page)
    assert page.locator(".gaba-graph[data-view=replay]").count() > 0


def test_a_slow_answer_is_no_absence_and_the_picture_says_that_it_is_computed(page, url):
    open_view(page, url)
    retained, beats, slow = [], [], [True]

    def keep(route):
        retained.append(route) if slow else route.continue_()

    page.on("request", lambda r: beats.append(r) if r.url.endswith("/healthz") else None)
    page.route("**/_dash-update-component*", keep)
    box(page, "floor").fill("0.264")
    expect(page.locator(MARKED)).to_have_count(1)
    assert page.locator(MARKED).first.get_attribute("data-behind") == "Computing this setting …"
    seen = len(beats)
    while len(beats) < seen + 4:
        page.wait_for_timeout(50)
    expect(page.locator(BANNER)).to_be_empty()
    slow.clear()
    for route in retained:
        route.continue_()
    wait_for_seed_42(page, floor=0.264)
    expect(page.locator(MARKED)).to_have_count(0)


def test_no_link_is_lit_where_there_is_no_page(page, url):
    page.goto(f"{url}/nowhere")
    page.wait_for_load_state("networkidle")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.locator(".gaba-nav[data-active]").count() == 0
