"""The sums of one chunk of a sweep: what a worker does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gaba_core.abandoning import while_awaited
from gaba_core.checks import FloatArray
from gaba_core.controller import every_task
from gaba_core.ema_scan import sampled_average
from gaba_core.equilibrium import end_norms, settled
from gaba_core.gradients import cached_draws, draws, fresh_raw_shares
from gaba_core.parameters import SimulationParams
from gaba_core.projection import clamp
from gaba_core.regime_prediction import arrival_tolerances
from gaba_core.sweep.arrivals import Inputs, Path, in_blocks
from gaba_core.sweep.grid import Grid
from gaba_core.sweep.measures import FIELDS, Seeds, Sums, release_steps, smallest_shares, sums_of
from gaba_core.sweep.stepping import AT_ONCE, stepped
from gaba_core.thresholds import arrival

Source = Callable[[int, int, int], FloatArray]
SIDE_BY_SIDE = 64  # seeds: more no longer fit a processor's cache
DRAWS_HELD = 4_000_000  # of all seeds, where several groups draw the same


@dataclass(frozen=True, slots=True)
class Chunk:
    """A part of a sweep that is computed in one go: some groups of its grid, some of its seeds.

    Attributes:
        first, last: groups from the one on, to before the other.
    """

    grid: Grid
    first: int
    last: int
    seeds: tuple[int, ...]


def compute(chunk: Chunk) -> dict[str, FloatArray]:
    """Return the sums over the chunk's seeds, each (groups, betas, floors), by the name of the sum.

    The numbers depend on the chunk alone, on whatever machine of a kind and beside whatever else it runs.
    """
    with one_thread():
        found = dict(_groups(chunk))
    groups = [found[number] for number in range(chunk.first, chunk.last)]
    return {name: np.stack([getattr(sums, name) for sums in groups]) for name in FIELDS}


def one_thread() -> Any:
    """Return a context in which NumPy's products keep to one core, where threadpoolctl is installed."""
    try:
        from threadpoolctl import threadpool_limits
    except ImportError:  # slower beside others, and the same numbers
        from contextlib import nullcontext

        return nullcontext()
    return threadpool_limits(1, user_api="blas")


def _groups(chunk: Chunk) -> Iterator[tuple[int, Sums]]:
    """Yield number and sums of each group; those that are stepped go side by side."""
    betas, floors = (np.array(chunk.grid.values(name)) for name in ("beta", "floor"))
    runs: dict[str, list[tuple[int, SimulationParams, float]]] = {}
    steps_of = chunk.grid.base.steps * chunk.grid.base.tasks
    for number in range(chunk.first, chunk.last):
        params, scheme, k = chunk.grid.group(number)
        runs.setdefault(scheme, []).append((number, replace(params, seeds=chunk.seeds), k))
    several = chunk.grid.groups > 1 and len(chunk.seeds) * steps_of <= DRAWS_HELD
    for number, one, _ in while_awaited(runs.pop("A", [])):
        pieces = _free_running(one, betas, floors, cached_draws if several else draws)
        yield number, sums_of(_joined(pieces))
    size = max(1, AT_ONCE // (betas.size * floors.size * steps_of))
    for scheme, members in runs.items():
        for first in while_awaited(range(0, len(members), size)):
            some = members[first : first + size]
            whole = _joined(stepped([(one, k) for _, one, k in some], betas, floors, scheme))
            for i, (number, _, _) in enumerate(some):
                yield number, sums_of(Seeds(*(part[i] for part in whole)))


def _joined(pieces: Iterable[Seeds]) -> Seeds:
    return Seeds(*(np.concatenate(parts, axis=-1) for parts in zip(*pieces, strict=True)))


def _free_running(
    runs: SimulationParams, betas: FloatArray, floors: FloatArray, source: Source = draws
) -> Iterator[Seeds]:
    """Yield what some seeds after another do under GABA itself, arrays (betas, floors, seeds).

    The shares depend on neither beta nor floor, the state not on the floor: each is computed once.
    """
    equilibria, reaches = _ends(runs, betas, floors)
    for first in while_awaited(range(0, len(runs.seeds), SIDE_BY_SIDE)):
        some = replace(runs, seeds=runs.seeds[first : first + SIDE_BY_SIDE])
        shares = fresh_raw_shares(some, source)
        inputs = in_blocks(shares[:, 0, runs.warmup_steps :]) if _is_quick(runs) else None
        rows = [
            _of_beta(some, shares, inputs, float(beta), floors, equilibria[i], reaches[i])
            for i, beta in enumerate(while_awaited(betas))
        ]
        yield Seeds(*(np.stack(parts) for parts in zip(*rows, strict=True)))


def _is_quick(runs: SimulationParams) -> bool:
    return runs.tasks == 2 and runs.steps > runs.warmup_steps


def _of_beta(
    runs: SimulationParams,
    shares: FloatArray,
    inputs: Inputs | None,
    beta: float,
    floors: FloatArray,
    equilibrium: FloatArray,
    reach: FloatArray,
) -> Seeds:
    """Return what the seeds do at one beta, arrays (floors, seeds)."""
    last = last_states(runs, shares, beta)
    weights = clamp(last[None], floors[:, None, None])
    if runs.steps <= runs.warmup_steps:
        arrived = np.full((floors.size, len(last)), -1)
    elif inputs is not None:
        found = Path(inputs, beta).arrivals(equilibrium[:, 0], reach.min(axis=-1), floors)
        arrived = np.where(found < 0, -1, found + runs.warmup_steps)
    else:
        arrived = _arrivals_in_full(runs, shares, beta, floors, equilibrium, reach)
    return Seeds(
        arrived,
        weights[..., 0],
        smallest_shares(weights, end_norms(runs)),
        release_steps(beta, floors[:, None], last[:, 0], 1.0 / runs.tasks),
    )


def last_states(runs: SimulationParams, shares: FloatArray, beta: float) -> FloatArray:
    """Return the state after the last step, (S, K), as `simulate` gives it at the ends of epochs."""
    epoch = runs.steps_per_epoch
    moved = sampled_average(shares, beta, runs.warmup_steps, epoch, epoch - 1)[..., -1:]
    state: FloatArray = every_task(moved, runs.tasks)[..., 0] + 1.0 / runs.tasks
    return state


def _arrivals_in_full(
    runs: SimulationParams,
    shares: FloatArray,
    beta: float,
    floors: FloatArray,
    equilibrium: FloatArray,
    reach: FloatArray,
) -> FloatArray:
    """Return the step at which each run arrives, (floors, S), by looking at all weights of all steps."""
    moved = sampled_average(shares, beta, runs.warmup_steps, 1, 0)
    state = every_task(moved, runs.tasks).swapaxes(1, 2) + 1.0 / runs.tasks
    found = np.full((floors.size, len(state)), -1)
    for i, floor in enumerate(floors):
        distance = np.abs(clamp(state, float(floor)) - equilibrium[i])
        for seed, away in enumerate(distance):
            step = arrival(away, reach[i], runs.warmup_steps)
            found[i, seed] = -1 if step is None else step
    return found


def _ends(runs: SimulationParams, betas: FloatArray, floors: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return equilibrium and reach of every task, each (betas, floors, K)."""
    plain = replace(runs, seeds=(0,))
    ends = settled([replace(plain, beta=b, floor=m) for b in betas.tolist() for m in floors.tolist()])
    shape = (betas.size, floors.size, runs.tasks)
    return ends.weights.reshape(shape), arrival_tolerances(ends).reshape(shape)
