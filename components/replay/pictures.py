"""What the Replay view draws of a state, and from what."""

from __future__ import annotations

from typing import Any

import numpy as np

from gaba_core.runs.simulated_twin import Recorded, fitted_path

from . import data
from .figures import nothing, replay_pictures
from .readouts import no_readouts, texts
from .state import ReplayState
from .subject import Counterpart, ReplayedRun

ANSWER = "Answer it in the card of the Runs page that says how the file is read."
NO_WEIGHTS = "No weights were recognised in this log: there is nothing to replay or to compare."


def pictures_of(subject: ReplayedRun, state: ReplayState) -> dict[str, dict[str, Any]]:
    """Return both pictures with the read-outs; where there is nothing to draw, pictures that say why."""
    found = found_of(subject, state)
    if isinstance(found, str):
        return nothing(subject, state, found, no_readouts())
    path, counterpart = found
    return replay_pictures(subject, state, path, counterpart, texts(subject, state, path, counterpart))


def found_of(subject: ReplayedRun, state: ReplayState) -> tuple[Recorded, Counterpart] | str:
    """Return what was recorded and what is compared with it, or why there is nothing."""
    path = subject.path
    if path is None:
        reading = subject.run.reading
        asked = None if reading is None else reading.question
        return NO_WEIGHTS if asked is None else f"{asked.sentence} {ANSWER}"
    if state.mode == "replay":
        if subject.refusal:
            return subject.refusal
        times = path.elapsed if subject.recording is None else subject.recording.elapsed
        return path, Counterpart(times.astype(np.float64), *data.replayed(subject, state))
    weights, ema = data.simulated(subject, state)
    return path, Counterpart(np.arange(1.0, len(weights) + 1.0), weights, ema, _fitted(subject, path))


def _fitted(subject: ReplayedRun, path: Recorded) -> Any:
    """Return the fitted curve of the drawn task at the recorded times, None where there is none."""
    fit = subject.own.fit
    found = fitted_path(fit, path.elapsed, subject.per_epoch, subject.own.floor.value)
    if found is None or subject.run.tasks[subject.task] != fit.task:
        return None
    return found[1 if path.weights is None else 0]
