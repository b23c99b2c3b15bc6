"""What big logs and many runs cost on the page: `python benchmarks/big_logs.py`.

Writes two folders, one with a log of a million records and one with 200 runs of 500 epochs, serves each by
a fresh app that has read nothing, and opens the Runs view in Chromium. Printed are the seconds until its
curve is on the screen, from a click in the open dashboard and from navigation; the time from a zoom to full
detail; from a record that is written to the end of a log of a million to its point in the picture; and what
one look at a quiet folder costs.
"""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterable
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))

import app
from benchmarks.first_load import WATCH, free_port
from benchmarks.measuring import machine
from benchmarks.million_records import lines
from tests.browser.chromium import system_browser

RUNS, EPOCHS, LOOKS, WRITES = 200, 500, 50, 5
GRAPH = "document.querySelector('.js-plotly-plot')"
VISIBLE_POINTS = f"""() => {{
  const {{ _fullData, _fullLayout }} = {GRAPH};
  const [low, high] = _fullLayout.xaxis.range;
  const line = _fullData.find((trace) => trace.uid.startsWith("metric-0"));
  return Array.from(line.x).filter((x) => x >= low && x <= high).length;
}}"""


CURVE = """(view) => document.querySelector(
  `[id*='"view":"${view}"'] .scatterlayer .trace path.js-line`)"""
TURN = f"""() => {{
  const began = performance.now();
  const there = {CURVE};
  const watch = () => {{
    if (!there("runs")) return requestAnimationFrame(watch);
    requestAnimationFrame(() => setTimeout(() => (window.turned = performance.now() - began)));
    return undefined;
  }};
  watch();
  document.querySelector(".gaba-nav[href='/runs']").click();
}}"""


def write(folder: Path, records: Iterable[str]) -> None:
    """Write one run in the reference form, an hour ago: nobody takes it for one that is being written."""
    folder.mkdir(parents=True)
    log = folder / "convergence_log.json"
    log.write_text(f"[{', '.join(records)}]", encoding="utf-8")
    before = time.time() - 3600.0
    os.utime(log, (before, before))


def visit(browser: Browser, url: str) -> tuple[Page, float]:
    """Open the Runs view; return it and the seconds from navigation to the first curve."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.add_init_script(WATCH)
    page.goto(f"{url}/runs")
    page.wait_for_function("() => window.firstPicture !== undefined")
    return page, float(page.evaluate("window.firstPicture")) / 1000.0


def turn(browser: Browser, url: str) -> float:
    """Return the seconds from a click on Runs, in a dashboard that is open at another view, to the curve."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(url)
    page.wait_for_function(CURVE, arg="convergence")
    page.wait_for_load_state("networkidle")
    page.evaluate(TURN)
    page.wait_for_function("() => window.turned !== undefined")
    seconds = float(page.evaluate("window.turned")) / 1000.0
    page.wait_for_load_state("networkidle")  # verdicts on long logs come after the picture
    page.close()
    return seconds


def zoom(page: Page) -> tuple[int, float]:
    """Drag over a fiftieth of the time axis; return the points in sight and the seconds until they came."""
    page.wait_for_load_state("networkidle")
    box = page.locator(".js-plotly-plot .nsewdrag").first.bounding_box()
    assert box is not None
    y = box["y"] + 0.5 * box["height"]
    page.mouse.move(box["x"] + 0.50 * box["width"], y)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.52 * box["width"], y, steps=4)
    begin = time.perf_counter()
    page.mouse.up()
    page.wait_for_function(f"() => ({VISIBLE_POINTS})() > 500")
    return int(page.evaluate(VISIBLE_POINTS)), time.perf_counter() - begin


LAST = f"""() => Math.max(...{GRAPH}._fullData
  .filter((trace) => trace.uid.startsWith("metric-0")).map((trace) => trace.x.at(-1)))"""


def live(page: Page, log: Path) -> list[float]:
    """Write a record to the end of the log, several times; return the seconds until each was drawn."""
    durations = []
    for _ in range(WRITES):
        page.wait_for_load_state("networkidle")
        epoch = int(page.evaluate(LAST)) + 1
        record = f'{{"epoch": {epoch}, "rmse_last": 13.5, "nasa": 9.0, "w_rul": 0.002, "w_health": 0.998}}'
        temporary = log.with_suffix(".tmp")
        temporary.write_bytes(log.read_bytes().rstrip()[:-1] + f", {record}]".encode())
        os.replace(temporary, log)
        begin = time.perf_counter()
        page.wait_for_function(f"() => ({LAST})() >= {epoch}", timeout=60_000)
        durations.append(time.perf_counter() - begin)
    return durations


def look_ms(folder: Path) -> tuple[float, int]:
    """Return the milliseconds of one look at a quiet folder, and the bytes of its answer."""
    client = app.create_app(folder).server.test_client()
    url = "/live/runs?run=FD001/gaba/seed_0&seen="
    seen = client.get(url).get_json()["seen"]
    durations = []
    for _ in range(LOOKS):
        begin = time.perf_counter()
        reply = client.get(url + seen)
        durations.append(1e3 * (time.perf_counter() - begin))
    assert reply.status_code in (200, 204)
    return statistics.median(durations), len(reply.data)


def wait_for(url: str) -> None:
    """Return once the address answers."""
    while True:
        try:
            urllib.request.urlopen(url).read()
        except urllib.error.URLError:
            time.sleep(0.05)
        else:
            return


def measure(browser: Browser, folder: Path, *, log: Path | None = None) -> None:
    """Serve a folder, open it twice, and print what was measured; also of a log in it that grows."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    server = subprocess.Popen(
        [sys.executable, "app.py", "--logs", str(folder), "--port", str(port)],
        cwd=Path(__file__).parents[1],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(url)
        turned = turn(browser, url)
        page, opened = visit(browser, url)
        print(f"{turned:9.2f}  s from a click on Runs to the curve, nothing read before")
        print(f"{opened:9.2f}  s from navigation to the curve, the dashboard's own scripts included")
        if log is not None:
            first, *later = live(page, log)
            print(f"{first:9.2f}  s from the first record written to its point")
            print(f"{max(later):9.2f}  s from the next ones to theirs, the longest of {len(later)}")
            points, seconds = zoom(page)
            print(f"{seconds:9.2f}  s from a zoom on a fiftieth of the axis to its {points} points")
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait()


def main() -> None:
    """Print times and the machine."""
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        many, one = Path(name, "many"), Path(name, "one")
        for seed in range(RUNS):
            write(many / f"FD00{1 + seed % 4}/gaba/seed_{seed}", lines(EPOCHS))
        write(one / "FD001/gaba/seed_0", lines())
        chromium = system_browser()
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        print(f"{RUNS} runs of {EPOCHS} epochs:")
        measure(browser, many)
        milliseconds, size = look_ms(many)
        print(f"{milliseconds:9.2f}  ms for a look at the quiet folder, answered with {size} bytes")
        megabytes = (one / "FD001/gaba/seed_0/convergence_log.json").stat().st_size / 1e6
        print(f"One log of a million records, {megabytes:.0f} MB:")
        measure(browser, one, log=one / "FD001/gaba/seed_0/convergence_log.json")
        print(f"{machine()}, Chromium {browser.version}")
        browser.close()


if __name__ == "__main__":
    main()
