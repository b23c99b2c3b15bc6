"""What a picture or a frame draws, as numbers."""

import base64
import itertools
import json

import numpy as np

from components.layout.url_state import to_text
from gaba_core.parameters import quantity_of


def numbers(bdata):
    return np.frombuffer(base64.b64decode(bdata), dtype=np.float32)


def trace(picture, uid):
    """x and y of one trace of a picture."""
    found = next(t for t in picture["data"] if t["uid"] == uid)
    return numbers(found["x"]["bdata"]), numbers(found["y"]["bdata"])


def series(frame, uid):
    """x and y of one trace of a frame."""
    return tuple(numbers(frame["grids"][i]) for i in frame["series"][uid])


def frames_of(reply):
    """The frames of a binary answer, position by position, each as `figures.arrays.frame` returns it."""
    body = reply.data
    size = int.from_bytes(body[:4], "little")
    head = json.loads(body[4 : 4 + size])
    floats = np.frombuffer(body[4 + size :], np.uint8).reshape(4, -1).T.tobytes()
    ends = np.cumsum([0, *head["sizes"]]) * 4
    curves = [base64.b64encode(floats[a:b]).decode() for a, b in itertools.pairwise(ends)]
    return [{name: _own(frame, curves) for name, frame in frames.items()} for frames in head["frames"]]


def _own(frame, curves):
    grids = {}
    series = {
        u: [grids.setdefault(curves[i], len(grids)) for i in axes] for u, axes in frame["series"].items()
    }
    return {**frame, "series": series, "grids": list(grids)}


def frames_from(client, view, state, control, value, count=1):
    """What the route brings of a control's positions from that nearest to a value on: {position: frames}."""
    positions = list(quantity_of(type(state), control).positions())
    first = min(range(len(positions)), key=lambda i: abs(positions[i] - value))
    query = {**to_text(state), "control": control, "first": first, "count": count}
    found = frames_of(client.get(f"/frames/{view}", query_string=query))
    return dict(zip(positions[first : first + count], found, strict=True))


def cells(component):
    """Every text of a part of a page, without what is around it."""
    children = getattr(component, "children", component)
    if isinstance(children, str):
        return {children}
    found = children if isinstance(children, list | tuple) else [] if children is component else [children]
    return set().union(*(cells(child) for child in found if child is not None))
