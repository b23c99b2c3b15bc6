"""Fewer points for a drawn line, without losing what a reader would have seen."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from tsdownsample import MinMaxDownsampler

from gaba_core.checks import FloatArray

_PAIRS = MinMaxDownsampler()


def peak_keeping(values: FloatArray, points: int) -> npt.NDArray[np.int64]:
    """Return the indices to draw, ascending, at most `points` of them.

    The line is cut into equal bins; the smallest and the largest value of each bin stay, the first and the
    last of the line, and one NaN between two kept values that a gap parts, so that gaps stay gaps.

    MinMaxLTTB, which tsdownsample offers too, looks smoother: of the extremes it keeps one in each bin, by
    area. Of fifty pairs of opposite peaks among a million noisy records it drops a third; here none is lost.

    Args:
        values: (N,).
        points: at least 8.
    """
    size = values.size
    if size <= points:
        return np.arange(size, dtype=np.int64)
    gap = np.isnan(values)
    starts = np.flatnonzero(gap[1:] > gap[:-1]) + 1  # of every stretch of gaps but one at the very start
    spare = points - 2 - min(starts.size, points // 2)
    retained = _extremes(np.ascontiguousarray(values), spare - spare % 2, gap if gap.any() else None)
    drawn = _distinct(np.concatenate([[0, size - 1], retained]))
    if not starts.size:
        return drawn
    parting = starts[np.unique(np.searchsorted(drawn, starts), return_index=True)[1]]
    return _distinct(np.concatenate([drawn, parting[: points - drawn.size]]))


def _distinct(indices: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return the indices in order, each once: of a few hundred many times faster than np.unique."""
    ordered = np.sort(indices)
    distinct: npt.NDArray[np.int64] = ordered[np.append(True, ordered[1:] > ordered[:-1])]
    return distinct


def _extremes(values: FloatArray, points: int, gap: npt.NDArray[np.bool_] | None) -> npt.NDArray[np.int64]:
    if gap is None:
        return np.asarray(_PAIRS.downsample(values, n_out=points), dtype=np.int64)
    known = np.flatnonzero(~gap)
    return known if known.size <= points else known[_PAIRS.downsample(values[known], n_out=points)]
