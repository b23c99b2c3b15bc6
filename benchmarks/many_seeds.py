"""What ten thousand seeds of the reference run cost: `python benchmarks/many_seeds.py`.

Seconds for the random numbers alone and for the whole simulation in chunks, on one core and on all, and the
memory of the process at its highest.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.measuring import machine
from gaba_core import SimulationParams, simulate_chunks

PARAMS = SimulationParams(seeds=tuple(range(10_000)))


def random_numbers(threads: int) -> None:
    """Draw what the simulation draws, into memory that is there."""

    def draw(first: int) -> None:
        numbers = np.empty((PARAMS.steps, PARAMS.tasks))
        for seed in PARAMS.seeds[first::threads]:
            np.random.default_rng(seed).standard_normal(out=numbers)

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(draw, range(threads)))


def simulation(threads: int) -> None:
    """Simulate every seed, sampled once an epoch."""
    for _ in simulate_chunks(PARAMS, every=PARAMS.steps_per_epoch, threads=threads):
        pass


def seconds(work: Callable[[int], None], threads: int) -> float:
    """Return the shortest of three times."""
    found = []
    for _ in range(3):
        start = time.perf_counter()
        work(threads)
        found.append(time.perf_counter() - start)
    return min(found)


def main() -> None:
    """Print times, memory and the machine."""
    for threads in dict.fromkeys((1, os.cpu_count() or 1)):
        alone, whole = seconds(random_numbers, threads), seconds(simulation, threads)
        ratio = f"simulation {whole:.2f} s, {whole / alone:.2f} times as long"
        print(f"{threads} threads: random numbers {alone:.2f} s, {ratio}")
    print(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB at the highest")
    print(machine())


if __name__ == "__main__":
    main()
