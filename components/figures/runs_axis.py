"""Time axis of the Runs picture, and the marks on it that tell one run from another."""

from __future__ import annotations

import hashlib
import itertools
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from components import theme
from components.runs_shown import Shown
from components.runs_state import RunsState
from components.runs_text import uses_steps
from gaba_core.runs import Run, epochs_at, record_steps, regimes_of, steps_per_epoch
from gaba_core.runs.schema import Floats

NO_STEPS = "not every run here tells its steps"
Trace = dict[str, Any]


class TimeAxis:
    """Where records and steps stand on the time axis."""

    def __init__(self, shown: Sequence[Shown], state: RunsState) -> None:
        self.in_steps = uses_steps(shown, state)
        untold = state.x == "steps" and bool(shown) and not self.in_steps
        self.title = (
            "step" if self.in_steps else f"epoch ({NO_STEPS if untold else 'a record is written at its end'})"
        )
        ends = [self.records(s.run) for s in shown]
        ends = [e[np.isfinite(e)] for e in ends if np.isfinite(e).any()]
        high = max((float(e.max()) for e in ends), default=1.0)
        low = min((float(e.min()) for e in ends), default=0.0)
        traced = any(s.run.steps is not None and steps_per_epoch(s.run) for s in shown)
        self.low = min(low, 0.0 if self.in_steps else -1.0) if traced else low
        self.high = high if high > self.low else self.low + 1.0
        self.end = self._end(shown) if state.window == "transient" else self.high

    def _end(self, shown: Sequence[Shown]) -> float:
        """The end of the transient with as much again of the plateau as shows that it is one."""
        for s in shown:
            settled = next((r.start for r in regimes_of(s.run) if r.name == "equilibrium"), None)
            at = None if settled is None else self.steps(s.run, [settled])
            if at is not None:
                return min(self.high, self.low + 1.5 * (float(at[0]) - self.low))
        return self.high

    def records(self, run: Run) -> Floats:
        """Where the records of a run stand, (E,)."""
        steps = record_steps(run) if self.in_steps else None
        return run.epochs.astype(np.float64) if steps is None else steps

    def steps(self, run: Run, steps: npt.ArrayLike) -> Floats | None:
        """Where steps of a run stand; None where time is drawn in epochs and the run cannot tell them."""
        per_epoch = steps_per_epoch(run)
        if self.in_steps:
            return np.asarray(steps, dtype=np.float64)
        return None if per_epoch is None else epochs_at(steps, per_epoch)


def run_style(index: int) -> theme.Style:
    """Colour and symbol of a run; beyond the colours there are, the same ones with other symbols."""
    styles = theme.SEED_STYLES
    turn, slot = divmod(index, len(styles))
    color, symbol = styles[slot], styles[(slot + 3 * turn) % len(styles)]
    return theme.Style(color.color, color.dash, symbol.symbol)


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
