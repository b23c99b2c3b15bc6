"""Eigenvalues of Gramians, with the tolerance below which one counts as zero."""

from __future__ import annotations

from typing import Any

import numpy as np

from gaba_core.aggregators.gramians import Scaled
from gaba_core.checks import FloatArray

RANK_TOLERANCE = 1e-12  # of the largest eigenvalue


def eigensystem(of: Scaled, chosen: Any = slice(None)) -> tuple[FloatArray, FloatArray]:
    """Return eigenvalues (M, K), ascending, and eigenvectors (M, K, K) of the chosen Gramians over scale^2.

    Eigenvalues of at most 1e-12 of the largest are 0.
    """
    norms = of.norms[:, chosen]
    gramians = np.moveaxis(of.cosines[..., chosen] * norms[:, None] * norms[None], -1, 0)
    values, vectors = np.linalg.eigh(gramians)
    values[values <= RANK_TOLERANCE * values[:, -1:]] = 0.0
    return values, vectors
