"""How soon a reader's own log has its answer: `python benchmarks/dropped_log.py`.

Drops one log, and five logs of five seeds at once, on the front page and on Runs, as a person does, at two
sizes of screen; prints medians of the time from letting go to the answer in sight, and to the first curve.
"""

from __future__ import annotations

import json
import statistics
import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.first_load import free_port, start
from benchmarks.measuring import machine
from tests.browser.chromium import system_browser

ROUNDS = 3
SIZES = ((1440, 900), (390, 844))
SEEDS = (42, 123, 456, 789, 1024)
LOGS = Path(__file__).parents[1] / "logs" / "FD002" / "gaba"
CARRIED = """(files) => {
  const carried = new DataTransfer();
  for (const [name, text] of files) carried.items.add(new File([text], name));
  return carried;
}"""
WATCH = """() => {
  const begin = performance.now();
  const said = () => document.querySelector("#runs-answer")?.textContent;
  let before; // what is said of the runs that were selected until then
  window.seen = {};
  const look = () => {
    if (location.search.includes("dropped")) {
      before ??= said() ?? "";
      const place = document.querySelector("#runs-answer")?.getBoundingClientRect();
      if (said() && said() !== before && place.top >= 0 && place.bottom <= innerHeight)
        seen.answer ??= performance.now() - begin;
    }
    const names = document.querySelector("#runs-legend")?.textContent ?? "";
    if (names.includes(".json") && document.querySelector("#react-entry-point .scatterlayer path.js-line"))
      seen.curve ??= performance.now() - begin;
    if (seen.answer === undefined || seen.curve === undefined) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}"""


def files(seeds: tuple[int, ...]) -> list[list[str]]:
    """Return name and text of logs as a reader has them: records of shipped runs under other names."""
    found = []
    for seed in seeds:
        records = json.loads((LOGS / f"seed_{seed}" / "convergence_log.json").read_text())
        weights = ("lambda_rul", "w_rul"), ("lambda_health", "w_health")
        own = [
            {"epoch": r["epoch"], "val_rmse": r["rmse_last"], **{name: r[old] for old, name in weights}}
            for r in records
        ]
        found.append([f"mine_seed_{seed}.json", json.dumps(own)])
    return found


def drop(browser: Browser, url: str, size: tuple[int, int], carried: list[list[str]]) -> dict[str, float]:
    """Drop logs on a page; return the milliseconds to answer and curve."""
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, bypass_csp=True)
    page = context.new_page()
    page.goto(url)
    page.wait_for_selector("#react-entry-point .js-plotly-plot .scatterlayer path.js-line", state="attached")
    page.wait_for_load_state("networkidle")
    handle = page.evaluate_handle(CARRIED, carried)
    page.evaluate(WATCH)
    for kind in ("dragenter", "dragover", "drop"):
        page.dispatch_event("body", kind, {"dataTransfer": handle})
    page.wait_for_function("window.seen.answer !== undefined && window.seen.curve !== undefined")
    found: dict[str, float] = page.evaluate("window.seen")
    context.close()
    return found


def main() -> None:
    """Print the medians and the machine."""
    port = free_port()
    server, _ = start(port)
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=system_browser(), args=["--no-sandbox"])
            for seeds in (SEEDS[:1], SEEDS):
                for path in ("/", "/runs"):
                    for size in SIZES:
                        url = f"http://127.0.0.1:{port}{path}"
                        found = [drop(browser, url, size, files(seeds)) for _ in range(ROUNDS)]
                        answer, curve = (
                            statistics.median(one[k] for one in found) for k in ("answer", "curve")
                        )
                        where = f"{len(seeds)} on {path}, {size[0]} x {size[1]}"
                        print(f"{answer:7.0f}  answer, ms; {curve:7.0f}  curve, ms: {where}", flush=True)
            browser.close()
    finally:
        server.terminate()
        server.wait()
    print(f"{machine()}; medians of {ROUNDS} drops")


if __name__ == "__main__":
    main()
