"""What a hundred runs in one picture cost: `python benchmarks/many_lines.py [RUNS]`.

Writes RUNS (100) runs of 1,000 records and shows them on the Runs page as it stands: lines on a canvas, of
which Plotly knows a few traces. Then the very same lines are given to Plotly's own SVG, a trace each. Printed
are, for both, the milliseconds from a zoom to the picture on the screen and from a move of the pointer to the
playhead in its new place, and the kilobytes of the page.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.first_load import free_port, start
from benchmarks.measuring import machine
from tests.browser.chromium import system_browser

RUNS, RECORDS, ROUNDS = 100, 1000, 15
LONG_AGO = 3600.0  # s: what was written just now may still be written
SHOWN = "() => document.querySelector('canvas.gaba-lines')?.dataset.lines"
PREPARE = """async () => {
  const { takenApart } = await import(new URL("assets/merged_lines.mjs", document.baseURI));
  const graph = document.querySelector(".js-plotly-plot");
  const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const timed = async (work) => {
    const began = performance.now();
    await work();
    await frame();
    return performance.now() - began;
  };
  const zoom = (i) => timed(() => Plotly.relayout(graph, { "xaxis.range": [10 * i, 1000 - 10 * i] }));
  const { left, top, width, height } = graph.querySelector(".nsewdrag").getBoundingClientRect();
  const move = (i) => timed(() => {
    const place = { clientX: left + (0.2 + 0.03 * i) * width, clientY: top + 0.5 * height, bubbles: true };
    graph.querySelector(".nsewdrag").dispatchEvent(new MouseEvent("mousemove", place));
  });
  window.measure = async (rounds) => {
    const found = { zoom: [], move: [] };
    for (let i = 0; i <= rounds; i++) {
      for (const [name, work] of [["zoom", zoom], ["move", move]]) {
        const ms = await work(i);
        if (i) found[name].push(ms);
      }
    }
    return found;
  };
  window.toSvg = () => Plotly.react(graph, takenApart(graph.data), graph.layout);
}"""


def write_runs(folder: Path, count: int) -> None:
    """Write finished runs of two tasks, an hour old."""
    rng, then = np.random.default_rng(0), time.time() - LONG_AGO
    for seed in range(count):
        weight = 0.2 + 0.3 * np.exp(-np.arange(RECORDS) / 150) + 0.02 * rng.standard_normal(RECORDS)
        error = 20.0 + rng.random() + 0.5 * rng.standard_normal(RECORDS)
        log = [
            {"epoch": e, "w_a": w, "w_b": 1.0 - w, "rmse_last": x}
            for e, (w, x) in enumerate(zip(weight.tolist(), error.tolist(), strict=True))
        ]
        path = folder / f"m/gaba/seed_{seed}" / "convergence_log.json"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(log))
        os.utime(path, (then, then))


def measured(page: Page) -> str:
    """Return the medians of what a page does now, in words."""
    found = page.evaluate("(rounds) => window.measure(rounds)", ROUNDS)
    words = [
        f"{name} {statistics.median(ms):.0f} ms ({min(ms):.0f} to {max(ms):.0f})"
        for name, ms in found.items()
    ]
    return ", ".join(words)


def main(arguments: list[str]) -> None:
    """Print what both ways of drawing cost, and the machine."""
    count = int(arguments[0]) if arguments else RUNS
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        write_runs(Path(name), count)
        os.environ["GABA_LOGS"] = name
        port = free_port()
        server, _ = start(port)
        browser = playwright.chromium.launch(
            executable_path=system_browser(), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_context(viewport={"width": 1440, "height": 900}, bypass_csp=True).new_page()
        page.set_default_timeout(300_000)
        network = page.context.new_cdp_session(page)
        network.send("Network.enable")
        sizes: list[float] = []
        network.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
        page.goto(f"http://127.0.0.1:{port}/runs?runs=m%2Fgaba%2Fseed_0**{count - 1}")
        page.wait_for_function(f"({SHOWN})() === '{2 * count}'")
        page.evaluate(PREPARE)
        print(f"{count} runs of {RECORDS:,} records, two panels; the page {sum(sizes) / 1000:.0f} kB")
        print("canvas:", measured(page))
        page.evaluate("() => window.toSvg()")
        print("SVG, a trace a run:", measured(page))
        print(f"{machine()}, Chromium {browser.version}; medians of {ROUNDS} (least to most)")
        browser.close()
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main(sys.argv[1:])
