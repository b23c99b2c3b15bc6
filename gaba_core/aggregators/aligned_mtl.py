"""Aligned-MTL: the gradients are replaced by the nearest orthogonal ones of equal length."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal, get_args

import numpy as np

from gaba_core.aggregators.base import Aggregator
from gaba_core.aggregators.gramians import Scaled
from gaba_core.aggregators.spectra import eigensystem
from gaba_core.checks import FloatArray
from gaba_core.errors import ParameterError

ScaleMode = Literal["min", "median", "rmse"]


@dataclass(frozen=True)
class AlignedMtl(Aggregator):
    """w = sqrt(s) G^(-1/2) 1/K, where s scales the aligned gradients.

    Where the gradients are linearly dependent the inverse is taken over the eigenvalues above 1e-12 of the
    largest; with no gradient at all w is 1/K.

    Attributes:
        scale_mode: s is the smallest of those eigenvalues ("min", as published), their lower median
            ("median") or their mean ("rmse").

    Raises:
        ParameterError: scale_mode is another.
    """

    name: ClassVar[str] = "Aligned-MTL"
    source: ClassVar[str] = "Senushkin et al., CVPR 2023"
    signed: ClassVar[bool] = True

    scale_mode: ScaleMode = "min"

    def __post_init__(self) -> None:
        if self.scale_mode not in get_args(ScaleMode):
            raise ParameterError(f"scale_mode must be min, median or rmse; got {self.scale_mode!r}.")

    def solve(self, of: Scaled) -> FloatArray:
        """Return the weights (K, M)."""
        values, vectors = eigensystem(of)
        tasks = values.shape[-1]
        root = np.divide(1.0, np.sqrt(values), out=np.zeros_like(values), where=values > 0.0)
        parts = vectors.sum(axis=1) / tasks * root
        weights: FloatArray = np.sqrt(self._scale(values)) * np.einsum("mij,mj->im", vectors, parts)
        weights[:, values[:, -1] == 0.0] = 1.0 / tasks
        return weights

    def _scale(self, values: FloatArray) -> FloatArray:
        """Return s (M,) of eigenvalues (M, K) in ascending order, zeros first."""
        rank = np.maximum(1, (values > 0.0).sum(axis=1))
        if self.scale_mode == "rmse":
            mean: FloatArray = values.sum(axis=1) / rank
            return mean
        first = values.shape[1] - rank
        place = first if self.scale_mode == "min" else first + (rank - 1) // 2
        chosen: FloatArray = values[np.arange(len(values)), place]
        return chosen
