"""What a picture or a frame draws, as numbers."""

import base64

import numpy as np


def numbers(bdata):
    return np.frombuffer(base64.b64decode(bdata), dtype=np.float32)


def trace(picture, uid):
    """x and y of one trace of a picture."""
    found = next(t for t in picture["data"] if t["uid"] == uid)
    return numbers(found["x"]["bdata"]), numbers(found["y"]["bdata"])


def series(frame, uid):
    """x and y of one trace of a frame."""
    return tuple(numbers(frame["grids"][i]) for i in frame["series"][uid])
