"""The reader's zoom: which stretch of an axis is visible, in the link and in what the server draws.

A zoom is written axis:context:low:high, or axis:context:all for all there is, strays included. The context
names what stood on the axis, so that the zoom of one metric is not taken for that of another;
`figure/zoom_ranges.py` gives the browser the contexts.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence


def context(*what: str) -> str:
    """Return a short name of what stands on an axis."""
    return hashlib.blake2b("\0".join(what).encode(), digest_size=4).hexdigest()


def zoomed(axis: str, where: str, zoom: Sequence[str]) -> tuple[float, float] | None:
    """Return the visible range of an axis ("x", "y", "y2" ...), None where the reader has not zoomed there.

    Args:
        axis: name of the axis.
        where: the context that stands on it.
        zoom: every zoom, as written.
    """
    start = f"{axis}:{where}:"
    ends = next((item.removeprefix(start) for item in zoom if item.startswith(start)), None)
    if ends is None:
        return None
    try:
        low, high = map(float, ends.split(":"))
    except ValueError:
        return None
    return (low, high) if math.isfinite(low) and math.isfinite(high) and low < high else None


def shows_all(axis: str, where: str, zoom: Sequence[str]) -> bool:
    """Whether the reader asked for all there is along an axis."""
    return f"{axis}:{where}:all" in zoom
