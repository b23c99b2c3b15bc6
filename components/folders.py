"""Folders that travel with the dashboard: its assets, and the logs of the runs that it ships."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).parent
# A wheel carries both inside the package; in the checkout they lie next to it.
ROOT = PACKAGE if (PACKAGE / "assets").is_dir() else PACKAGE.parent
ASSETS = ROOT / "assets"
LOGS = ROOT / "logs"
