"""Words and numbers of the Replay view: read-outs, where parameters come from, what a replay cannot know."""

from __future__ import annotations

import numpy as np

from gaba_core import number_text
from gaba_core.checks import FloatArray
from gaba_core.errors import GabaError
from gaba_core.lru_cache import cached
from gaba_core.runs import Estimate, Run, replay
from gaba_core.runs.counterfactual import own_scheme
from gaba_core.runs.fitting.report import UNDETERMINED, printed
from gaba_core.runs.norm_samples import holds_norms
from gaba_core.runs.own_parameters import OwnParameters, own_parameters
from gaba_core.runs.path_metrics import PathFigures, largest_difference, path_figures
from gaba_core.runs.recording import recording_of
from gaba_core.runs.replay_schemes import REPLAY_SCHEMES
from gaba_core.runs.schema import is_gaba
from gaba_core.runs.simulated_twin import Recorded

from .harm import NONE, harm, no_harm
from .outcome import outcome
from .state import ReplayState
from .subject import Counterpart, ReplayedRun, controller

LIMITS = {
    "replay": "Replay reuses the recorded gradients; different weights would have changed the training "
    "itself.",
    "compare": "Simulated: constant norms at the target share with log-normal noise, on the clock of the "
    "records (the record of epoch e is the state at its end). What drifts in training shows in the residual.",
}
ROWS = (
    ("clamped", "First clamped", "First step at which the EMA state of some task lies below the floor."),
    (
        "settled",
        "Within 1 % for good",
        "First step from which the {} stays within 1 % of its mean over the last quarter of the run.",
    ),
    ("last", "Last {}", "At the end of the run."),
    ("mean", "Mean {}", "Over the whole run; of a log of epochs, over its records."),
)
SOURCES = {
    "run.json": "run.json",
    "stated": "stated by you",
    "fit": "fit",
    "log": "log",
    "reference": "reference",
}
SECOND = {"replay": "Replayed", "compare": "Simulated"}
NEVER = "not reached"
REPRODUCED = 1e-4


def texts(
    subject: ReplayedRun, state: ReplayState, path: Recorded, counterpart: Counterpart
) -> dict[str, str]:
    """Return every read-out that follows a dragged control, by the name of its place on the page."""
    own = path.drawn[:, subject.task]
    second, ema = _at_records(path, counterpart, subject.task)
    floor = controller(state, len(subject.run.tasks)).floor
    after = path_figures(second, ema, floor if state.reads("floor") else 0.0)
    before = _recorded(subject.run, subject.own, path, subject.task)
    text = _column(subject, "recorded", before, path.elapsed)
    text |= _column(subject, "second", after, path.elapsed)
    text |= {} if knows_floor(subject) else {"clamped-recorded": NONE}
    text |= {} if state.reads("floor") else {"clamped-second": NONE}
    apart, at = largest_difference(second, own)
    text["apart"] = NONE if np.isnan(apart) else f"{signed(apart)} at {_moment(subject, path.elapsed[at])}"
    if state.mode == "compare":
        text["rms"] = _rms(second - own)
        text["rms-fit"] = NONE if counterpart.fitted is None else _rms(own - counterpart.fitted)
    text |= harm(subject, state, path, counterpart)
    text["floor-note"] = _floor_note(subject, state)
    text["outcome"] = outcome(subject, state, path, counterpart, second, after.settled)
    return text


def quantity(subject: ReplayedRun) -> str:
    """Return what is drawn of a run: its weight, or the EMA state where it recorded nothing else."""
    return "EMA state" if subject.path is not None and subject.path.weights is None else "weight"


def knows_floor(subject: ReplayedRun) -> bool:
    """Return whether the log tells when the run's own floor was met."""
    recorded = subject.path is not None and subject.path.state is not None
    return recorded and is_gaba(subject.run) and subject.own.floor.source != "reference"


def no_readouts() -> dict[str, str]:
    """Return the read-outs where there is nothing to read."""
    names = [f"{name}-{kind}" for name, *_ in ROWS for kind in ("recorded", "second")]
    known = dict.fromkeys((*names, "apart", "rms", "rms-fit"), NONE)
    return known | no_harm() | {"floor-note": "", "outcome": ""}


def value(name: str, number: float) -> str:
    """Return a parameter as the page prints it."""
    if name in ("warmup_steps", "steps_per_epoch"):
        return number_text.count(round(number))
    return number_text.number(number, 6)


def signed(number: float) -> str:
    """Return a number of any size with its sign."""
    return number_text.signed(number)


