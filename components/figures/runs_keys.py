"""What the legend beside the Runs picture shows: the same colours, symbols and line styles, for HTML."""

from __future__ import annotations

from collections.abc import Sequence

from components import theme
from components.figures.runs_axis import run_style
from components.figures.runs_marks import shared_floor
from components.runs_shown import Shown
from components.runs_state import RunsState
from components.runs_text import GROUPS, members, metric_of

GLYPHS = {
    "circle": "●",
    "square": "■",
    "diamond": "◆",
    "triangle-up": "▲",
    "cross": "✚",
    "triangle-down": "▼",
    "star": "★",
    "hexagon": "⬢",
}
INK = "currentcolor"


def mark(s: Shown) -> tuple[str, str]:
    """Return a run's symbol as a letter and its colour."""
    style = run_style(s.style)
    return GLYPHS[style.symbol], style.color


def regime_fill(name: str) -> str:
    """Return the colour of a regime's band."""
    return theme.REGIME_FILLS[name]


def quantity_lines(shown: Sequence[Shown], state: RunsState) -> list[tuple[str, str]]:
    """Return the name of each kind of line that is drawn, and its look as a CSS border."""
    if not shown:
        return []
    floored = shared_floor(shown) is not None
    lines = [
        ("applied weight", "applied" in state.show, "solid", INK),
        ("EMA state", "state" in state.show, "dotted", INK),
        ("mean ± sd", "mean" in state.show and len(shown) > 1, "solid", theme.MEAN),
        ("floor", floored, "dashed", theme.FLOOR),
        ("exact lower bound", floored, "dotted", theme.BOUND),
        ("playhead", True, "solid", theme.PLAYHEAD),
    ]
    drawn = [(name, f"2.5px {dash} {color}") for name, there, dash, color in lines if there]
    return drawn + _tasks_below(shown, state)


def _tasks_below(shown: Sequence[Shown], state: RunsState) -> list[tuple[str, str]]:
    """The line style of each task where the lower picture draws a line for each."""
    metric = metric_of(shown, state)
    if metric not in GROUPS or metric == "ratio":
        return []
    names = list(dict.fromkeys(name for s in shown for name in members(s.run, metric)))
    looks = ("solid", "dashed", "dotted")
    return [(f"{name}, below", f"2.5px {looks[min(k, 2)]} {INK}") for k, name in enumerate(names)]
