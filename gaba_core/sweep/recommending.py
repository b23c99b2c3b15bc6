"""A setting for a run, read off its own gradients, and what it costs next to the one it had."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from gaba_core import number_text
from gaba_core.checks import FloatArray
from gaba_core.errors import ParameterError
from gaba_core.runs.counterfactual import replay
from gaba_core.runs.own_parameters import own_parameters
from gaba_core.runs.recording import Recording, recording_of
from gaba_core.runs.schema import Run
from gaba_core.step_response import time_constant
from gaba_core.sweep.recorded import RecordedMap, map_run, resting_task, tail

BETAS = tuple(round(1.0 - float(f"{10.0**-slowness:.2g}"), 6) for slowness in np.arange(0.3, 3.55, 0.1))
NEARLY_BEST = 1.005  # times the least error of prediction
DEEPEST = 0.01  # part of the steps at rest at which the floor may act
SAME = 0.05  # of a mean share: a difference that small, or lost in the noise, is none
NOISE_ERRORS = 3.0
LONGEST_WARMUP = 0.1  # of the run
FEWEST = 50  # samples


@dataclass(frozen=True, slots=True)
class Costs:
    """What a setting comes to on a run's recorded gradients; see `RecordedMap.values`."""

    settle: float
    equilibrium: float
    noise: float
    smallest_share: float
    release_delay: float
    harm: float


@dataclass(frozen=True, slots=True)
class Recommendation:
    """A setting for the controller.

    Attributes:
        task: name of the task with the smallest share at rest.
        costs: what it comes to.
        own: the run's own beta, floor and warm-up, None where it is not known.
        own_costs: what that came to.
        sentences: why each number, and what it costs, in words.
    """

    beta: float
    floor: float
    warmup_steps: int
    task: str
    costs: Costs
    own: tuple[float, float, int] | None
    own_costs: Costs | None
    sentences: tuple[str, ...]


def recommend(run: Run) -> Recommendation:
    """Return a beta, a floor and a warm-up for gradients like those of a run.

    beta: the fastest whose average predicts the next step's shares within 0.5 % of the best: a faster one
    lets noise through, a slower one lags. floor: as high as leaves the average alone on all but 1 % of the
    steps at rest, so that it guards and does not decide. Warm-up: until the shares over a time constant are
    those of the second tenth of the run.

    Raises:
        ParameterError: the run holds no norms, or of too few steps.
    """
    recording = recording_of(run)
    if len(recording.shares()) < FEWEST:
        raise ParameterError(
            f"run must hold the norms of at least {FEWEST} steps; got {len(recording.shares())}, {run.name}."
        )
    beta = _best_beta(run, recording)
    found = _warmup(recording, beta)
    warmup = found or 0
    floor = _guard(replay(run, beta, 0.0, warmup).state[0])
    task, costs = run.tasks[resting_task(recording)], _costs(map_run(run, [beta], [floor], warmup))
    own = _own(run)
    own_costs = None if own is None else _costs(map_run(run, [own[0]], [own[1]], own[2]))
    words = _sentences(beta, floor, found, task, costs, own_costs)
    return Recommendation(beta, floor, warmup, task, costs, own, own_costs, words)


def prediction_errors(run: Run, betas: Sequence[float]) -> FloatArray:
    """Return the mean squared error with which each average predicts the next step's raw shares, (B,).

    The first tenth of the run, in which every average still comes from 1/K, does not count.
    """
    recording = recording_of(run)
    shares, begin = recording.shares(), len(recording.shares()) // 10
    errors = []
    for beta in betas:
        state = replay(run, beta, 0.0, 0).state[0][recording.finite]
        errors.append(float(((shares[begin + 1 :] - state[begin:-1]) ** 2).sum(axis=-1).mean()))
    return np.array(errors)


def _best_beta(run: Run, recording: Recording) -> float:
    steps = float(recording.elapsed[-1])
    betas = [beta for beta in BETAS if 5.0 * time_constant(beta) <= steps] or [BETAS[0]]
    errors = prediction_errors(run, betas)
    return next(b for b, error in zip(betas, errors, strict=True) if error <= NEARLY_BEST * errors.min())


def _guard(state: FloatArray) -> float:
    """Return the floor that the smallest average undercuts on 1 % of its last quarter, rounded down."""
    lowest = float(np.quantile(tail(state).min(axis=-1), DEEPEST))
    if lowest <= 0.0:
        return 0.0
    unit = 10.0 ** (math.floor(math.log10(lowest)) - 1)
    return float(f"{math.floor(lowest / unit) * unit:.2g}")


def _warmup(recording: Recording, beta: float) -> int | None:
    """Return the steps before the shares are those of the second tenth; None where they go on changing."""
    shares, steps = recording.shares(), recording.elapsed[recording.finite]
    tenth = len(shares) // 10
    window = min(tenth, max(10, round(time_constant(beta) / float(np.median(np.diff(steps))))))
    later = shares[tenth : 2 * tenth]
    for begin in range(0, tenth, max(1, window // 4)):
        early = shares[begin : begin + window]
        near = NOISE_ERRORS * np.sqrt(early.var(axis=0) / len(early) + later.var(axis=0) / len(later))
        apart = np.abs(early.mean(axis=0) - later.mean(axis=0))
        if (apart <= np.maximum(SAME * later.mean(axis=0), near)).all():
            return int(steps[begin]) - 1
    return None


def _own(run: Run) -> tuple[float, float, int] | None:
    own = own_parameters(run, "run.json")
    values = [getattr(own, name) for name in ("beta", "floor", "warmup_steps")]
    if any(value.source == "reference" for value in values):
        return None
    return float(values[0].value), float(values[1].value), int(values[2].value)


def _costs(found: RecordedMap) -> Costs:
    return Costs(**{name: float(values[0, 0]) for name, values in found.values.items()})


def _sentences(
    beta: float, floor: float, warmup: int | None, task: str, costs: Costs, own: Costs | None
) -> tuple[str, ...]:
    number, percent = number_text.number, number_text.percent

    def compared(text: Callable[[Costs], str]) -> str:
        return text(costs) if own is None else f"{text(costs)} (with its own setting {text(own)})"

    smallest = compared(lambda c: percent(c.smallest_share, 2))
    lines = [
        f"β {beta:g}: no faster average predicts the next step's gradients as well. The weight of {task} is "
        f"at rest {compared(_rest)} and then scatters by {compared(_scatter)}.",
        f"Floor {number(floor, 2)}: the average lies above it on 99 % of the steps at rest, so it guards and "
        f"does not decide. The smallest share of the update is {smallest}.",
        _waits(warmup),
    ]
    if math.isfinite(costs.harm):
        harmed = compared(lambda c: percent(c.harm, 2))
        lines.append(f"{harmed} of the steps harm some task, to first order and for a plain gradient step.")
    return tuple(lines)


def _waits(warmup: int | None) -> str:
    if warmup is None:
        return "No warm-up: the gradients go on changing, so waiting gains nothing."
    if not warmup:
        return "No warm-up: the first gradients are like those that follow."
    return f"Warm-up of {warmup} steps: the gradients before them differ from those that follow."


def _rest(costs: Costs) -> str:
    return "never" if math.isnan(costs.settle) else f"from step {number_text.number(costs.settle, 4)}"


def _scatter(costs: Costs) -> str:
    return number_text.percent(costs.noise / costs.equilibrium if costs.equilibrium else math.nan, 2)
