"""IMTL-G: the update has the same projection on every task's gradient direction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from gaba_core.aggregators.base import Aggregator
from gaba_core.aggregators.cholesky import factor, substitute
from gaba_core.aggregators.gramians import Scaled
from gaba_core.aggregators.spectra import RANK_TOLERANCE, eigensystem
from gaba_core.checks import FloatArray

SUM = 1e-12  # of the absolute sum: below it the weights would sum to nothing


@dataclass(frozen=True)
class ImtlG(Aggregator):
    """w = G⁺ n over its sum, n the norms: (Gw)_i / n_i is one number. Weights may be negative.

    Where the gradients are linearly dependent (a pivot of the cosines of at most 1e-12) G⁺ is the
    pseudoinverse, as TorchJD generalises the method, over the eigenvalues above 1e-12 of the largest; w is 0
    where its sum is 0.
    """

    name: ClassVar[str] = "IMTL-G"
    source: ClassVar[str] = "Liu et al., ICLR 2021"
    total: ClassVar[str] = "1"
    signed: ClassVar[bool] = True

    def solve(self, of: Scaled) -> FloatArray:
        """Return the weights (K, M)."""
        with np.errstate(over="ignore", invalid="ignore"):  # where gradients are dependent no factor is used
            lower, pivots = factor(of.cosines)
        dependent = pivots <= RANK_TOLERANCE
        raw = np.zeros_like(of.norms)
        raw[:, ~dependent] = substitute(lower[..., ~dependent], np.ones_like(of.norms[:, ~dependent]))
        raw *= of.reciprocals
        if dependent.any():
            raw[:, dependent] = _by_pseudoinverse(of, dependent)
        total = raw.sum(axis=0)
        enough = np.abs(total) > SUM * np.abs(raw).sum(axis=0)
        weights: FloatArray = np.where(enough, raw / np.where(enough, total, 1.0), 0.0)
        return weights


def _by_pseudoinverse(of: Scaled, chosen: npt.NDArray[np.bool_]) -> FloatArray:
    values, vectors = eigensystem(of, chosen)
    inverse = np.divide(1.0, values, out=np.zeros_like(values), where=values > 0.0)
    parts = np.einsum("mij,im->mj", vectors, of.norms[:, chosen]) * inverse
    raw: FloatArray = np.einsum("mij,mj->im", vectors, parts)
    return raw
