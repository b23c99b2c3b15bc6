"""Arrays as Plotly reads them fastest: float32, base64."""

from __future__ import annotations

from binascii import a2b_base64, b2a_base64
from typing import Any

import numpy as np
import numpy.typing as npt

Packed = dict[str, str]


def packed(values: npt.ArrayLike | Packed) -> Packed:
    """Return a Plotly typed array, float32, as what is drawn needs no more; what is packed stays as it is."""
    if isinstance(values, dict):
        return values
    data = np.ascontiguousarray(values, dtype=np.float32)
    return {"dtype": "f4", "bdata": b2a_base64(data.tobytes(), newline=False).decode("ascii")}


def unpacked(data: Packed) -> npt.NDArray[np.float32]:
    """Return the numbers of a packed array."""
    return np.frombuffer(a2b_base64(data["bdata"]), np.float32)


def frame(picture: dict[str, Any]) -> dict[str, Any]:
    """Return what moves in a picture: coordinates by trace, axis ranges and read-outs.

    Coordinates that several traces share are sent once: `x` and `y` are indices into `grids`.
    """
    grids: dict[str, int] = {}
    series = {}
    for trace in picture["data"]:
        series[trace["uid"]] = [
            grids.setdefault(trace[axis]["bdata"], len(grids)) for axis in ("x", "y") if axis in trace
        ]
    axes = {name: axis for name, axis in picture["layout"].items() if name[1:5] == "axis"}
    ranges = {name: axis["range"] for name, axis in axes.items() if "range" in axis}
    return {"grids": list(grids), "series": series, "ranges": ranges, "text": picture["text"]}
