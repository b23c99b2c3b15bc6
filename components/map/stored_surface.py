"""A sweep that was stored beside the logs, as a map: two of its axes, the others at the setting's values."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from flask import current_app

from gaba_core.checks import FloatArray
from gaba_core.errors import ParameterError
from gaba_core.lru_cache import cached
from gaba_core.number_text import count
from gaba_core.sweep import SweepResult
from gaba_core.sweep.store import RESULT, read_result

from ..run_source.replay_link import key_of
from .axes import Axis, listed
from .phrases import SIMULATED, Phrases
from .state import MapState


@dataclass(frozen=True, slots=True, eq=False)
class StoredSurface:
    """A slice of a stored sweep.

    Attributes:
        name: of its folder, below that of the logs.
        result: the whole sweep.
        across, up: names of the axes that are shown.
        fixed: place on each of the other axes.
    """

    name: str
    result: SweepResult
    across: str
    up: str
    fixed: tuple[tuple[str, int], ...]

    @property
    def key(self) -> str:
        """What its colours depend on, but for the measure."""
        return f"{self.name} {self.across} {self.up} {self.fixed}"

    @property
    def axes(self) -> tuple[Axis, Axis]:
        """Across and upwards."""
        return tuple(listed(name, own) for name, own in zip((self.across, self.up), self.ends, strict=True))  # type: ignore[return-value]  # two

    @property
    def ends(self) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        """The values on both axes."""
        return self.result.axes[self.across], self.result.axes[self.up]

    @property
    def fineness(self) -> str:
        """How fine it is, in words."""
        across, up = (len(own) for own in self.ends)
        others = "".join(f", {name} {self.result.axes[name][at]}" for name, at in self.fixed)
        return f"{across} × {up} cells, {count(len(self.result.seeds))} seeds each{others}"

    @property
    def title(self) -> str:
        """What is mapped."""
        return self.name

    @property
    def phrases(self) -> Phrases:
        """How its cells are spoken of, and which measures it has."""
        held = {name: words for name, words in SIMULATED.cell.items() if name in self.result.values}
        return SIMULATED._replace(cell=held)

    @property
    def marks(self) -> tuple[float, float] | None:
        """Nothing is recommended."""
        return None

    def values(self, measure: str) -> FloatArray:
        """Return a measure, shape (cells on y, cells on x)."""
        names = list(self.result.axes)
        places = dict(self.fixed)
        cut = self.result[measure][tuple(places.get(name, slice(None)) for name in names)]
        return cut if names.index(self.up) < names.index(self.across) else np.ascontiguousarray(cut.T)

    def to_csv(self) -> str:
        """Return a row a cell of the whole sweep as text."""
        return self.result.to_csv()

    def trace_query(self, across: int, up: int) -> dict[str, str] | None:
        """Return what a link to Convergence says of a cell; None where it does not draw it."""
        places = dict(self.fixed) | {self.across: across, self.up: up}
        params = self.result.params(*(places[name] for name in self.result.axes))
        grid = self.result.grid
        if grid.scheme != "A" or {"scheme", "k"} & set(grid.axes) or params.tasks > 2:
            return None
        first, second = params.norms
        ends = params.norms_end or params.norms
        query = {name: getattr(params, name) for name in ("beta", "floor", "sigma", "warmup_steps", "noise")}
        query |= {"ratio": first / second, "drift": ends[0] / first * second / ends[1]}
        query |= {"epochs": params.epochs, "steps_per_epoch": params.steps_per_epoch}
        return {name: str(value) for name, value in query.items()}


def stored_surface(state: MapState) -> StoredSurface:
    """Return the slice of the stored sweep that a state names.

    Raises:
        ParameterError: no such sweep lies below the folder of the logs, or it has but one axis.
        SweepError: it cannot be read, or pyarrow is missing.
    """
    name, root = key_of(state.sweep), Path(current_app.config["GABA_LOGS"]).resolve()
    path = (root / name / RESULT).resolve() if "\0" not in name else root
    if not path.is_relative_to(root) or not path.is_file():
        raise ParameterError(f"sweep must be a folder with a {RESULT} below that of the logs; got {name!r}.")
    result = _read(path, path.stat().st_mtime_ns)
    names = list(result.axes)
    if len(names) < 2:
        raise ParameterError(f"sweep must have two axes or more; got {', '.join(names)} in {name}.")
    across, up = (state.x, state.y) if {state.x, state.y} <= set(names) else (names[1], names[0])
    fixed = tuple(
        (other, listed(other, own).nearest(getattr(state, other), own))
        for other, own in result.axes.items()
        if other not in (across, up)
    )
    return StoredSurface(name, result, across, up, fixed)


def with_axes(state: MapState, surface: StoredSurface) -> MapState:
    """Return the state with the axes and a measure that the surface has."""
    measure = state.measure if state.measure in surface.phrases.cell else next(iter(surface.phrases.cell))
    return replace(state, x=surface.across, y=surface.up, measure=measure)


@cached(128 * 2**20)
def _read(path: Path, _changed: int) -> SweepResult:
    return read_result(path)
