"""What controller made a log: time constant, target, floor and warm-up, read from the recorded weights."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gaba_core.runs.fitting.estimate import Estimate, estimate, student
from gaba_core.runs.fitting.floor import FloorFit, fit_floor
from gaba_core.runs.fitting.path import Path, path_of
from gaba_core.runs.fitting.regression import Pairs, states
from gaba_core.runs.schema import Floats, Run
from gaba_core.thresholds import ROUNDING

FEWEST = 3  # records in a transient that can tell a time constant
TRANSIENT = 0.01  # of the first gap: what is nearer has arrived
NOISE = 4.0  # standard deviations of the settled state that do not count as a gap
ALIKE = 0.2  # correlation of neighbouring errors from which a moved target is noted
SHORTEST = 60  # records that are always fitted
# Records that are fitted; of more every n-th, which is a log as good. Of weights each floor is tried.
LONGEST_STATE, LONGEST_WEIGHT = 50_000, 4_000
WIDEST = 3.0  # high over low bound of a time constant from which the log cannot tell it


@dataclass(frozen=True, slots=True)
class Fit:
    """What a log tells of its controller; None where it cannot tell.

    Fitted are the transient and the plateau right behind it. The intervals take the target to be the same
    throughout; where training moves it they are narrower than what is known, and a note says so.

    Attributes:
        task: whose share was fitted.
        start: 1/K, where its share begins.
        unit: "steps" or, where the log does not say how many an epoch has, "epochs".
        time_constant: in units.
        beta: share that the average keeps a step; None unless the unit is steps.
        target: the share of the task that the EMA state tends to.
        floor: lambda_min; an EMA state holds none.
        warmup: units before the average first moved.
        residual: root mean square error of predicting the state of a record from the one before.
        transient: records on the way, from the first that moved.
        notes: why something is None.
    """

    task: str = ""
    unit: str = "epochs"
    start: float = math.nan
    time_constant: Estimate | None = None
    beta: Estimate | None = None
    target: Estimate | None = None
    floor: Estimate | None = None
    warmup: Estimate | None = None
    residual: float | None = None
    transient: int = 0
    notes: tuple[str, ...] = ()

    def state_at(self, elapsed: npt.ArrayLike) -> Floats | None:
        """Return the fitted mean state of the task after so many units; None where it could not be fitted."""
        if self.time_constant is None or self.target is None or self.warmup is None:
            return None
        since = np.maximum(0.0, np.asarray(elapsed, dtype=np.float64) - self.warmup.value)
        gap = (self.start - self.target.value) * np.exp(-since / self.time_constant.value)
        return np.asarray(self.target.value + gap, dtype=np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """The fit of a path from the first record that moved: its states, spacing and 95 % half-widths.

    Attributes:
        every: which records were fitted: each where it is 1, every n-th where it is n.
    """

    path: Path
    begin: int
    every: int
    spacing: float
    fit: FloorFit
    states: Floats

    @property
    def decay(self) -> float:
        return float(self.fit.best.decay[0])

    @property
    def target(self) -> float:
        return float(self.fit.best.target[0])

    @property
    def freedom(self) -> int:
        return max(1, len(self.states) - (4 if self.floor else 3))

    @property
    def floor(self) -> float:
        return float(self.fit.best.floor[0])

    @property
    def settled_sd(self) -> float:
        return float(self.fit.best.noise[0]) / math.sqrt(1.0 - self.decay**2)

    def half_width(self, combine: Floats, values: Floats) -> float:
        """Return that of a value: its error at the best floor, and how far it moves with the floor."""
        at_floor = student(self.freedom) * math.sqrt(float(combine @ self.fit.best.covariance[0] @ combine))
        return math.hypot(at_floor, 0.5 * float(np.ptp(values)))


def fit_run(run: Run) -> Fit:
    """Return the controller that the recorded weights tell of; `run.json` gives the clock and nothing else.

    Read are the steps of `steps.npz` where there are any, else the records.
    """
    path = path_of(run)
    if path is None:
        return Fit(notes=("The log holds no weights of a moving average.",))
    found = _found(path)
    if isinstance(found, str):
        return Fit(path.task, path.unit, path.start, floor=path.floor, notes=(found,))
    return _described(found)


def _found(path: Path) -> _Found | str:
    """Return the fit from the first record that moved, or why there is none."""
    if not ((path.values >= 0.0) & (path.values <= 1.0)).all():
        return "A share lies outside [0, 1]: no moving average of shares made this log."
    if path.several_least:
        return "Several tasks share the smallest weight: whether they are floored cannot be told."
    moved = np.flatnonzero(np.abs(path.values - path.start) > ROUNDING)
    if not moved.size:
        return "The weights never leave 1/K: there is nothing to fit."
    begin = int(moved[0])
    end = begin + _window(path.values[begin:])
    every = 1 + (end - begin) // (LONGEST_STATE if path.is_state else LONGEST_WEIGHT)
    times, values = path.times[begin:end:every], path.values[begin:end:every]
    if len(values) < 4:
        return "Too few records follow the first that moved."
    spacing = float(np.median(np.diff(times)))
    pairs = Pairs(values[:-1], values[1:], np.diff(times) / spacing, path.quantum)
    fit = fit_floor(pairs, with_floor=not path.is_state and float(values.min()) > 0.0)
    if not np.isfinite(fit.best.deviance[0]):
        return "The records do not determine a time constant and a target."
    return _Found(path, begin, every, spacing, fit, states(values, fit.best.floor)[0])


def _window(values: Floats) -> int:
    """Return how many records to fit: the transient and three times as many of the plateau behind it.

    A longer plateau tells nothing more of the time constant, but its rounding and the slow drift of a real
    target would come to outweigh the transient.
    """
    tail = values[-max(1, len(values) // 4) :]
    level = float(np.median(tail))
    near = max(TRANSIENT * abs(float(values[0]) - level), NOISE * float(np.median(np.abs(tail - level))))
    arrived = np.flatnonzero(np.abs(values - level) <= near)
    transient = int(arrived[0]) if arrived.size else len(values)
    return min(len(values), max(SHORTEST, 4 * transient))


def _described(found: _Found) -> Fit:
    path = found.path
    gap = np.abs(found.states - found.target)
    least = max(TRANSIENT * abs(path.start - found.target), NOISE * found.settled_sd)
    arrived = np.flatnonzero(gap <= least)
    transient = int(arrived[0]) if arrived.size else len(gap)
    time = _time_constant(found) if transient >= FEWEST else None
    notes = []
    if found.every > 1:
        notes.append(f"Of {len(path.values):,} records one in {found.every} was fitted, {len(gap):,} in all.")
    if time is None:
        notes.append(f"{transient} records on the way are too few to tell the time constant.")
    alike = _alike(found.fit.best.errors[0])
    if alike is not None:
        notes.append(
            f"Errors of neighbouring records are alike (correlation {alike:.2f}): the target moved while the "
            "log was written, and the intervals are narrower than what is known."
        )
    floor, target = path.floor, None
    if path.is_state or time is not None:  # without a transient a weight at rest may be floored or not
        half = found.half_width(np.array([0.0, 1.0]), found.fit.allowed.target)
        target = estimate(found.target, half + path.half_unit, 0.0, 1.0)
    if found.floor and time is not None:
        allowed = found.fit.allowed.floor
        margin = 1.1 * path.half_unit + 1e-12
        floor = Estimate(found.floor, float(allowed.min()) - margin, float(allowed.max()) + margin)
    return Fit(
        task=path.task,
        unit=path.unit,
        start=path.start,
        time_constant=time,
        beta=None if time is None or path.unit != "steps" else _beta(time),
        target=target,
        floor=floor,
        warmup=None if time is None else _warmup(found),
        residual=float(np.sqrt((found.fit.best.errors[0] ** 2).mean())),
        transient=transient,
        notes=tuple(notes),
    )


def _alike(errors: Floats) -> float | None:
    """Return the correlation of neighbouring errors where it is no accident."""
    power = float((errors**2).sum())
    limit = max(ALIKE, 4.0 / math.sqrt(len(errors)))
    if power == 0.0:
        return None
    correlation = float((errors[1:] * errors[:-1]).sum()) / power
    return correlation if correlation > limit else None


def _time_constant(found: _Found) -> Estimate | None:
    half = found.half_width(np.array([1.0, 0.0]), found.fit.allowed.decay) + 1e-12
    low, high = found.decay - half, found.decay + half
    if low <= 0.0 or high >= 1.0:
        return None
    tau, shortest, longest = (-found.spacing / math.log(x) for x in (found.decay, low, high))
    margin = 1e-9 * tau
    return Estimate(tau, shortest - margin, longest + margin) if longest < WIDEST * shortest else None


def _beta(time: Estimate) -> Estimate:
    return Estimate(*(math.exp(-1.0 / tau) for tau in (time.value, time.low, time.high)))


def _warmup(found: _Found) -> Estimate | None:
    """Return when the path through the first record that moved left 1/K."""
    first, start = float(found.states[0]), found.path.start
    at = float(found.path.times[found.begin])
    since = _elapsed(np.array([found.decay]), np.array([found.target]), first, start, found.spacing)
    if since is None:
        return None
    rate = -math.log(found.decay) / found.spacing
    part = math.exp(-rate * float(since[0]))
    noise = max(found.settled_sd * math.sqrt(max(0.0, 1.0 - part**2)), found.path.quantum)
    allowed = found.fit.allowed
    others = _elapsed(allowed.decay, allowed.target, first, start, found.spacing)
    slope = np.array(
        [
            float(since[0]) / (rate * found.spacing * found.decay),
            (1.0 / (first - found.target) - 1.0 / (start - found.target)) / rate,
        ]
    )
    half = found.half_width(slope, since if others is None else others)
    own = student(found.freedom) * noise / (abs(first - found.target) * rate)
    return estimate(at - float(since[0]), math.hypot(half, own), 0.0)


def _elapsed(decay: Floats, target: Floats, first: float, start: float, spacing: float) -> Floats | None:
    """Return the time the average took from 1/K to the first record that moved."""
    part = (first - target) / (start - target)
    if not ((part > 0.0) & (part <= 1.0)).all():
        return None
    return np.asarray(np.log(part) / np.log(decay) * spacing, dtype=np.float64)
