"""The marks that tell one run from another in the Runs picture, and text that is safe in it."""

from __future__ import annotations

import hashlib
import itertools
import re
from collections.abc import Sequence

from ..layout import theme

MEAN_OF_ALL = -1  # the style of what stands for all runs: none of theirs


def run_style(index: int) -> theme.Style:
    """Colour and symbol of a run; beyond the colours there are, the same ones with other symbols."""
    if index == MEAN_OF_ALL:
        return theme.Style(theme.THEORY, "solid", "circle")
    styles = theme.SEED_STYLES
    turn, slot = divmod(index, len(styles))
    color, symbol = styles[slot], styles[(slot + 3 * turn) % len(styles)]
    return theme.Style(color.color, color.dash, symbol.symbol)


def by_color(lines: int, runs: int) -> bool:
    """Whether the lines of a panel differ by colour: those of one run, too many for dashes."""
    return runs == 1 and lines > 2


def slots_of(seeds: Sequence[int | None]) -> list[int]:
    """Return a style for each run: its seed's own where no run before claims it, else the next free one."""
    claims = [None if s is None else theme.SEED_STYLES.index(theme.seed_style(s)) for s in seeds]
    own = [c if c is not None and c not in claims[:i] else None for i, c in enumerate(claims)]
    free = (slot for slot in itertools.count() if slot not in own)
    return [next(free) if slot is None else slot for slot in own]


def uid_of(what: str, whose: str = "") -> str:
    """Return a trace's identity; Plotly puts it into a CSS selector, so only letters, digits and hyphens."""
    plain = re.sub("[^A-Za-z0-9]+", "-", what)
    return f"{plain}-{hashlib.sha256(whose.encode()).hexdigest()[:10]}" if whose else plain


def escaped(text: str) -> str:
    """Return the text as Plotly shows it letter by letter: its own text is pseudo-HTML."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def faded(color: str, part: float) -> str:
    """Return a colour of the theme, written #rrggbb, that lets all but `part` of what is below through."""
    red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {part:g})"
