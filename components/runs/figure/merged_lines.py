"""Lines of many runs as a few traces, one for each look: their number is what costs Plotly time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...plotting.arrays import packed, unpacked
from ...plotting.traces import Trace
from ...run_source.styles import uid_of

WIDTH = 1.0  # of a line among many, px: what is wider costs a canvas several times as long
MARK = 7  # of a mark among many, px
_GAP = np.full(1, np.nan, dtype=np.float32)
_COLUMNS = ("x", "y", "customdata")


def merged(traces: Sequence[Trace]) -> list[Trace]:
    """Return the traces with those of one kind, panel and colour as one: lines with a gap between two runs.

    `meta.lines` of such a line names its runs in order, each with the points that are its own, the gap after
    it among them. The browser draws it on a canvas (`assets/line_canvas.mjs`) and takes it apart for a file.
    """
    found: dict[tuple[str, ...], list[Trace]] = {}
    for trace in traces:
        found.setdefault(_look(trace), []).append(trace)
    joined = {"line": _line, "mark": _marks}
    return [joined[look[0]](look, alike) if look[0] in joined else alike[0] for look, alike in found.items()]


def _look(trace: Trace) -> tuple[str, ...]:
    """What traces that become one have in common; of every other trace its own name."""
    uid, mode = str(trace["uid"]), trace["mode"]
    kind, yaxis = uid.rpartition("-")[0], str(trace.get("yaxis", "y"))
    if mode == "markers" and uid.startswith(("best-", "gap-")):
        return "mark", kind, yaxis, str(trace["marker"].get("color", trace["marker"]["line"].get("color")))
    if mode == "lines" and "legendgroup" in trace and "fill" not in trace and not uid.startswith("mean-"):
        return "line", kind, yaxis, str(trace["line"]["color"]), str(trace["line"]["dash"])
    return ("own", uid)


def _marks(look: tuple[str, ...], alike: Sequence[Trace]) -> Trace:
    first = alike[0]
    joined = {axis: packed(np.concatenate([unpacked(t[axis]) for t in alike])) for axis in ("x", "y")}
    marker = first["marker"] | {"size": min(first["marker"]["size"], MARK)}
    return first | joined | {"uid": _uid(look), "name": "", "marker": marker}


def _line(look: tuple[str, ...], alike: Sequence[Trace]) -> Trace:
    first = alike[0]
    joined = {
        name: packed(np.concatenate([part for t in alike for part in (unpacked(t[name]), _GAP)]))
        for name in _COLUMNS
        if name in first
    }
    text = first.get("hovertemplate")
    return (
        first
        | joined
        | {
            "uid": _uid(look),
            "name": "",
            "line": first["line"] | {"width": WIDTH},
            "hovertemplate": f"{text}<extra>%{{hovertext}}</extra>" if text else None,
            "meta": {"lines": [[t["name"], unpacked(t["x"]).size + 1] for t in alike]},
        }
    )


def _uid(look: tuple[str, ...]) -> str:
    return uid_of("-".join(look[1:]))
