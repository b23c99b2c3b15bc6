"""How fast parameters are swept: `python benchmarks/sweep.py`.

Surfaces of beta and floor, 9,800 steps a run, as the Map shows them; and the throughput of two processes over
one, which wants a machine with two idle cores.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from distributed import LocalCluster

from benchmarks.measuring import machine
from gaba_core import SimulationParams
from gaba_core.sweep import Grid, sweep
from gaba_core.sweep.cluster import dask_executor
from gaba_core.sweep.computing import Chunk, compute
from gaba_core.sweep.planning import expected_seconds, plan

SMALL = SimulationParams(epochs=1)
BASE = SimulationParams(noise="lognormal", sigma=1.0)


def surface(side: int, base: SimulationParams = BASE) -> Grid:
    """Return a grid of side x side betas and floors."""
    betas = 1.0 - 10.0 ** -np.linspace(0.3, 3.5, side)
    return Grid({"beta": betas.tolist(), "floor": np.linspace(0.0, 0.5, side).tolist()}, base)


def on_one_core(grid: Grid, seeds: int) -> None:
    """Print the processor's and the clock's seconds of all chunks, one after another."""
    compute(Chunk(grid, 0, 1, (0,)))
    processor, clock = time.process_time(), time.perf_counter()
    for chunk in plan(grid, tuple(range(seeds))):
        compute(chunk)
    processor, clock = time.process_time() - processor, time.perf_counter() - clock
    cells = " x ".join(map(str, grid.shape))
    updates = grid.cells * seeds * grid.base.steps
    print(
        f"{processor:7.2f} s of CPU ({clock:.2f} s)  {cells} cells x {seeds:,} seeds, {updates:.1e} steps; "
        f"expected {expected_seconds(grid, range(seeds)):.2f}"
    )


def rate(grid: Grid, seeds: int, processes: int) -> float:
    """Return chunks a second of so many processes, their start left out."""
    chunks = plan(grid, tuple(range(seeds)))
    with ProcessPoolExecutor(processes) as pool:
        list(pool.map(compute, [Chunk(grid, 0, 1, (0,))] * processes))
        return len(chunks) / best_of(pool, chunks)


def best_of(executor: Executor, chunks: Sequence[Chunk], rounds: int = 3) -> float:
    """Return the seconds of the quickest of some rounds: the others shared the cores with somebody."""
    took = []
    for _ in range(rounds):
        start = time.perf_counter()
        list(executor.map(compute, chunks))
        took.append(time.perf_counter() - start)
    return min(took)


def by_dask() -> None:
    """Print what the scheduler of a cluster costs: two workers of this machine, against two processes."""
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50) as cluster,
        dask_executor(cluster.scheduler_address) as dask,
        ProcessPoolExecutor(2) as pool,
    ):
        for grid, seeds, what in (
            (surface(64), 1000, "chunks of a second"),
            (Grid({"sigma": np.linspace(0.0, 3.0, 500).tolist()}, SMALL), 1, "chunks of next to nothing"),
        ):
            chunks = [Chunk(grid, i, i + 1, (0,)) for i in range(grid.groups)]
            chunks = list(plan(grid, tuple(range(seeds)))) if seeds > 1 else chunks
            took = []
            for executor in (pool, dask):
                list(executor.map(compute, chunks[:2]))
                took.append(best_of(executor, chunks))
            extra = 1e3 * (took[1] - took[0]) / len(chunks)
            print(
                f"{took[1]:7.2f} s by Dask, {took[0]:.2f} by a pool: {extra:+.1f} ms for each of "
                f"{len(chunks)} {what}"
            )


def main() -> None:
    """Print all of it, and the machine."""
    on_one_core(surface(32), 100)
    on_one_core(surface(32, SimulationParams()), 100)
    on_one_core(surface(64), 1000)
    axes = {"sigma": np.linspace(0.0, 3.0, 16).tolist(), "ratio": np.geomspace(1, 1e4, 16).tolist()}
    on_one_core(Grid(axes, BASE), 100)
    on_one_core(Grid({"scheme": "ABCDEFG", "floor": np.linspace(0.0, 0.5, 8).tolist()}, BASE), 10)
    one, two = (rate(surface(64), 1000, processes) for processes in (1, 2))
    print(f"{two / one / 2:7.0%} of two cores: {one:.2f} chunks a second on one process, {two:.2f} on two")
    small = surface(8)
    start = time.perf_counter()
    sweep(small, 10)
    took = time.perf_counter() - start
    by_dask()
    print(f"{took:7.3f} s of clock  8 x 8 cells x 10 seeds, by sweep() in this process")
    print(machine())


if __name__ == "__main__":
    main()
