"""What a sweep gives back: a number for each cell and measure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from gaba_core.checks import FloatArray
from gaba_core.parameters import SimulationParams
from gaba_core.sweep.grid import Grid
from gaba_core.sweep.measures import FIELDS, MEASURES, Sums


@dataclass(frozen=True, slots=True, eq=False)
class SweepResult:
    """The measured surface.

    Attributes:
        grid: what was swept.
        seeds: over which every cell was measured.
        values: of each measure, shape `grid.shape`, in the order of `grid.axes`; not a number where a measure
            is not defined, infinite where what it waits for never comes.
    """

    grid: Grid
    seeds: tuple[int, ...]
    values: Mapping[str, FloatArray]

    @property
    def axes(self) -> Mapping[str, tuple[Any, ...]]:
        """The values of each axis by its name."""
        return self.grid.axes

    def __getitem__(self, measure: str) -> FloatArray:
        """Return the surface of one measure."""
        return self.values[measure]

    def params(self, *index: int) -> SimulationParams:
        """Return the simulation that a cell was measured on: `simulate` gives its very traces.

        Raises:
            ParameterError: as many places as axes are needed.
        """
        return self.grid.params(*index, seeds=self.seeds)

    def columns(self) -> dict[str, list[Any]]:
        """Return a table by columns, a row a cell: the place on each axis, then the measures."""
        places = np.indices(self.grid.shape).reshape(len(self.axes), -1)
        table = {
            name: [values[i] for i in at.tolist()]
            for (name, values), at in zip(self.axes.items(), places, strict=True)
        }
        return table | {name: surface.ravel().tolist() for name, surface in self.values.items()}

    def to_csv(self) -> str:
        """Return that table as text; a cell without a number is empty, one without an end is inf."""
        table = self.columns()
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(table)
        writer.writerows(["" if x != x else x for x in row] for row in zip(*table.values(), strict=True))
        return out.getvalue()


def result_of(
    grid: Grid,
    seeds: tuple[int, ...],
    measures: Iterable[str],
    parts: Iterable[tuple[int, Mapping[str, FloatArray]]],
) -> SweepResult:
    """Return the result of the sums of chunks, in the order of the plan.

    Args:
        grid: what was swept.
        seeds: all of them.
        measures: which numbers are wanted.
        parts: first group and sums of each chunk.
    """
    whole: dict[int, Sums] = {}
    for first, sums in parts:
        for i in range(len(sums["seeds"])):
            one = Sums(*(sums[name][i] for name in FIELDS))
            before = whole.get(first + i)
            whole[first + i] = one if before is None else before.merged(one)
    joined = Sums(*(np.stack([getattr(whole[i], name) for i in range(grid.groups)]) for name in FIELDS))
    return SweepResult(grid, seeds, {name: grid.arranged(MEASURES[name].value(joined)) for name in measures})
