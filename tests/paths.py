"""Where the tests find the checkout and the runs that it ships."""

from pathlib import Path

ROOT = Path(__file__).parents[1]
LOGS = ROOT / "logs"
