"""The first view: what it weighs, what it leaves for later, and that nothing jumps while it comes."""

import pytest

from tests.browser.pictures import wait_until_still

MOST_BYTES = 900_000
SHIFT = """
window.shift = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shift += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""


@pytest.fixture
def transfers(page):
    """Bytes over the wire by address, headers included."""
    network, addresses, found = page.context.new_cdp_session(page), {}, {}
    network.send("Network.enable")
    network.on("Network.requestWillBeSent", lambda e: addresses.update({e["requestId"]: e["request"]["url"]}))
    network.on(
        "Network.loadingFinished", lambda e: found.update({addresses[e["requestId"]]: e["encodedDataLength"]})
    )
    return found


def test_the_first_view_is_small_and_holds_still(page, url, transfers):
    page.add_init_script(SHIFT)
    page.goto(url)
    page.locator(".js-plotly-plot .scatterlayer .trace").first.wait_for(state="attached")
    page.wait_for_load_state("networkidle")
    assert any("plotly-basic" in address for address in transfers)
    assert not any("plotly.min.js" in address or "ag_grid" in address for address in transfers)
    assert 300_000 < sum(transfers.values()) <= MOST_BYTES
    assert page.evaluate("window.shift") < 0.1


def test_files_are_not_fetched_twice(page, url, transfers):
    page.goto(url)
    wait_until_still(page)
    page.wait_for_load_state("networkidle")
    first = sum(transfers.values())
    transfers.clear()
    page.goto(f"{url}/step-response")
    wait_until_still(page)
    page.wait_for_load_state("networkidle")
    assert sum(transfers.values()) < first / 5
    assert not any("plotly-basic" in address and size > 0 for address, size in transfers.items())


def test_the_grid_comes_when_it_is_drawn(page, url, transfers):
    page.goto(f"{url}/runs")
    page.locator(".ag-root").first.wait_for()
    assert any("dash_ag_grid" in address for address in transfers)
