"""What gradient balancers make of recorded Gramians."""

from __future__ import annotations

import dataclasses
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gaba_core.aggregators import AGGREGATORS, Aggregator
from gaba_core.checks import FloatArray
from gaba_core.errors import ParameterError
from gaba_core.lru_cache import cached
from gaba_core.runs.recording import Recording
from gaba_core.runs.schema import frozen


class Measured(NamedTuple):
    """Gramians (N, K, K) of a recording, and which of them (N,) are finite."""

    gramians: FloatArray
    at: npt.NDArray[np.bool_]


@cached(64 * 2**20)
def measured_gramians(recording: Recording, what: str) -> Measured:
    """Return the Gramians of a recording.

    Args:
        recording: of a run.
        what: they are needed for, as an error names it.

    Raises:
        ParameterError: the recording holds no Gramians, or none that is finite.
    """
    gramians = recording.gramians
    if gramians is None or not len(gramians):
        raise ParameterError(
            f"run must hold the Gramians of its task gradients to replay {what}; got none. "
            "GradientProbe records them, and GABALoss with gramian=True."
        )
    found = np.asarray(np.isfinite(gramians).all(axis=(1, 2)))
    if not found.any():
        raise ParameterError(f"run must hold a finite Gramian to replay {what}; got none.")
    return Measured(gramians, found)


@cached(64 * 2**20)
def gramian_weights(recording: Recording, method: str) -> FloatArray:
    """Return the weights (N, K) that a gradient balancer makes of the recorded Gramians, step after step.

    A run that was trained by the method is replayed with its own settings, and a random order is that of the
    step's number, as in training. A step without a Gramian holds the
    weights of the one before; 1/K until the first.

    Args:
        recording: of a run with Gramians.
        method: a key of AGGREGATORS.

    Raises:
        ParameterError: the run holds no Gramians, or one that is none.
    """
    rule = _as_trained(method, recording)
    gramians, at = measured_gramians(recording, rule.name)
    found = rule(gramians[at], steps=recording.step[at])
    first = np.full((1, recording.tasks), 1.0 / recording.tasks)
    return frozen(np.concatenate([first, found])[np.cumsum(at)])


def over_sum(weights: FloatArray) -> FloatArray:
    """Return weights (N, K) over their sum; as they are where that is not above 0."""
    total = weights.sum(axis=1, keepdims=True)
    positive = total > 0.0
    shares: FloatArray = np.where(positive, weights / np.where(positive, total, 1.0), weights)
    return shares


def _as_trained(method: str, recording: Recording) -> Aggregator:
    rule, own = AGGREGATORS[method], recording.weighting.get("aggregator")
    if recording.weighting.get("method") != method or not isinstance(own, dict):
        return rule
    names = {f.name for f in dataclasses.fields(rule)}
    return dataclasses.replace(rule, **{name: value for name, value in own.items() if name in names})
