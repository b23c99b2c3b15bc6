"""From an empty environment to a verdict on one's own two-loss model: `python benchmarks/first_verdict.py`.

Goes the way of the README: a new virtual environment, the line that installs what training needs, its five
lines around a model of two losses, and `gaba-runs diagnose`. What pip fetches is fetched first, timed apart,
for that measures a network. Prints the seconds of each step, their sum, and the verdict. Needs an index of
packages and 1 GB of disk, 6 GB where pip chooses PyTorch with CUDA.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.measuring import machine

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
INSTALL = 'pip install -c requirements.txt ".[training]"'
EXTRA = "gaba-dashboard[training]"
LOG = "logs/mine/gaba/seed_0"
EPOCHS = 300  # of five batches: 15 time constants of the README's balancer
TRAIN = (
    "import sys; sys.path.append(sys.argv[1]); from training_loop import run; "
    f"run(sys.argv[2], 'GABALoss(', epochs={EPOCHS})"
)


def timed(command: list[str | Path], folder: Path, ends: range = range(1)) -> tuple[float, str]:
    """Run a command in a folder; return its seconds and what it printed.

    Raises:
        SystemExit: its exit status is not among those it may end with.
    """
    begin = time.perf_counter()
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    seconds = time.perf_counter() - begin
    if done.returncode not in ends:
        raise SystemExit(f"{command} ended with {done.returncode}: {done.stderr[-2000:]}")
    return seconds, done.stdout


def main() -> None:
    """Print the table."""
    if INSTALL not in README.read_text(encoding="utf-8"):
        raise SystemExit(f"README.md no longer says: {INSTALL}")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        wheels, python = folder / "wheels", folder / "venv" / "bin" / "python"
        pip: list[str | Path] = [python, "-m", "pip", "--quiet"]
        constraints = ["-c", str(ROOT / "requirements.txt")]
        steps = {"python -m venv": timed([sys.executable, "-m", "venv", folder / "venv"], folder)[0]}
        wanted = f"{ROOT}[training]"
        fetched, _ = timed([*pip, "wheel", *constraints, "--wheel-dir", wheels, wanted], folder)
        offline: list[str | Path] = ["install", "--no-index", "--find-links", wheels, *constraints, EXTRA]
        steps[INSTALL] = timed([*pip, *offline], folder)[0]
        train: list[str | Path] = [python, "-c", TRAIN, ROOT / "tests", README]
        steps[f"the README's five lines, {EPOCHS} epochs of five batches"] = timed(train, folder)[0]
        judge: list[str | Path] = [python.with_name("gaba-runs"), "diagnose", LOG]
        steps[f"gaba-runs diagnose {LOG}"], said = timed([*judge, "--json"], folder, range(8))
    print(machine())
    print(f"{fetched:7.1f} s  to fetch or build the wheels, not counted")
    for name, seconds in steps.items():
        print(f"{seconds:7.1f} s  {name}")
    print(f"{sum(steps.values()):7.1f} s  from an empty environment to the verdict:")
    (verdict,) = json.loads(said)
    print(verdict["summary"])


if __name__ == "__main__":
    main()
