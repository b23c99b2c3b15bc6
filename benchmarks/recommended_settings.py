"""How well a run's own gradients predict what other settings do: `python benchmarks/recommended_settings.py`.

One run is trained on generated data. What its recorded gradients lead to at ten settings, the recommended one
among them and seven that rest above their floor, is predicted by replay; then each setting is trained for
real. Errors above 10 % are named. Other weights change the training and with it the gradients: that is what
this measures.
"""

from __future__ import annotations

import argparse
import math
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.measuring import machine
from gaba_core.runs import Run, read_run
from gaba_core.sweep import map_run, recommend

ROOT = Path(__file__).parents[1]
LARGE = 0.1
MEASURES = ("settle", "equilibrium", "noise", "smallest_share")
Setting = tuple[float, float, int]  # beta, floor, warm-up


def trained(setting: Setting, epochs: int, folder: Path) -> Run:
    """Return a run that was trained with a setting."""
    names = ("--beta", "--floor", "--warmup-steps")
    given = [text for name, value in zip(names, setting, strict=True) for text in (name, str(value))]
    command = [sys.executable, "-m", "gaba_core.training", "--data", "generated", "--threads", "1"]
    fixed = ["--epochs", str(epochs), "--patience", str(epochs), "--out", str(folder)]
    subprocess.run([*command, *fixed, *given], cwd=ROOT, check=True, capture_output=True)
    (log,) = folder.rglob("convergence_log.json")
    return read_run(log.parent)


def settings(reference: Run) -> list[Setting]:
    """Return the ten settings."""
    asked = recommend(reference)
    free = [(beta, 0.0, 100) for beta in (0.9, 0.95, 0.98, 0.99, 0.995)]
    recommended = [(asked.beta, asked.floor, asked.warmup_steps), (0.99, asked.floor, 50)]
    return [*free, *recommended, (0.95, 0.05, 100), (0.98, 0.1, 100), (0.99, 0.2, 100)]


def measured(run: Run, setting: Setting) -> dict[str, float]:
    """Return the measures of a run's gradients at a setting."""
    beta, floor, warmup = setting
    found = map_run(run, [beta], [floor], warmup)
    return {name: float(found.values[name][0, 0]) for name in MEASURES}


def error(predicted: float, real: float) -> float:
    """Return by how much a prediction is off, relative to what was real; 0 where neither is a number."""
    if math.isnan(predicted) and math.isnan(real):
        return 0.0
    return abs(predicted / real - 1.0) if real and not math.isnan(real) else math.inf


def main() -> None:
    """Print predicted and real side by side."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place, ThreadPoolExecutor(options.jobs) as pool:
        folder = Path(place)
        reference = trained((0.99, 0.05, 100), options.epochs, folder / "reference")
        chosen = settings(reference)
        runs = pool.map(lambda i: trained(chosen[i], options.epochs, folder / str(i)), range(len(chosen)))
        good = dict.fromkeys(MEASURES, 0)
        print(f"{'beta':>6} {'floor':>8} {'warm-up':>7}   " + "".join(f"{name:>26}" for name in MEASURES))
        for setting, run in zip(chosen, runs, strict=True):
            predicted, real = measured(reference, setting), measured(run, setting)
            cells = []
            for name in MEASURES:
                off = error(predicted[name], real[name])
                good[name] += off <= LARGE
                mark = " " if off <= LARGE else "*"
                cells.append(f"{predicted[name]:>12.4g} {real[name]:>12.4g}{mark}")
            above = " " if real["equilibrium"] > setting[1] else "f"
            print(f"{setting[0]:>6g} {setting[1]:>8.2g} {setting[2]:>7d} {above} " + "".join(cells))
        print("predicted and real of each; * off by more than 10 %; f rests on its floor")
        print("; ".join(f"{name} within 10 % in {count} of {len(chosen)}" for name, count in good.items()))
    print(machine())


if __name__ == "__main__":
    main()
