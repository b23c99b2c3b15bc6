"""The dashboard under a path, as behind a proxy: pages, links, a dragged control, a dropped log."""

import re

import pytest
from playwright.sync_api import expect

import app
from components.options import ServerOptions
from tests.browser.conftest import serving
from tests.browser.pictures import wait_until_still
from tests.browser.test_convergence import grab, open_view, seed_42_is_simulated_at
from tests.browser.test_drop_anywhere import LOG, drop

pytestmark = pytest.mark.browser
PREFIX = "/team/gaba"
PAGES = ("Step response", "Anti-windup", "Runs", "Replay", "Convergence")


@pytest.fixture(scope="module")
def prefixed():
    with serving(app.LOGS, ServerOptions(url_prefix=PREFIX)) as address:
        yield address + PREFIX


def test_a_control_is_dragged_and_every_page_is_reached_and_lit(page, prefixed):
    asked = []
    page.on("request", lambda r: asked.append(r.url))
    open_view(page, prefixed)
    x, y = grab(page, "beta")
    page.mouse.move(x - 8, y, steps=4)
    seed_42_is_simulated_at(page, "beta")
    page.mouse.up()
    page.wait_for_url(re.compile(rf"{PREFIX}/\?.*beta="))
    for name in PAGES:
        page.get_by_role("navigation", name="Views").get_by_role("link", name=name, exact=True).click()
        expect(page.locator(".gaba-header a.gaba-nav[data-active]")).to_have_text(name)
        wait_until_still(page)
        assert page.evaluate("location.pathname").startswith(f"{PREFIX}/")
    page.get_by_role("link", name=re.compile("real run")).click()
    page.wait_for_url(f"**{PREFIX}/runs?**")
    page.go_back()
    page.wait_for_url(re.compile(rf"{PREFIX}/(\?.*)?$"))
    outside = [url for url in asked if url.startswith("http") and PREFIX not in url]
    assert outside == []


def test_a_dropped_log_is_judged_and_leads_to_its_replay(page, prefixed):
    page.goto(f"{prefixed}/")
    page.wait_for_selector("#gaba-copy")
    page.wait_for_load_state("networkidle")
    drop(page, "mine.json", LOG)
    page.wait_for_url(f"**{PREFIX}/runs**")
    page.locator("#runs-verdicts").get_by_role("link", name=re.compile("simulation|Replay")).first.click()
    page.wait_for_url(f"**{PREFIX}/replay?**")
    wait_until_still(page)
