"""What a replay or a simulation comes to, in one sentence above its picture."""

from __future__ import annotations

import numpy as np

from gaba_core import number_text
from gaba_core.checks import FloatArray
from gaba_core.runs.counterfactual import own_scheme
from gaba_core.runs.path_metrics import largest_difference
from gaba_core.runs.replay_schemes import REPLAY_SCHEMES
from gaba_core.runs.simulated_twin import Recorded

from .state import ReplayState
from .subject import Counterpart, ReplayedRun

NAMES = {"beta": "β", "floor": "floor", "warmup_steps": "a warm-up of"}
SAME = 1e-9  # what a number box may round away
LONGEST = 170  # characters that fit the lines kept free for the sentence


def outcome(
    subject: ReplayedRun,
    state: ReplayState,
    path: Recorded,
    counterpart: Counterpart,
    second: FloatArray,
    settled: int | None,
) -> str:
    """Return the sentence.

    Args:
        subject: the run.
        state: how it is replayed.
        path: what the run recorded.
        counterpart: what is compared with it.
        second: (N,) the drawn task's values of the counterpart at the times of the records.
        settled: from which of them on they stay; None where they do not.
    """
    own = path.drawn[:, subject.task]
    apart = abs(largest_difference(second, own)[0])
    if np.isnan(apart):
        return "The two curves have no moment in common."
    off = number_text.number(apart, 2)
    if state.mode == "compare":
        return f"A simulation with constant norms leaves the recorded curve by at most {off}."
    changes = _changes(subject, state)
    if not changes:
        return f"With the run's own parameters the replay stays within {off} of the recording."
    kind = "EMA state" if path.weights is None else "weight"
    verb = "ended" if settled is None else "settled"
    ends = [number_text.number(_end(values, verb)) for values in (second, own)]
    head = f"{changes}, the {subject.task_name} {kind}"
    if ends[0] == ends[1]:
        first = f"{head} would still have {verb} at {ends[0]}"
    else:
        first = f"{head} would have {verb} at {ends[0]} instead of {ends[1]}"
    shares = _gradient(subject, path, counterpart)
    more = "" if shares is None else f", with {shares[0]} of the gradient instead of {shares[1]}"
    return f"{first}{more if len(first + more) < LONGEST else ''}."


def _changes(subject: ReplayedRun, state: ReplayState) -> str:
    """What the replay does otherwise than the run; empty where nothing is."""
    scheme, method = REPLAY_SCHEMES[state.scheme], own_scheme(subject.run)
    numbers = []
    for name in scheme.reads:
        value, own = getattr(state, name), getattr(subject.own, name).value
        if abs(value - own) > SAME * max(1.0, abs(own)):
            text = number_text.number(value, 6)
            numbers.append(f"{NAMES[name]} {text}{' steps' if name == 'warmup_steps' else ''}")
    words = ", ".join(numbers[:-1]) + (" and " if numbers[1:] else "") + "".join(numbers[-1:])
    if state.scheme == method:
        return f"With {words}" if words else ""
    return f"Through {scheme.label}" + (f" with {words}" if words else "")


def _end(values: FloatArray, verb: str) -> float:
    """Of what is known, the mean over the last quarter where it settled, else the last."""
    known = values[np.isfinite(values)]
    return float(known[-max(1, len(known) // 4) :].mean() if verb == "settled" else known[-1])


def _gradient(subject: ReplayedRun, path: Recorded, counterpart: Counterpart) -> tuple[str, str] | None:
    """The drawn task's share of the weighted gradient norms over the last quarter, replayed and recorded.

    None where it is not known or the same; a negative weight turns a gradient round and has no share.
    """
    norms = None if subject.recording is None else subject.recording.norms
    if (
        norms is None
        or path.weights is None
        or not len(norms) == len(path.weights) == len(counterpart.weights)
    ):
        return None
    late = slice(-max(1, len(norms) // 4), None)
    found = []
    for weights in (counterpart.weights[late], path.weights[late]):
        pull = weights * norms[late]
        total = pull.sum(axis=1)
        known = np.isfinite(total) & (total > 0.0)
        if not known.any() or bool((pull[known] < 0.0).any()):
            return None
        found.append(float((pull[known, subject.task] / total[known]).mean()))
    first, second = (number_text.percent(share) for share in found)
    return None if first == second else (first, second)
