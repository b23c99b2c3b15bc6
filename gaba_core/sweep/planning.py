"""How a sweep is cut into chunks of about a second; it depends on the sweep alone, never on who computes."""

from __future__ import annotations

from collections.abc import Sequence

from gaba_core.sweep.computing import SIDE_BY_SIDE, Chunk
from gaba_core.sweep.grid import Grid

CHUNK_SECONDS = 1.0
# Seconds of one core, measured by benchmarks/sweep.py; what they are off by changes the length of a chunk.
DRAWN = 25e-9  # a norm of one step
REPEATED = 0.3  # of that, where another group has drawn it already
FOLLOWED = 6e-9  # a step of one beta
JUDGED = 0.8e-6  # a floor
IN_FULL = 30e-9  # a step of one beta, floor and task, where all of them are looked at
STEPPED = 2.5e-5  # a step of any number of runs of one scheme, where they are stepped
CELL = 5e-5  # a beta and floor, whatever the seeds


def plan(grid: Grid, seeds: tuple[int, ...], seconds: float = CHUNK_SECONDS) -> tuple[Chunk, ...]:
    """Return the chunks in the order in which their sums are merged."""
    each, once = _costs(grid)
    whole = each * len(seeds) + once
    if whole <= seconds:
        groups = max(1, int(seconds / whole))
        starts = range(0, grid.groups, groups)
        return tuple(Chunk(grid, at, min(at + groups, grid.groups), seeds) for at in starts)
    size = max(1, int(max(seconds - once, seconds / 2.0) / each))
    if size > SIDE_BY_SIDE:
        size -= size % SIDE_BY_SIDE
    parts = [seeds[at : at + size] for at in range(0, len(seeds), size)]
    return tuple(Chunk(grid, at, at + 1, part) for at in range(grid.groups) for part in parts)


def expected_seconds(grid: Grid, seeds: Sequence[int]) -> float:
    """Return the seconds of one core that a sweep takes, to a factor of about two."""
    each, once = _costs(grid)
    return grid.groups * (each * len(seeds) + once)


def _costs(grid: Grid) -> tuple[float, float]:
    """Return the seconds of a seed in one group, and of the group itself."""
    steps, tasks, (betas, floors) = grid.base.steps, grid.base.tasks, grid.inner_shape
    drawn, cells = DRAWN * steps * tasks, betas * floors
    if grid.groups > 1:
        drawn *= REPEATED
    if tasks == 2 and grid.values("scheme") == ("A",):
        return drawn + betas * (FOLLOWED * steps + JUDGED * floors), CELL * cells
    alike = grid.groups // len(grid.values("scheme"))  # groups that are stepped side by side
    stepped = STEPPED * steps / alike if grid.values("scheme") != ("A",) else 0.0
    return drawn + IN_FULL * steps * tasks * cells, CELL * cells + stepped
