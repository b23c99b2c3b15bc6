"""What the gradient balancers cost: `python benchmarks/aggregators.py`.

The weights of 10,000 Gramians by every aggregator, at K = 2, 3 and 8: norms up to 500 : 1, cosines of both
signs. Nothing is kept between the repeats.
"""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.measuring import machine, median_ms
from gaba_core.aggregators import AGGREGATORS
from gaba_core.checks import FloatArray

STEPS, PARAMETERS, REPEATS = 10_000, 16, 5


def gramians(tasks: int) -> FloatArray:
    """Return the Gramians of 10,000 steps, (T, K, K)."""
    rng = np.random.default_rng(tasks)
    sizes = np.geomspace(500.0, 1.0, tasks)[:, None]
    common = rng.standard_normal((tasks, PARAMETERS))
    jacobians = sizes * (common + rng.standard_normal((STEPS, tasks, PARAMETERS)))
    return jacobians @ jacobians.swapaxes(1, 2)


def main() -> None:
    """Print the medians and the machine they were taken on."""
    for tasks in (2, 3, 8):
        many = gramians(tasks)
        took = {key: median_ms(partial(one, many), REPEATS) for key, one in AGGREGATORS.items()}
        for key, duration in took.items():
            print(f"{duration:9.1f} ms  {key}, K = {tasks}")
        print(f"{sum(took.values()):9.1f} ms  all methods, {STEPS:,} steps, K = {tasks}")
    print(machine())


if __name__ == "__main__":
    main()
