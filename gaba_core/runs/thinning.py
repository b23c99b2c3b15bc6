"""Fewer points for a drawn line, without losing what a reader would have seen."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def peak_keeping(values: npt.NDArray[np.float64], points: int) -> npt.NDArray[np.int64]:
    """Return the indices to draw, ascending, at most `points` of them.

    The line is cut into equal bins; the smallest and the largest value of each bin stay, the first and the
    last of the line, and one NaN of each bin that has any, so that gaps stay gaps.

    Args:
        values: (N,).
        points: at least 8.
    """
    size = values.size
    if size <= points:
        return np.arange(size, dtype=np.int64)
    bins = (points - 2) // 3
    width = -(-size // bins)
    padded = np.full(bins * width, np.nan)
    padded[:size] = values
    table = padded.reshape(bins, width)
    gaps = np.isnan(table)
    picks = np.stack(
        [
            np.where(gaps, np.inf, table).argmin(axis=1),
            np.where(gaps, -np.inf, table).argmax(axis=1),
            gaps.argmax(axis=1),
        ]
    )
    found = (picks + np.arange(bins) * width).ravel()
    kept = np.unique(np.concatenate([[0, size - 1], found[found < size]]))
    return kept.astype(np.int64)
