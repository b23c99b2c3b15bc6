"""How often the 95 % intervals of a fit hold the truth: `benchmarks/fit_coverage.py [LOGS [FACTOR ...]]`.

A thousand simulated logs a level, one factor at a time varied from the setting of BASE. A warm-up is at least
0 and ends before the first record that moved, so its interval may hold the truth more often. To four digits
the rounding of a weight at rest is one number for all logs of one setting, which an interval holds in each or
in none; at that level ratio and floor are drawn anew for each log.
"""

from __future__ import annotations

import json
import math
import sys
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.measuring import machine
from gaba_core import SimulationParams, expected_shares, simulate, time_constant
from gaba_core.runs import fit_run, read_run

LOGS = 1000
PARTS = ("time_constant", "target", "floor", "warmup")


@dataclass(frozen=True)
class Setting:
    """How a log is made.

    Attributes:
        digits: decimal places that the log keeps.
        length: of the run behind the warm-up, in time constants.
        steps_known: whether the log says how many steps an epoch has.
        logged: "weights" (applied) or "state" (EMA).
    """

    tasks: int = 2
    digits: int = 6
    sigma: float = 0.2
    length: float = 10.0
    warmup: int = 37
    steps_per_epoch: int = 20
    steps_known: bool = True
    beta: float = 0.99
    floor: float = 0.05
    ratio: float = 100.0
    logged: str = "weights"


BASE = Setting()
FEW_DIGITS = 4
LEVELS: dict[str, tuple[Any, ...]] = {
    "tasks": (2, 3, 4, 5),
    "digits": (4, 5, 7, 9),
    "sigma": (0.05, 0.5, 1.0),
    "length": (5.0, 20.0, 40.0),
    "warmup": (0, 20, 100, 143),
    "steps_per_epoch": (5, 50),
    "steps_known": (False,),
    "logged": ("state",),
    "floor": (0.0, 0.02, 0.1),
}


def drawn(setting: Setting, seed: int) -> Setting:
    """Return the setting with a ratio and a floor of its own."""
    factors = np.exp(np.random.default_rng(seed).uniform(-0.5, 0.5, 2))
    return replace(setting, ratio=setting.ratio * float(factors[0]), floor=setting.floor * float(factors[1]))


def fitted(setting: Setting, seed: int) -> dict[str, bool]:
    """Return of each part that the fit of one simulated log tells whether its interval holds the truth."""
    setting = drawn(setting, seed) if setting.digits <= FEW_DIGITS else setting
    tau = time_constant(setting.beta)
    steps = setting.warmup + setting.length * tau
    params = SimulationParams(
        beta=setting.beta,
        floor=setting.floor,
        norms=(setting.ratio, *(1.0 + 0.5 * k for k in range(setting.tasks - 1))),
        sigma=setting.sigma,
        noise="lognormal",
        warmup_steps=setting.warmup,
        steps_per_epoch=setting.steps_per_epoch,
        epochs=math.ceil(steps / setting.steps_per_epoch) + 1,
        seeds=(seed,),
    )
    paths = simulate(params, setting.steps_per_epoch, setting.steps_per_epoch - 1)
    rows = np.round(getattr(paths, setting.logged)[0], setting.digits).tolist()
    prefix = "lambda_" if setting.logged == "weights" else "raw_weight_"
    log = [{"epoch": e} | {f"{prefix}{k}": x for k, x in enumerate(row)} for e, row in enumerate(rows)]
    about = {"steps_per_epoch": setting.steps_per_epoch} if setting.steps_known else {}
    fit = fit_run(read_run(json.dumps({"history": log} | about)))
    unit = 1.0 if setting.steps_known else 1.0 / setting.steps_per_epoch
    truth = {
        "time_constant": tau * unit,
        "target": float(expected_shares(params)[0]),
        "floor": setting.floor,
        "warmup": setting.warmup * unit,
    }
    intervals = {name: getattr(fit, name) for name in PARTS}
    return {name: found.covers(truth[name]) for name, found in intervals.items() if found is not None}


def level(setting: Setting, first_seed: int, logs: int) -> str:
    """Return the shares of intervals that hold the truth, as columns of a table."""
    held: dict[str, list[bool]] = defaultdict(list)
    for seed in range(first_seed, first_seed + logs):
        for name, holds in fitted(setting, seed).items():
            held[name].append(holds)
    cells = []
    for name in PARTS:
        share = f"{100.0 * np.mean(held[name]):.1f} %" if held[name] else "none"
        few = f" of {len(held[name])}" if 0 < len(held[name]) < logs else ""
        cells.append(f"{share + few:>16}")
    return "".join(cells)


def main() -> None:
    """Print the table and the machine that it was made on."""
    logs = int(sys.argv[1]) if len(sys.argv) > 1 else LOGS
    factors = sys.argv[2:] or list(LEVELS)
    print(f"{'':24}" + "".join(f"{name.replace('_', ' '):>16}" for name in PARTS))
    for number, factor in enumerate(LEVELS):
        for place, value in enumerate(LEVELS[factor] if factor in factors else ()):
            cells = level(replace(BASE, **{factor: value}), 100_000 * number + 10_000 * place, logs)
            print(f"{factor.replace('_', ' '):<17}{value!s:<7}{cells}", flush=True)
    print(f"{logs} logs a level")
    print(machine())


if __name__ == "__main__":
    main()
