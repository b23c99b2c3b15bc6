"""Whether task gradients conflict, differ in size alone, or neither: a verdict from the Gramians of a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from gaba_core.aggregators.gramians import check_square
from gaba_core.checks import FloatArray
from gaba_core.errors import ParameterError

ConflictCode = Literal["conflict", "scale-only", "neither", "mixed"]
Pair = tuple[int, int]
Ends = tuple[float, float]

OPPOSED = -0.1  # mean cosine below which gradients conflict
ALIGNED = -0.02  # mean cosine above which they do not
LARGE, SMALL = 5.0, 2.0  # ratio of the norms above which scale matters, below which it does not


@dataclass(frozen=True)
class Conflict:
    """What the Gramians of a run say of the pair of tasks that is worst off.

    Attributes:
        code: "conflict": the mean cosine is below -0.1; "scale-only": it is above -0.02, the ratio above 5;
            "neither": it is above -0.02, the ratio below 2; "mixed": anything between.
        cosine: mean cosine of the pair with the lowest one.
        ratio: geometric mean of the larger norm over the smaller one, of the pair with the largest one.
        opposed: that pair of the cosine.
        unequal: that pair of the ratio, the larger norm first.
        steps: that were counted, of the pair of the cosine.
        cosines: 5th and 95th percentile of the cosine.
        ratios: 5th and 95th percentile of the ratio.
        opposing: share of the steps on which that pair's gradients point apart, cosine below 0.
    """

    code: ConflictCode
    cosine: float
    ratio: float
    opposed: Pair
    unequal: Pair
    steps: int
    cosines: Ends
    ratios: Ends
    opposing: float


def gradient_cosines(gramians: Any) -> FloatArray:
    """Return the cosines between the gradients, (..., K, K); NaN where a gradient is zero or not finite.

    Raises:
        ParameterError: not square.
    """
    array = check_square("gramians", gramians)
    norms = np.sqrt(np.maximum(np.einsum("...ii->...i", array), 0.0))
    with np.errstate(all="ignore"):
        ratios = array / norms[..., :, None] / norms[..., None, :]
    cosines: FloatArray = np.where(np.isfinite(ratios), np.clip(ratios, -1.0, 1.0), np.nan)
    return cosines


def magnitude_ratio(gramians: Any) -> FloatArray:
    """Return the largest norm over the smallest one of each step, (...,).

    Infinite where only the smallest is 0, NaN where all are or one is not finite.

    Raises:
        ParameterError: not square.
    """
    norms = np.sqrt(np.einsum("...ii->...i", check_square("gramians", gramians)))
    with np.errstate(all="ignore"):
        ratio: FloatArray = norms.max(axis=-1) / norms.min(axis=-1)
    return np.where(np.isfinite(norms).all(axis=-1), ratio, np.nan)


def judge_conflict(gramians: Any) -> Conflict | None:
    """Return the verdict on a run; None where no step has two gradients that are finite and not zero.

    Args:
        gramians: of the steps, (T, K, K); a pair counts on the steps on which neither gradient is zero.

    Raises:
        ParameterError: another shape.
    """
    array = check_square("gramians", gramians)
    if array.ndim != 3:
        raise ParameterError(f"gramians must have shape (T, K, K); got shape {array.shape}.")
    cosines = gradient_cosines(array)
    with np.errstate(all="ignore"):
        logs = 0.5 * np.log(np.einsum("tii->ti", array))
    logs[~np.isfinite(logs)] = np.nan
    pairs = [(i, j) for i in range(array.shape[-1]) for j in range(i)]
    seen = {pair: int(np.isfinite(cosines[:, pair[0], pair[1]]).sum()) for pair in pairs}
    pairs = [pair for pair in pairs if seen[pair]]
    if not pairs:
        return None
    mean = {(i, j): float(np.nanmean(cosines[:, i, j])) for i, j in pairs}
    larger = {(i, j): float(np.nanmean(logs[:, i] - logs[:, j])) for i, j in pairs}
    opposed = min(pairs, key=lambda pair: mean[pair])
    unequal = max(pairs, key=lambda pair: abs(larger[pair]))
    first, second = unequal if larger[unequal] >= 0.0 else unequal[::-1]
    ratio, low, high = (
        _exponential(x) for x in (abs(larger[unequal]), *_ends(logs[:, first] - logs[:, second]))
    )
    known = cosines[:, opposed[0], opposed[1]]
    known = known[np.isfinite(known)]
    return Conflict(
        code=_code(mean[opposed], ratio),
        cosine=mean[opposed],
        ratio=ratio,
        opposed=opposed[::-1],
        unequal=(first, second),
        steps=seen[opposed],
        cosines=_ends(known),
        ratios=(low, high),
        opposing=float((known < 0.0).mean()),
    )


def _code(cosine: float, ratio: float) -> ConflictCode:
    if cosine < OPPOSED:
        return "conflict"
    if cosine > ALIGNED and ratio > LARGE:
        return "scale-only"
    return "neither" if cosine > ALIGNED and ratio < SMALL else "mixed"


def _ends(values: FloatArray) -> Ends:
    low, high = np.nanpercentile(values, (5.0, 95.0))
    return float(low), float(high)


def _exponential(value: float) -> float:
    return float(np.exp(min(700.0, value)))
