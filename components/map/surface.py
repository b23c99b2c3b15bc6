"""The numbers of a map: a coarse surface at once, a finer one piece by piece."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from gaba_core.abandoning import while_awaited
from gaba_core.checks import FloatArray
from gaba_core.lru_cache import OF_SETTINGS, cached
from gaba_core.number_text import count
from gaba_core.sweep import MEASURES, Grid, SweepResult
from gaba_core.sweep.computing import Chunk, compute
from gaba_core.sweep.planning import expected_seconds
from gaba_core.sweep.result import result_of

from .axes import AXES, Axis
from .phrases import SIMULATED, Phrases
from .state import MapState

AT_ONCE = 0.45  # seconds that the coarse surface may take
AT_MOST = 12.0  # the finer one, of one core
PIECE = 0.6  # a part of it, which one request computes


@dataclass(frozen=True, slots=True)
class Level:
    """How fine a surface is: cells along either side, and seeds of each."""

    side: int
    seeds: int


COARSE = ((32, 100), (32, 50), (24, 20), (16, 20), (16, 8), (12, 8), (8, 4))  # sides and seeds
FINE = ((64, 1000), (64, 400), (48, 200), (32, 200), (32, 50), (16, 50), (12, 20))


class Shown(Protocol):
    """A surface as the page shows it: simulated, or of a recorded run."""

    @property
    def key(self) -> str:
        """What its colours depend on, but for the measure."""

    @property
    def axes(self) -> tuple[Axis, Axis]:
        """Across and upwards."""

    @property
    def ends(self) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        """The values on both axes."""

    @property
    def fineness(self) -> str:
        """How fine it is, in words."""

    @property
    def title(self) -> str:
        """What is mapped."""

    @property
    def phrases(self) -> Phrases:
        """How its cells are spoken of, and which measures it has."""

    @property
    def marks(self) -> tuple[float, float] | None:
        """A beta and a floor that are recommended; None where there are none."""

    def values(self, measure: str) -> FloatArray:
        """Return a measure, shape (cells on y, cells on x)."""

    def to_csv(self) -> str:
        """Return a row a cell as text."""


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """A simulated surface as far as it is computed.

    Attributes:
        of: what it depends on.
        result: over the seeds that are done.
        level: how fine it will be.
        done, pieces: how many pieces, and of how many.
    """

    of: MapState
    result: SweepResult
    level: Level
    done: int
    pieces: int
    marks: tuple[float, float] | None = None

    @property
    def key(self) -> str:
        """What its colours depend on, but for the measure."""
        return f"{self.of!r} {self.level} {self.done}"

    @property
    def axes(self) -> tuple[Axis, Axis]:
        """Across and upwards."""
        return AXES[self.of.x], AXES[self.of.y]

    @property
    def ends(self) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        """The values on both axes."""
        on_y, on_x = self.result.axes.values()
        return on_x, on_y

    @property
    def fineness(self) -> str:
        """How fine it is, in words."""
        up, across = self.result.grid.shape
        return f"{across} × {up} cells, {count(len(self.result.seeds))} seeds each"

    @property
    def title(self) -> str:
        """What is mapped."""
        return "Simulated gradients"

    @property
    def phrases(self) -> Phrases:
        """How its cells are spoken of, and which measures it has."""
        return SIMULATED

    @property
    def is_finest(self) -> bool:
        """Whether no finer one is offered."""
        return self.level == finest(self.of) and self.done == self.pieces

    def values(self, measure: str) -> FloatArray:
        """Return a measure, shape (cells on y, cells on x)."""
        return self.result[measure]

    def to_csv(self) -> str:
        """Return a row a cell as text."""
        return self.result.to_csv()


def coarse(state: MapState) -> Surface:
    """Return the surface that is there at once, 32 x 32 cells of 100 seeds where these take half a second."""
    return refined(state, level_within(state, COARSE, AT_ONCE))


def finest(state: MapState) -> Level:
    """Return the finest surface that seconds are worth, 64 x 64 cells of 1,000 seeds at best."""
    return level_within(state, FINE, AT_MOST)


def level_within(state: MapState, levels: Iterable[tuple[int, int]], seconds: float) -> Level:
    """Return the first of some sides and seeds that one core computes within seconds, else the last."""
    for side, seeds in levels:
        level = Level(side, seeds)
        if expected_seconds(_grid(state.surface, level.side), range(level.seeds)) <= seconds:
            break
    return level


def refined(state: MapState, level: Level, pieces: int | None = None) -> Surface:
    """Return a surface over so many of its pieces, in the order of the seeds; None for all.

    One piece more than is cached at most, whatever is asked for: no request takes longer than one piece.
    """
    surface = state.surface
    parts = _parts(surface, level)
    done = len(parts) if pieces is None else min(max(pieces, 1), len(parts), _cached(surface, level) + 1)
    sums = [(0, _sums(surface, level, i)) for i in while_awaited(range(done))]
    result = result_of(_grid(surface, level.side), tuple(range(parts[done - 1].stop)), MEASURES, sums)
    return Surface(surface, result, level, done, len(parts))


def _grid(surface: MapState, side: int) -> Grid:
    axes = {name: AXES[name].values(side) for name in (surface.y, surface.x)}
    return Grid(axes, surface.base, surface.scheme, surface.k)


def _parts(surface: MapState, level: Level) -> list[range]:
    """Return the seeds of each piece; where steps cost the same for any number of seeds, as many as that."""
    one, two = (expected_seconds(_grid(surface, level.side), range(seeds)) for seeds in (1, 2))
    each, once = two - one, 2.0 * one - two
    size = min(level.seeds, max(1, int(max(PIECE - once, PIECE / 2.0) / each)))
    return [range(at, min(at + size, level.seeds)) for at in range(0, level.seeds, size)]


@cached(OF_SETTINGS)
def _sums(surface: MapState, level: Level, number: int) -> dict[str, FloatArray]:
    grid = _grid(surface, level.side)
    seeds = tuple(_parts(surface, level)[number])
    return compute(Chunk(grid, 0, grid.groups, seeds))


def _cached(surface: MapState, level: Level) -> int:
    """Return how many pieces are there from the first on."""
    known, number = _sums.cache, 0
    while (surface, level, number) in known:
        number += 1
    return number
