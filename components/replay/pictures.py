"""What the Replay view draws of a state, and from what."""

from __future__ import annotations

from typing import Any

import numpy as np

from gaba_core.runs.simulated_twin import Recorded, fitted_path

from . import data
from .figures import nothing, replay_pictures
from .readouts import nothing_told, texts
from .state import ReplayState
from .subject import Beside, Subject

NO_WEIGHTS = "This log holds no weights: there is nothing to replay or to compare."


def pictures_of(subject: Subject, state: ReplayState) -> dict[str, dict[str, Any]]:
    """Return both pictures with the read-outs; where there is nothing to draw, pictures that say why."""
    found = found_of(subject, state)
    if isinstance(found, str):
        return nothing(subject, state, found, nothing_told())
    path, beside = found
    return replay_pictures(subject, state, path, beside, texts(subject, state, path, beside))


def found_of(subject: Subject, state: ReplayState) -> tuple[Recorded, Beside] | str:
    """Return what was recorded and what is drawn beside it, or why there is nothing."""
    path = subject.path
    if path is None:
        return NO_WEIGHTS
    if state.mode == "replay":
        if subject.refusal:
            return subject.refusal
        times = path.elapsed if subject.recording is None else subject.recording.elapsed
        return path, Beside(times.astype(np.float64), *data.replayed(subject, state))
    weights, ema = data.simulated(subject, state)
    return path, Beside(np.arange(1.0, len(weights) + 1.0), weights, ema, _fitted(subject, path))


def _fitted(subject: Subject, path: Recorded) -> Any:
    """Return the fitted curve of the drawn task at the recorded times, None where there is none."""
    fit = subject.own.fit
    found = fitted_path(fit, path.elapsed, subject.per_epoch, subject.own.floor.value)
    if found is None or subject.run.tasks[subject.task] != fit.task:
        return None
    return found[1 if path.weights is None else 0]
