"""What the legend of the Runs picture shows: the same colours, symbols and line styles, for HTML."""

from __future__ import annotations

from collections.abc import Sequence

from gaba_core.runs.implied_state import known_state

from ...layout import theme
from ...run_source.selected_run import Shown
from ...run_source.styles import by_color, faded, run_style
from ..groups import Group
from ..labels import GROUPS, members, panels_of
from ..state import LINES, NAMED, RunsState
from .lines import FAINT
from .marks import shared_floor

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


def mark(s: Shown | Group) -> tuple[str, str]:
    """Return a run's symbol as a letter and its colour; a group's is a bar."""
    style = run_style(s.style)
    return (GLYPHS[style.symbol] if isinstance(s, Shown) else "▬"), style.color


def regime_fill(name: str) -> str:
    """Return the colour of a regime's band."""
    return theme.REGIME_FILLS[name]


def quantity_lines(
    shown: Sequence[Shown], state: RunsState, *, grouped: bool, compared: bool
) -> list[tuple[str, str]]:
    """Return the name of each kind of line that is drawn, and its look as a CSS border."""
    if not shown:
        return []
    shared = None if compared else shared_floor(shown)
    smooth = state.smooth > 0.0 and bool(panels_of(shown, state))
    weights = any(s.run.weights is not None for s in shown)
    states = any(known_state(s.run) is not None for s in shown)
    few = len(shown) <= NAMED
    both = state.shows.applied and weights and not few  # of many runs one of the two is drawn
    look = "dotted" if few else "solid"
    pale = faded(theme.THEORY, FAINT + 0.2)
    lines = [
        ("applied weight", state.shows.applied and not grouped and weights, "solid", INK),
        ("EMA state", state.shows.state and not (grouped or both) and states, look, INK),
        ("mean ± sd", grouped, "solid", INK),
        ("single runs", grouped and len(shown) <= LINES, "solid", pale),
        ("as logged, before smoothing", smooth and not grouped and few, "solid", pale),
        (shared.name if shared else "floor", shared is not None, "dashed", theme.FLOOR),
        ("exact lower bound", shared is not None, "dotted", theme.BOUND),
        ("playhead", True, "solid", theme.PLAYHEAD),
    ]
    drawn = [(name, f"2.5px {dash} {color}") for name, there, dash, color in lines if there]
    return drawn + _tasks_below(shown, state)


def _tasks_below(shown: Sequence[Shown], state: RunsState) -> list[tuple[str, str]]:
    """The line style of each task where a panel below draws a line for each."""
    groups = [name for name in panels_of(shown, state) if name in GROUPS and name != "ratio"]
    names = list(dict.fromkeys(name for g in groups for s in shown for name in members(s.run, g)))
    if by_color(len(names), len(shown)):
        first = shown[0].style
        return [(name, f"2.5px solid {run_style(first + k).color}") for k, name in enumerate(names)]
    looks = ("solid", "dashed", "dotted")
    return [(f"{name}, below", f"2.5px {looks[min(k, 2)]} {INK}") for k, name in enumerate(names)]
