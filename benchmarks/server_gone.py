"""How soon a page says that its server has gone, and that it is back: `python benchmarks/server_gone.py`.

Opens pages, leaves them alone, kills the server, starts it again; prints medians of the time until the banner
stands and until it is gone.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.first_load import free_port, start
from benchmarks.measuring import machine
from tests.browser.chromium import system_browser

ROUNDS = 5
PATHS = ("/", "/runs", "/replay")
SAYS = "document.querySelector('#gaba-server').textContent"


def kill(server: subprocess.Popen[bytes]) -> None:
    """End a server and its workers at once."""
    subprocess.run(["pkill", "-KILL", "-P", str(server.pid)], check=True)
    server.kill()
    server.wait()


def seconds_until(page: Page, condition: str) -> float:
    """Wait for what the banner says; return the seconds that took."""
    begin = time.perf_counter()
    page.wait_for_function(condition)
    return time.perf_counter() - begin


def main() -> None:
    """Print the medians and the machine."""
    port = free_port()
    server, _ = start(port)
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=system_browser(), args=["--no-sandbox"])
            for path in PATHS:
                page = browser.new_context(bypass_csp=True).new_page()
                page.goto(f"http://127.0.0.1:{port}{path}")
                page.wait_for_load_state("networkidle")
                gone, back = [], []
                for _ in range(ROUNDS):
                    kill(server)
                    gone.append(seconds_until(page, f"{SAYS} !== ''"))
                    server, _ = start(port)
                    back.append(seconds_until(page, f"{SAYS} === ''"))
                print(
                    f"{path:10}",
                    *(f"{statistics.median(t):.1f} s (at most {max(t):.1f})" for t in (gone, back)),
                )
                page.close()
            browser.close()
    finally:
        server.terminate()
        server.wait()
    print(f"{machine()}; gone, and back; medians of {ROUNDS}")


if __name__ == "__main__":
    main()
