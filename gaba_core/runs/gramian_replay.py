"""The recorded Gramians of a run through a gradient balancer, and what each method would have harmed."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from gaba_core.aggregators import AGGREGATORS, harm_rates
from gaba_core.checks import FloatArray
from gaba_core.controller import Controller
from gaba_core.errors import ParameterError
from gaba_core.lru_cache import cached
from gaba_core.runs.recording import recording_of
from gaba_core.runs.replay_schemes import REPLAY_SCHEMES
from gaba_core.runs.schema import Run, frozen

NORM_BASED = ("gaba", "gaba-unfloored", "raw", "equal")  # beside the gradient balancers, as REPLAY_SCHEMES


@cached(64 * 2**20)
def gramian_weights(run: Run, method: str) -> FloatArray:
    """Return the weights (N, K) that a gradient balancer makes of the recorded Gramians, step after step.

    A step without a Gramian holds the weights of the one before; 1/K until the first.

    Args:
        run: one with Gramians.
        method: a key of AGGREGATORS.

    Raises:
        ParameterError: the run holds no Gramians, one that is none, or method is another.
    """
    if method not in AGGREGATORS:
        raise ParameterError(f"method must be one of {', '.join(AGGREGATORS)}; got {method!r}.")
    gramians, measured = _measured(run, AGGREGATORS[method].name)
    tasks = gramians.shape[-1]
    found = AGGREGATORS[method](gramians[measured])
    first = np.full((1, tasks), 1.0 / tasks)
    return frozen(np.concatenate([first, found])[np.cumsum(measured)])


def harm_by_method(run: Run, controller: Controller | None = None) -> Mapping[str, FloatArray]:
    """Return the share of the measured steps on which each method would have harmed each task, (K,).

    To first order and for a plain gradient step; other weights would have changed the training. "gaba" less
    "gaba-unfloored" is what the floor costs, "gaba-unfloored" less "raw" what memory costs; "applied" are the
    weights that the run recorded.

    Args:
        run: one with Gramians at every step that it recorded.
        controller: of GABA; the default one where it is None.

    Raises:
        ParameterError: the run holds no Gramians, or one that is none.
    """
    gramians, measured = _measured(run, "harm")
    recording, settings = recording_of(run), [controller or Controller()]
    weights = {name: REPLAY_SCHEMES[name].run(recording, settings)[0][0] for name in NORM_BASED}
    weights |= {name: gramian_weights(run, name) for name in AGGREGATORS}
    if run.steps is not None and run.steps.weights is not None:
        weights["applied"] = run.steps.weights
    rates = {name: harm_rates(gramians[measured], found[measured]) for name, found in weights.items()}
    return MappingProxyType(rates)


def over_sum(weights: FloatArray) -> FloatArray:
    """Return weights (N, K) over their sum; as they are where that is not above 0."""
    total = weights.sum(axis=1, keepdims=True)
    positive = total > 0.0
    shares: FloatArray = np.where(positive, weights / np.where(positive, total, 1.0), weights)
    return shares


def _measured(run: Run, what: str) -> tuple[FloatArray, npt.NDArray[np.bool_]]:
    """Return the Gramians (N, K, K), and which of them were measured."""
    gramians = run.gramians
    if gramians is None or not len(gramians):
        raise ParameterError(
            f"run must hold the Gramians of its task gradients to replay {what}; got none. "
            "GradientProbe records them, and GABALoss with gramian=True."
        )
    measured = np.asarray(np.isfinite(gramians).all(axis=(1, 2)))
    if not measured.any():
        raise ParameterError(f"run must hold a finite Gramian to replay {what}; got none.")
    return gramians, measured
