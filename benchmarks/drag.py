"""How soon a dragged control is painted: `python benchmarks/drag.py`.

Steps each control by arrow keys and drags it for two seconds at 60 moves a second, in headless Chromium, and
prints milliseconds from the input event to the end of the frame that holds the new curve, and pictures a
second. The first row is the limit: a bare page with the same picture, a native range input, all frames there.
"""

from __future__ import annotations

import json
import logging
import statistics
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask, send_file
from playwright.sync_api import Page, sync_playwright
from werkzeug.serving import make_server

sys.path.insert(0, str(Path(__file__).parents[1]))

import app
from benchmarks.measuring import machine
from components.convergence.state import ConvergenceState
from components.convergence.view import pictures
from components.plotting.arrays import frame
from gaba_core.parameters import quantity_of
from tests.browser.chromium import system_browser

PLOTLY = next((Path(__file__).parents[1] / "assets/vendor").glob("plotly-basic-*.min.js"))
CONTROLS = {"beta": 0.5, "floor": 0.0, "sigma": 0.0, "ratio": 1.0, "warmup_steps": 0, "steps_per_epoch": 10}
STEPS, PAUSE_MS, DRAG_S, MOVES = 40, 110, 2.0, 120
PROBE = """
window.probe = {inputs: [], paints: []};
for (const kind of ["keydown", "pointermove"])
  window.addEventListener(kind, (e) => probe.inputs.push(e.timeStamp), true);
const channel = new MessageChannel();
const due = [];
channel.port1.onmessage = () => due.splice(0).forEach((paint) => { paint.done = performance.now(); });
let waiting = null;
new MutationObserver((changes) => {
  const graph = document.querySelector(".js-plotly-plot");
  const drawn = (c) => graph?.contains(c.target) && c.target.matches("path.js-line, path.js-fill");
  if (waiting || !changes.some(drawn)) return;
  waiting = {seen: performance.now()};
  probe.paints.push(waiting);
  requestAnimationFrame(() => { due.push(waiting); waiting = null; channel.port2.postMessage(0); });
}).observe(document, {subtree: true, attributes: true, attributeFilter: ["d"]});
"""
LIMIT = """<!doctype html><script src=/plotly.js></script>
<input id=limit type=range style="width:240px" min=0 max=%d value=0><div id=graph style="height:460px"></div>
<script>
const picture = %s, frames = %s, graph = document.getElementById("graph");
const unpack = (text) => {
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  return Array.from(new Float32Array(bytes.buffer));
};
const ready = frames.map(({grids, series}) => {
  const arrays = grids.map(unpack);
  return picture.data.map(({uid}) => ({x: arrays[series[uid][0]], y: arrays[series[uid][1]]}));
});
Plotly.newPlot(graph, picture.data, picture.layout);
const traces = picture.data.map((_, i) => i);
const instantly = {mode: "immediate", frame: {duration: 0, redraw: false}, transition: {duration: 0}};
document.getElementById("limit").addEventListener("input", (event) => {
  Plotly.animate(graph, {data: ready[event.target.value], traces}, instantly);
});
</script>"""


def limit_page() -> Flask:
    """The bare page: the picture of the Convergence view at every position of beta."""
    server, state = Flask("limit"), ConvergenceState(window="whole")
    positions = quantity_of(ConvergenceState, "beta").positions()
    states = (ConvergenceState(window="whole", beta=value) for value in positions)
    frames: list[dict[str, Any]] = [frame(pictures(one)["weights"]) for one in states]
    page = LIMIT % (len(positions) - 1, json.dumps(pictures(state)["weights"]), json.dumps(frames))
    server.add_url_rule("/", "page", lambda: page)
    server.add_url_rule("/plotly.js", "plotly", lambda: send_file(PLOTLY))
    return server


@contextmanager
def serving(server: Flask) -> Iterator[str]:
    """The address of a server that runs for as long as the block does."""
    running = make_server("127.0.0.1", 0, server, threaded=True)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{running.server_port}"
    running.shutdown()


def measure(page: Page, url: str, thumb: str) -> dict[str, float]:
    """Latencies of key steps and the pace of a drag on one page."""
    page.goto(url)
    page.wait_for_function("() => document.querySelector('.js-plotly-plot')?._fullData?.length > 5")
    page.wait_for_timeout(1500)
    page.evaluate("() => { for (const group of document.querySelectorAll('details')) group.open = true; }")
    handle = page.locator(thumb)
    handle.focus()
    page.wait_for_timeout(2500)
    latencies = []
    for _ in range(STEPS):
        page.evaluate("probe.inputs.length = probe.paints.length = 0")
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(PAUSE_MS)
        found = page.evaluate("[probe.inputs[0], probe.paints[0]?.done]")
        if found[1]:
            latencies.append(found[1] - found[0])
    return {"missed": STEPS - len(latencies), **_quantiles(latencies), **_drag(page, thumb)}


def _quantiles(latencies: list[float]) -> dict[str, float]:
    ordered = sorted(latencies)
    return {"p50": statistics.median(ordered), "p95": ordered[int(0.95 * (len(ordered) - 1))]}


def _drag(page: Page, thumb: str) -> dict[str, float]:
    spot = page.locator(thumb).bounding_box()
    if spot is None:
        raise RuntimeError(f"{thumb} is not on the page")
    native = "limit" in thumb
    y = spot["y"] + spot["height"] / 2
    x = spot["x"] + (10 if native else spot["width"] / 2)
    page.mouse.move(x, y)
    page.mouse.down()
    page.wait_for_timeout(500)
    page.evaluate("probe.inputs.length = probe.paints.length = 0")
    start = time.perf_counter()
    for i in range(MOVES):
        page.mouse.move(x + (i + 1) * 190 / MOVES, y)
        time.sleep(max(0.0, start + (i + 1) * DRAG_S / MOVES - time.perf_counter()))
    page.wait_for_timeout(300)
    done = page.evaluate("[probe.inputs.at(-1), probe.paints.filter((p) => p.done).map((p) => p.done)]")
    page.mouse.up()
    painted = [t for t in done[1] if t <= done[0] + 100]
    return {"fps": len(painted) / DRAG_S, "lag": max(0.0, painted[-1] - done[0]) if painted else float("nan")}


def main() -> None:
    """Measure the limit and every control, and print a row for each."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    print(machine())
    print(f"{'control':>16} {'p50 ms':>7} {'p95 ms':>7} {'pictures/s':>10} {'lag ms':>7} {'missed':>6}")
    with (
        sync_playwright() as playwright,
        serving(limit_page()) as limit,
        serving(app.create_app().server) as ours,
    ):
        browser = playwright.chromium.launch(
            executable_path=system_browser(), args=["--no-sandbox", "--disable-gpu"]
        )
        pages = [("limit", limit, "#limit")]
        for control, start in CONTROLS.items():
            thumb = f".gaba-control[data-param={control}] [role=slider]"
            pages.append((control, f"{ours}/?window=whole&{control}={start}", thumb))
        for name, url, thumb in pages:
            page = browser.new_page(viewport={"width": 1280, "height": 1000})
            page.add_init_script(PROBE)
            row = measure(page, url, thumb)
            page.close()
            print(
                f"{name:>16} {row['p50']:7.1f} {row['p95']:7.1f} {row['fps']:10.0f} {row['lag']:7.0f} "
                f"{row['missed']:6.0f}"
            )
        browser.close()


if __name__ == "__main__":
    main()
