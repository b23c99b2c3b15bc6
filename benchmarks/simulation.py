"""How long a simulation of the reference run takes: `python benchmarks/simulation.py`.

Five seeds of 9,800 steps, sampled once an epoch, as a slider asks for them; medians, in milliseconds.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.measuring import machine, median_ms
from gaba_core import (
    SimulationParams,
    equilibrium,
    mean_trajectory,
    predict_events,
    predict_regimes,
    simulate,
)
from gaba_core.gradients import clear_caches
from gaba_core.regime_prediction import prediction
from gaba_core.share_moments import cached_moments

REFERENCE = SimulationParams()
EVERY = REFERENCE.steps_per_epoch
SIGMAS = count(0.05, 1e-6)


def loop_in_python() -> None:
    """Simulate one scalar at a time, as the equations are usually written down."""
    for seed in REFERENCE.seeds:
        draws = np.random.default_rng(seed).standard_normal((REFERENCE.steps, 2)).tolist()
        first = 0.5
        for step, (a, b) in enumerate(draws):
            if step >= REFERENCE.warmup_steps:
                large = REFERENCE.norms[0] * (1.0 + REFERENCE.sigma * a)
                small = REFERENCE.norms[1] * (1.0 + REFERENCE.sigma * b)
                first = REFERENCE.beta * first + (1.0 - REFERENCE.beta) * (small / (large + small))
            floored, other = max(first, REFERENCE.floor), max(1.0 - first, REFERENCE.floor)
            floored / (floored + other)


def with_fresh_draws() -> None:
    """Simulate as a process does the first time."""
    clear_caches()
    simulate(REFERENCE, EVERY)


def with_another_noise() -> None:
    """Simulate as after a move of the noise slider: draws kept, shares new."""
    simulate(replace(REFERENCE, sigma=next(SIGMAS)), EVERY)


def theory() -> None:
    """Predict what the read-outs show, from scratch."""
    cached_moments.cache_clear()
    prediction.cache_clear()
    equilibrium(REFERENCE)
    predict_regimes(REFERENCE)
    predict_events(REFERENCE)
    mean_trajectory(REFERENCE, np.arange(0, REFERENCE.steps, EVERY))


def random_numbers() -> None:
    """Draw what a fresh simulation draws, and nothing else."""
    for seed in REFERENCE.seeds:
        np.random.default_rng(seed).standard_normal((REFERENCE.steps, REFERENCE.tasks))


def main() -> None:
    """Print the medians and the machine they were taken on."""
    rows: list[tuple[str, Callable[[], object], int]] = [
        ("once an epoch, draws and shares kept (beta, floor)", lambda: simulate(REFERENCE, EVERY), 500),
        ("once an epoch, draws kept (noise, ratio)", with_another_noise, 200),
        ("once an epoch, nothing kept", with_fresh_draws, 50),
        ("the random numbers of that alone", random_numbers, 50),
        ("every step, draws and shares kept", lambda: simulate(REFERENCE), 50),
        ("read-outs and theory curve, nothing kept", theory, 50),
        ("plain Python loop, nothing kept", loop_in_python, 5),
    ]
    took = {}
    for name, call, repeats in rows:
        took[call] = median_ms(call, repeats)
        print(f"{took[call]:9.3f} ms  {name}")
    print(f"{took[with_fresh_draws] / took[random_numbers]:9.2f} times the random numbers with nothing kept")
    print(machine())


if __name__ == "__main__":
    main()
