"""The simulation beside a run: constant norms matched to it, on the run's own clock.

`simulate` gives the value after the update of step t, so after t + 1 elapsed steps. The record of epoch e is
the state at the end of epoch e, after (e + 1) steps_per_epoch elapsed steps. Both are told by elapsed steps.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from gaba_core.checks import FloatArray
from gaba_core.errors import ParameterError
from gaba_core.lru_cache import cached
from gaba_core.parameters import SimulationParams
from gaba_core.runs.fitting.fit import Fit
from gaba_core.runs.schema import Run, frozen, record_order
from gaba_core.runs.time_units import steps_per_epoch
from gaba_core.share_moments import share_moments
from gaba_core.simulation import Trajectories, simulate

LONGEST = 2_000_000  # steps that are simulated beside a run
CLOSE = 1e-10  # relative distance of the mean share from the target
SMALLEST_SHARE = 1e-9
ROUNDING = 1e-3  # logs are often rounded to four places


@dataclass(frozen=True, slots=True, eq=False)
class Recorded:
    """What a run recorded of its weights, on the clock of elapsed steps.

    Attributes:
        elapsed: (N,) ascending; steps trained when the values were so.
        weights: (N, K) applied weights over their sum; None where the log holds only the EMA state.
        state: (N, K) EMA state, or None.
        by_step: whether there is a value for every step instead of every record.
    """

    elapsed: FloatArray
    weights: FloatArray | None
    state: FloatArray | None
    by_step: bool

    @property
    def drawn(self) -> FloatArray:
        """The applied weights, or the EMA state where the log holds nothing else, (N, K)."""
        drawn = self.state if self.weights is None else self.weights
        if drawn is None:
            raise ParameterError("a run must have recorded weights or a state; got neither.")
        return drawn


@cached(64 * 2**20)
def recorded_path(run: Run, per_epoch: float) -> Recorded | None:
    """Return the weights that a run recorded, step by step where it has them; None where it has none.

    Args:
        run: any run.
        per_epoch: steps an epoch, where the log does not say.
    """
    steps = run.steps
    held = None if steps is None or not run.tasks else steps.weights
    if steps is not None and held is not None and bool((np.diff(steps.step) > 0).all()):
        return Recorded(np.asarray(steps.step + 1.0, dtype=np.float64), _over_sum(held), steps.state, True)
    if run.weights is None and run.state is None:
        return None
    known = steps_per_epoch(run)
    order = record_order(run)
    elapsed = (run.epochs[order].astype(np.float64) + 1.0) * (per_epoch if known is None else known)
    weights = None if run.weights is None or computed(run) else _over_sum(run.weights[order])
    return Recorded(elapsed, weights, None if run.state is None else run.state[order], False)


def computed(run: Run) -> bool:
    """Return whether the applied weights of a run are not its own, but computed from its EMA state."""
    return run.origins.weights == "computed" and run.state is not None


def simulate_twin(
    run: Run,
    *,
    beta: float,
    floor: float,
    warmup_steps: int,
    target: float,
    sigma: float,
    steps: int,
    task: str = "",
) -> Trajectories:
    """Return one simulated run of the same tasks, every step, S = 1.

    The norms are constant but for log-normal noise; their medians are such that the mean raw share of one
    task is the target (noise alone moves the mean). With more than two tasks the others share the gradient as
    they did in the run, evenly where it does not say.

    Args:
        run: whose tasks, seed and recorded norms are taken.
        beta: of the moving average, as floor and warmup_steps the controller's.
        floor: 0 to 1/K.
        warmup_steps: steps before the average first moves.
        target: mean raw share of the task, 0 to 1/(K-1).
        sigma: standard deviation of the logarithm of the norms.
        steps: how many, from 1 to 2,000,000.
        task: whose share the target is; the first where it is empty.

    Raises:
        ParameterError: the run has no tasks, or a number is not legal.
    """
    if len(run.tasks) < 2:
        raise ParameterError(f"run must hold the weights of two tasks or more; got {run.name}.")
    if not 1 <= steps <= LONGEST:
        raise ParameterError(f"steps must be a whole number in [1, {LONGEST}]; got {steps!r}.")
    index = run.tasks.index(task) if task in run.tasks else 0
    params = SimulationParams(
        beta=beta,
        floor=floor,
        warmup_steps=warmup_steps,
        norms=_norms(run, index, target, sigma),
        noise="lognormal",
        sigma=sigma,
        seeds=(0 if run.info is None or run.info.seed is None else run.info.seed,),
        epochs=steps,
        steps_per_epoch=1,
    )
    return simulate(params)


def fitted_path(
    fit: Fit, elapsed: FloatArray, per_epoch: float, floor: float
) -> tuple[FloatArray, FloatArray] | None:
    """Return the fitted mean weight and state of the fitted task after so many steps; None without a fit.

    Args:
        fit: of a run.
        elapsed: (N,) steps.
        per_epoch: steps an epoch, for a fit in epochs.
        floor: where the fit could not tell it.
    """
    state = fit.state_at(elapsed if fit.unit == "steps" else elapsed / per_epoch)
    if state is None:
        return None
    lowest = floor if fit.floor is None else fit.floor.value
    raised = np.maximum(state, lowest)
    return raised / (raised + np.maximum(1.0 - state, lowest)), state


def path_at(path: FloatArray, elapsed: FloatArray) -> FloatArray:
    """Return a path (T,) of values after 1, 2 .. T elapsed steps at other times, NaN outside of it."""
    times = np.arange(1.0, len(path) + 1.0)
    return np.asarray(np.interp(elapsed, times, path, left=np.nan, right=np.nan), dtype=np.float64)


def _norms(run: Run, index: int, target: float, sigma: float) -> tuple[float, ...]:
    """Return medians whose mean raw share of one task is the target under the noise."""
    tasks = len(run.tasks)
    if not 0.0 <= target <= 1.0 / (tasks - 1):
        raise ParameterError(f"target must lie in [0, 1/(K-1)] = [0, {1 / (tasks - 1):g}]; got {target!r}.")
    part = min(max(1.0 - (tasks - 1) * target, SMALLEST_SHARE), 1.0 - SMALLEST_SHARE)
    others = _others(run, index)
    wanted = 1.0 - part  # what the others have of the gradient: small where the task's share is small
    odds = math.log(part / wanted)
    for _ in range(20):
        norms = np.insert(others / others.sum(), index, math.exp(odds))
        found = (tasks - 1) * float(share_moments(tuple(norms.tolist()), "lognormal", sigma).mean[index])
        found = min(max(found, 1e-300), 1.0 - 1e-16)
        if abs(found - wanted) <= CLOSE * min(wanted, 1.0 - wanted):
            break
        odds += math.log(found / (1.0 - found)) - math.log(wanted / (1.0 - wanted))
    return tuple(norms.tolist())


def _others(run: Run, index: int) -> FloatArray:
    """Return how the other tasks share what is left of the gradient, (K-1,)."""
    table = run.norms if run.steps is None else run.steps.norms
    even = np.ones(len(run.tasks) - 1)
    if table is None or len(run.tasks) == 2:
        return even
    known = table[np.isfinite(table).all(axis=1)]
    if not len(known):
        return even
    found = np.delete(np.median(known, axis=0), index)
    return found if bool((found > 0.0).all()) else even


def _over_sum(weights: FloatArray) -> FloatArray:
    """Return weights as shares of their sum; those that sum to 1 but for rounding stay as recorded."""
    total = weights.sum(axis=1, keepdims=True)
    if bool((np.abs(total - 1.0) < ROUNDING).all()):
        return weights
    with np.errstate(all="ignore"):
        shares: FloatArray = weights / total
    return frozen(shares)
