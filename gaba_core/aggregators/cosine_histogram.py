"""How the cosines between task gradients are distributed over the steps of a run."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from gaba_core.aggregators.conflict import gradient_cosines
from gaba_core.checks import FloatArray, check_whole
from gaba_core.errors import ParameterError


class CosineHistogram(NamedTuple):
    """Shares of the steps by cosine.

    Attributes:
        edges: of the bins, (B + 1,), from -1 to 1.
        shares: of a pair's steps in each bin, (K, K, B); they sum to 1, or are 0 where a pair has no step.
    """

    edges: FloatArray
    shares: FloatArray


def cosine_histogram(gramians: Any, bins: int = 40) -> CosineHistogram:
    """Return how many of a run's steps lie at each cosine; a step without one is left out.

    Args:
        gramians: of the steps, (T, K, K).
        bins: of equal width from -1 to 1; a cosine on an edge counts above it, 1 in the last bin.

    Raises:
        ParameterError: another shape, or bins is not a whole number of at least 1.
    """
    cosines, count = gradient_cosines(gramians), check_whole("bins", bins, 1)
    if cosines.ndim != 3:
        raise ParameterError(f"gramians must have shape (T, K, K); got shape {cosines.shape}.")
    tasks = cosines.shape[-1]
    edges = np.linspace(-1.0, 1.0, count + 1)
    known = np.isfinite(cosines)
    rank = np.clip(np.searchsorted(edges, cosines, side="right") - 1, 0, count - 1)
    place = np.arange(tasks * tasks).reshape(tasks, tasks) * count
    found = np.bincount((rank + place)[known], minlength=tasks * tasks * count).reshape(tasks, tasks, count)
    return CosineHistogram(edges, found / np.maximum(found.sum(axis=-1, keepdims=True), 1))
