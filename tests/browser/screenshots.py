"""The pictures of the README, made by `make screenshots`: each view on the logs it ships with."""

from playwright.sync_api import sync_playwright

import app
from tests.browser.chromium import system_browser
from tests.browser.conftest import FLAGS, serving
from tests.browser.pictures import wait_until_eased, wait_until_still
from tests.paths import ROOT

FOLDER = ROOT / "assets" / "readme"
SIZE = {"width": 1440, "height": 900}
ROWS_MS = 2500  # in which verdicts come and the rows of a list have moved to their places
FIVE = ",".join(f"FD002/gaba/seed_{seed}" for seed in (42, 123, 456, 789, 1024))
VIEWS = {
    "convergence": "/",
    "step_response": "/step-response",
    "anti_windup": "/anti-windup?panel=divergence",
    "runs": f"/runs?runs={FIVE}",
    "replay": "/replay",
    "map": "/map?noise=lognormal&sigma=1.0&measure=smallest_share",
    "guide": "/guide?regime=floor+activation",
}


def main() -> None:
    """Open every view, wait until its pictures stand, and save it."""
    with serving(app.LOGS) as url, sync_playwright() as playwright:
        found = system_browser()
        browser = playwright.chromium.launch(args=FLAGS, **({"executable_path": found} if found else {}))
        for name, path in VIEWS.items():
            page = browser.new_page(viewport=SIZE)
            page.goto(url + path)
            wait_until_still(page)
            wait_until_eased(page)
            page.wait_for_load_state("networkidle")
            page.wait_for_timeout(ROWS_MS)
            page.screenshot(path=FOLDER / f"{name}.png")
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
