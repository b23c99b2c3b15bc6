"""What controller made a log: time constant, target, floor and warm-up, read from the recorded weights."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gaba_core.checks import FloatArray
from gaba_core.number_text import number
from gaba_core.runs.fitting.estimate import Estimate, estimate
from gaba_core.runs.fitting.floor import fit_floor
from gaba_core.runs.fitting.joint import Joint, fit_jointly
from gaba_core.runs.fitting.onset import CLEAR, NOISE, TRANSIENT, Onset, onset_of, window_of
from gaba_core.runs.fitting.path import Path, path_of
from gaba_core.runs.fitting.prediction import Records
from gaba_core.runs.fitting.regression import Pairs, Regression, states
from gaba_core.runs.fitting.rounding import UNIFORM
from gaba_core.runs.schema import Run

FEWEST = 3  # records in a transient that can tell a time constant
ALIKE = 0.2  # correlation of neighbouring errors from which a moved target is noted
EXCURSION = 1.7  # of the errors' running sum: independent ones come to 1.63 in one of 100 logs
COARSE = 4.0  # rounding steps: errors that scatter less are those of the rounding
LONGEST = 240  # records that are fitted; of more every n-th, which is a log as good
WIDEST = 3.0  # high over low bound of a time constant from which the log cannot tell it


@dataclass(frozen=True, slots=True)
class Fit:
    """What a log tells of its controller; None where it cannot tell.

    Fitted are the transient and the plateau right behind it. The intervals take the target to be the same
    throughout; where training moves it they are narrower than what is known, and a note says so.

    Attributes:
        task: whose share was fitted.
        start: where its share begins: 1/K, unless the records show another level.
        since: when it was there, in units.
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
    since: float = 0.0
    time_constant: Estimate | None = None
    beta: Estimate | None = None
    target: Estimate | None = None
    floor: Estimate | None = None
    warmup: Estimate | None = None
    residual: float | None = None
    transient: int = 0
    notes: tuple[str, ...] = ()

    def state_at(self, elapsed: npt.ArrayLike) -> FloatArray | None:
        """Return the fitted mean state of the task after so many units; None where it could not be fitted."""
        if self.time_constant is None or self.target is None:
            return None
        passed = np.maximum(0.0, np.asarray(elapsed, dtype=np.float64) - self.since)
        gap = (self.start - self.target.value) * np.exp(-passed / self.time_constant.value)
        return np.asarray(self.target.value + gap, dtype=np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """The fit of a path from the first record that moved, and the time between two records.

    Attributes:
        every: which records were fitted: each where it is 1, every n-th where it is n.
        errors: of predicting the state of a record from the one before.
    """

    path: Path
    onset: Onset
    every: int
    spacing: float
    joint: Joint
    states: FloatArray
    errors: FloatArray


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
        return "Several tasks share the smallest weight: it is unclear whether they are floored."
    onset = onset_of(path)
    if onset is None:
        return "The weights never leave 1/K: there is nothing to fit."
    begin = onset.begin
    end = begin + window_of(path.values[begin:])
    every = 1 + (end - begin) // LONGEST
    times, values, steps = (x[begin:end:every] for x in (path.times, path.values, path.rounding))
    if len(values) < 4:
        return "Too few records follow the first that moved."
    spacing = float(np.median(np.diff(times)))
    rounding = UNIFORM * steps
    pairs = Pairs(values[:-1], values[1:], np.diff(times) / spacing, rounding[:-1], rounding[1:])
    best = fit_floor(pairs, with_floor=not path.is_state and float(values.min()) > 0.0)
    joint = None
    if np.isfinite(best.deviance[0]):
        joint = _joint(Records((times - times[0]) / spacing, values, steps), best)
    if joint is None:
        return "The records do not determine a time constant and a target."
    state = states(values, np.array([joint.floor]))[0]
    retained = joint.decay ** (np.diff(times) / spacing)
    errors = state[1:] - joint.target - retained * (state[:-1] - joint.target)
    return _Found(path, onset, every, spacing, joint, state, errors)


def _joint(records: Records, best: Regression) -> Joint | None:
    """Return the joint fit from a first one; without a floor where the records do not bear it out."""
    decay, target, floor, noise = (float(x[0]) for x in (best.decay, best.target, best.floor, best.noise))
    found = fit_jointly(records, decay, target, floor, noise) if floor else None
    return fit_jointly(records, decay, target, 0.0, noise) if found is None else found


def _described(found: _Found) -> Fit:
    path, joint = found.path, found.joint
    gap = np.abs(found.states - joint.target)
    least = max(TRANSIENT * abs(found.onset.level - joint.target), NOISE * joint.settled_sd)
    arrived = np.flatnonzero(gap <= least)
    transient = int(arrived[0]) if arrived.size else len(gap)
    time = _time_constant(found) if transient >= FEWEST else None
    warmup = None if time is None else _warmup(found)
    notes = []
    start = _start_note(found, warmup) if time is not None else None
    if start is not None:
        notes.append(start)
    if found.every > 1:
        notes.append(f"Of {len(path.values):,} records one in {found.every} was fitted, {len(gap):,} in all.")
    if time is None:
        notes.append(f"{transient} records on the way are too few to tell the time constant.")
    alike = _alike(found.errors)
    if alike is not None:
        notes.append(
            f"Residuals are autocorrelated ({alike:.2f}): the target moved during the run, so these "
            "intervals are too narrow."
        )
    elif _strays(found):
        notes.append(
            "Residuals add up to more than independent ones do: the target moved during the run, so these "
            "intervals are too narrow."
        )
    floor, target = path.floor, None
    if path.is_state or time is not None:  # without a transient a weight at rest may be floored or not
        target = estimate(joint.target, joint.half_width(_unit(joint, 1)), 0.0, 1.0)
    if joint.floor and time is not None:
        floor = estimate(joint.floor, joint.half_width(_unit(joint, 2)), 0.0, path.start)
    return Fit(
        task=path.task,
        unit=path.unit,
        start=joint.first if warmup is None else found.onset.level,
        since=float(path.times[found.onset.begin]) if warmup is None else warmup.value,
        time_constant=time,
        beta=None if time is None or path.unit != "steps" else _beta(time),
        target=target,
        floor=floor,
        warmup=warmup,
        residual=float(np.sqrt((found.errors**2).mean())),
        transient=transient,
        notes=tuple(notes),
    )


def _unit(joint: Joint, index: int) -> FloatArray:
    return np.asarray(np.arange(len(joint.covariance)) == index, dtype=np.float64)


def _alike(errors: FloatArray) -> float | None:
    """Return the correlation of neighbouring errors where it is no accident."""
    power = float((errors**2).sum())
    limit = max(ALIKE, 4.0 / math.sqrt(len(errors)))
    if power == 0.0:
        return None
    correlation = float((errors[1:] * errors[:-1]).sum()) / power
    return correlation if correlation > limit else None


def _strays(found: _Found) -> bool:
    """Whether the running sum of errors strays further than chance and rounding take it."""
    away = found.errors - found.errors.mean()
    sd = float(away.std())
    if sd <= COARSE * float(np.median(found.path.rounding)):
        return False
    return float(np.abs(np.cumsum(away)).max()) > EXCURSION * sd * math.sqrt(len(away))


def _time_constant(found: _Found) -> Estimate | None:
    """Return the time constant; its logarithm is what has a symmetric interval."""
    joint = found.joint
    rate = -math.log(joint.decay)
    half = joint.half_width(_unit(joint, 0)) / (joint.decay * rate) + 1e-9
    if math.exp(min(2.0 * half, 9.0)) >= WIDEST:
        return None
    tau = found.spacing / rate
    return Estimate(tau, tau * math.exp(-half), tau * math.exp(half))


def _beta(time: Estimate) -> Estimate:
    return Estimate(*(math.exp(-1.0 / tau) for tau in (time.value, time.low, time.high)))


def _warmup(found: _Found) -> Estimate | None:
    """Return when the path through the first record that moved left its level; None where it never was there.

    The log then begins elsewhere: it is a part of a run, or of an average that was set otherwise.
    """
    joint, onset = found.joint, found.onset
    first, target, start = joint.first, joint.target, onset.level
    at = float(found.path.times[onset.begin])
    part = (first - target) / (start - target)
    if part > 1.0 and onset.error:  # a record of the level, as its noise has it
        return estimate(at, found.spacing, 0.0, at)
    if not 0.0 < part <= 1.0:
        return None
    rate = -math.log(joint.decay) / found.spacing
    since = -math.log(part) / rate
    slope = _unit(joint, 0) * -since / (joint.decay * rate * found.spacing)
    slope += _unit(joint, 1) * (1.0 / (start - target) - 1.0 / (first - target)) / rate
    by_first = 1.0 / ((first - target) * rate)
    own = joint.settled_sd**2 * max(0.0, 1.0 - part**2) + joint.first_variance
    more = by_first**2 * own + (onset.error / ((start - target) * rate)) ** 2
    half = joint.half_width(slope + by_first * joint.first_slope, more)
    if at - since < -CLEAR * half:
        return None
    return estimate(at - since, half, 0.0, at)


def _start_note(found: _Found, warmup: Estimate | None) -> str | None:
    """Return what is to be said where the log does not begin at 1/K."""
    path, onset, first = found.path, found.onset, found.joint.first
    if onset.level != path.start:
        return f"The log begins at {number(onset.level)} and not at 1/K: the fit starts there."
    noise = NOISE * math.hypot(found.joint.settled_sd, math.sqrt(found.joint.first_variance))
    if warmup is not None or onset.begin or abs(first - path.start) <= noise:
        return None
    return (
        f"The log begins at {number(first)}, where an average that left 1/K cannot have been by then: it is "
        "the rest of a run or began elsewhere, so the end of its warm-up is unknown."
    )
