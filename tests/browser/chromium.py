"""The browser that the tests drive; `python -m tests.browser.chromium` installs one where there is none."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

# The shell has no window to draw: a page costs it three fifths of what it costs a browser without one.
PACKAGES = ("chromium-headless-shell", "chromium")
NAMES = (*PACKAGES, "chromium-browser", "google-chrome", "google-chrome-stable")


def system_browser() -> str | None:
    """Path of an installed Chromium or Chrome; None where Playwright's own must do."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def _playwright_has_one() -> bool:
    with sync_playwright() as playwright:
        return Path(playwright.chromium.executable_path).exists()


def install() -> None:
    """Install Chromium by the system's packages where that is allowed, else by Playwright."""
    if system_browser() or _playwright_has_one():
        return
    if shutil.which("apt-get") and os.geteuid() == 0:
        subprocess.run(["apt-get", "update", "-qq"], check=True)
        for package in PACKAGES:
            if subprocess.run(["apt-get", "install", "-y", "-qq", package], check=False).returncode == 0:
                return
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)


if __name__ == "__main__":
    install()
