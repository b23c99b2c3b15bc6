"""What the first view costs a new reader: `python benchmarks/first_load.py`.

Starts the app under gunicorn, opens it in a fresh Chromium several times and prints medians: kilobytes over
the wire, requests, time from navigation to the first curve on the screen and to the view's own, which can be
dragged; layout shift; and the time from the start of the interpreter to the first answer.
"""

from __future__ import annotations

import signal
import socket
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.measuring import machine
from tests.browser.chromium import system_browser

ROOT = Path(__file__).parents[1]
ROUNDS = 7
WATCH = """
window.shift = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shift += entry.value;
}).observe({ type: "layout-shift", buffered: true });
const CURVE = ".scatterlayer .trace path.js-line";
const seen = (name, place) => {
  const watch = () => {
    if (document.querySelector(`${place} ${CURVE}`)) {
      requestAnimationFrame(() => setTimeout(() => (window[name] = performance.now())));
    } else requestAnimationFrame(watch);
  };
  requestAnimationFrame(watch);
};
seen("firstPicture", ":is(.gaba-first-graph, .js-plotly-plot)");
seen("ownPicture", "#react-entry-point .js-plotly-plot");
"""


def start(port: int, application: str = "app:create_app()") -> tuple[subprocess.Popen[bytes], float]:
    """Serve an application with two workers; return the process and the seconds until it answered."""
    begin = time.perf_counter()
    command = [sys.executable, "-m", "gunicorn", "--log-level", "error", "--workers", "2"]
    server = subprocess.Popen([*command, "--bind", f"127.0.0.1:{port}", application], cwd=ROOT)
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/").read()
        except urllib.error.URLError:
            time.sleep(0.01)
        else:
            return server, time.perf_counter() - begin


def visit(browser: Browser, url: str) -> dict[str, float]:
    """Open the first view with nothing cached; return what was measured."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.add_init_script(WATCH)
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    sizes: list[float] = []
    network.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(url)
    page.wait_for_function("() => window.ownPicture !== undefined")
    page.wait_for_load_state("networkidle")
    found = {
        "first picture, ms": float(page.evaluate("window.firstPicture")),
        "the view's own picture, ms": float(page.evaluate("window.ownPicture")),
    }
    found["layout shift"] = float(page.evaluate("window.shift"))
    context.close()
    return found | {"over the wire, kB": sum(sizes) / 1000.0, "requests": float(len(sizes))}


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main() -> None:
    """Print the medians and the machine."""
    port = free_port()
    server, seconds = start(port)
    try:
        with sync_playwright() as playwright:
            path = system_browser()
            browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
            visits = [visit(browser, f"http://127.0.0.1:{port}/") for _ in range(ROUNDS)]
            version = browser.version
            browser.close()
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait()
    print(f"{1e3 * seconds:9.0f}  interpreter to first answer, ms")
    for name in visits[0]:
        values = [one[name] for one in visits]
        print(f"{statistics.median(values):9.3g}  {name} ({min(values):.3g} to {max(values):.3g})")
    print(f"{machine()}, Chromium {version}; medians of {ROUNDS} visits with nothing cached")


if __name__ == "__main__":
    main()