def interval(found: Estimate | None) -> tuple[str, str]:
    """Return a fitted value and its 95 % interval as text, with as many decimals as the interval bears."""
    if found is None:
        return UNDETERMINED, NONE
    number, low, high = printed(found)
    return number, f"{low} – {high}"


@cached(64 * 2**20)
def reproduction(run: Run) -> str:
    """Return how far the run's own method and parameters give its recorded weights again."""
    if not holds_norms(run):
        return ""
    recorded = _recorded_weights(run)
    if recorded is None:
        return recording_of(run).sentence
    key, own = own_scheme(run), own_parameters(run)
    scheme = REPLAY_SCHEMES[key]
    named = {"beta": "β", "floor": "floor", "warmup_steps": "warm-up"}
    given = {name: getattr(own, name) for name in scheme.reads}
    try:
        again = replay(run, scheme=key, **{name: one.value for name, one in given.items()})
    except GabaError as error:
        return str(error)
    apart, at = largest_difference(*(_worst(w) for w in (again.weights[0], recorded)))
    by = ", ".join(f"{named[name]} {value(name, one.value)} ({one.source})" for name, one in given.items())
    with_ = f"Replayed by its own method, {scheme.label}" + (f", with {by}" if by else "")
    if abs(apart) <= REPRODUCED:
        said = f"{with_}: reproduces the recorded weights to {number_text.number(abs(apart), 2)}."
    else:
        off, step = number_text.number(abs(apart), 2), number_text.count(int(again.steps[at]))
        said = f"{with_}: does not reproduce the recorded weights; it is off by {off} at step {step}."
    return " ".join(filter(None, (said, recording_of(run).sentence)))


def _recorded_weights(run: Run) -> FloatArray | None:
    """Return the weights recorded where the norms were, (N, K); None where there are none."""
    if run.steps is not None:
        return run.steps.weights
    records = recording_of(run).records
    if (
        run.weights is None
        or records is None
        or not bool(np.isfinite(run.weights[records]).all(axis=1).any())
    ):
        return None
    return run.weights[records]


def _worst(weights: FloatArray) -> FloatArray:
    with np.errstate(all="ignore"):
        shares: FloatArray = (weights / weights.sum(axis=1, keepdims=True))[:, 0]
    return shares


def _at_records(path: Recorded, counterpart: Counterpart, task: int) -> tuple[FloatArray, FloatArray]:
    """Return the drawn task's values (N,) and every task's state (N, K) at the times of the records."""
    drawn = (counterpart.state if path.weights is None else counterpart.weights)[:, task]
    if len(counterpart.elapsed) == len(path.elapsed):
        return drawn, counterpart.state
    state = np.column_stack([_at(counterpart, column, path.elapsed) for column in counterpart.state.T])
    return _at(counterpart, drawn, path.elapsed), state


def _at(counterpart: Counterpart, column: FloatArray, elapsed: FloatArray) -> FloatArray:
    found = np.interp(elapsed, counterpart.elapsed, column, left=np.nan, right=np.nan)
    return np.asarray(found, dtype=np.float64)


@cached(64 * 2**20)
def _recorded(run: Run, own: OwnParameters, path: Recorded, task: int) -> PathFigures:
    state = path.drawn if path.state is None else path.state
    return path_figures(path.drawn[:, task], state, own.floor.value)


def _column(subject: ReplayedRun, kind: str, found: PathFigures, elapsed: FloatArray) -> dict[str, str]:
    moments = {
        name: NEVER if at is None else _moment(subject, elapsed[at])
        for name, at in (("clamped", found.clamped), ("settled", found.settled))
    }
    numbers = {"last": number_text.fixed(found.last, 5), "mean": number_text.fixed(found.mean, 5)}
    return {f"{name}-{kind}": text for name, text in {**moments, **numbers}.items()}


def _moment(subject: ReplayedRun, elapsed: float) -> str:
    """Return a time as its 0-based step and the epoch that the step lies in."""
    step = round(float(elapsed)) - 1
    return f"step {number_text.count(step)}, epoch {number_text.count(int(step // subject.per_epoch))}"


def _rms(values: FloatArray) -> str:
    known = values[np.isfinite(values)]
    return number_text.number(float(np.sqrt((known**2).mean()))) if known.size else NONE


def _floor_note(subject: ReplayedRun, state: ReplayState) -> str:
    tasks = max(2, len(subject.run.tasks))
    is_legal = state.floor <= 1.0 / tasks
    return "" if is_legal else f"With {tasks} tasks 1/{tasks} is the largest floor, and is used."
