"""Frames as one binary body: a JSON head, then every distinct curve once, as float32.

The bytes of the floats are sent in four planes, all first bytes, then all second bytes and so on: neighbours
on a curve share their sign and exponent, so that planes compress to two thirds of what floats would.
`assets/frame_codec.mjs` reads it.
"""

from __future__ import annotations

from binascii import a2b_base64
from collections.abc import Sequence
from typing import Any

import numpy as np
import orjson

Frames = dict[str, dict[str, Any]]


def packed_frames(positions: Sequence[Frames], note: str = "") -> bytes:
    """Return the frames of every picture at some positions of a control, as bytes.

    Four bytes hold the length of the head (little-endian), which is {"sizes": floats of each curve,
    "frames": one object a position, picture name to series, ranges and text, "note": what there is to say}.
    `series` gives the places in `sizes` of a trace's x and y.
    """
    curves: dict[str, int] = {}
    frames = [
        {name: _placed(picture, curves) for name, picture in position.items()} for position in positions
    ]
    data = [a2b_base64(curve) for curve in curves]
    said = {"note": note} if note else {}
    head = orjson.dumps({"sizes": [len(part) // 4 for part in data], "frames": frames, **said})
    planes = np.frombuffer(b"".join(data), np.uint8).reshape(-1, 4).T.tobytes()
    return len(head).to_bytes(4, "little") + head + planes


def _placed(picture: dict[str, Any], curves: dict[str, int]) -> dict[str, Any]:
    """Return a frame whose series point into `curves`, which grows by those it does not hold yet."""
    places = [curves.setdefault(grid, len(curves)) for grid in picture["grids"]]
    series = {uid: [places[i] for i in axes] for uid, axes in picture["series"].items()}
    return {"series": series, "ranges": picture["ranges"], "text": picture["text"]}
