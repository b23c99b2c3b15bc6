"""The map of one recorded run, and the setting that its gradients ask for."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import Any

import numpy as np

from gaba_core.checks import FloatArray
from gaba_core.errors import ParameterError
from gaba_core.lru_cache import cached
from gaba_core.number_text import count
from gaba_core.runs import Run
from gaba_core.runs.recording import recording_of
from gaba_core.sweep import Recommendation, RecordedMap, map_run, recommend

from ..run_source import source
from ..run_source.mapping_text import readings_of
from ..run_source.replay_link import key_of
from .axes import AXES, Axis, log_floor
from .phrases import Phrases, of_run
from .state import MapState

SIDES = (32, 24, 16, 8)
MOST = 25_000_000  # samples of all cells: about a second


@dataclass(frozen=True, slots=True, eq=False)
class RunSurface:
    """A run's surface over beta and floor.

    Attributes:
        label: what the page calls the run.
        found: its measures.
        samples: how many steps it recorded.
        advice: the setting that is recommended.
    """

    label: str
    run: Run
    found: RecordedMap
    samples: int
    advice: Recommendation

    @property
    def key(self) -> str:
        """What its colours depend on, but for the measure."""
        return f"{self.label} {self.samples} {self.found.warmup_steps} {len(self.found.betas)}"

    @property
    def axes(self) -> tuple[Axis, Axis]:
        """Across and upwards."""
        return AXES["beta"], log_floor(len(self.run.tasks))

    @property
    def ends(self) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        """The values on both axes."""
        return self.found.betas, self.found.floors

    @property
    def fineness(self) -> str:
        """How fine it is, in words."""
        across, up = len(self.found.betas), len(self.found.floors)
        return f"{across} × {up} replays of the {count(self.samples)} recorded steps"

    @property
    def marks(self) -> tuple[float, float] | None:
        """A beta and a floor that are recommended."""
        return self.advice.beta, self.advice.floor

    @property
    def title(self) -> str:
        """What is mapped."""
        return self.label

    @property
    def phrases(self) -> Phrases:
        """How its cells are spoken of, and which measures it has."""
        return of_run(self.task)

    @property
    def task(self) -> str:
        """The task whose weight is measured."""
        return self.advice.task

    def values(self, measure: str) -> FloatArray:
        """Return a measure, shape (cells on y, cells on x); of what one run has none of, no numbers."""
        if measure not in self.found.values:
            return np.full((len(self.found.floors), len(self.found.betas)), np.nan)
        return np.ascontiguousarray(self.found.values[measure].T)

    def to_csv(self) -> str:
        """Return a row a cell as text; a cell without a number is empty."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["beta", "floor", *self.found.values])
        for i, beta in enumerate(self.found.betas):
            for j, floor in enumerate(self.found.floors):
                cell = (float(values[i, j]) for values in self.found.values.values())
                writer.writerow([beta, floor, *("" if np.isnan(value) else value for value in cell)])
        return out.getvalue()


def surface_of(state: MapState) -> RunSurface:
    """Return the surface of the run that a state names.

    Raises:
        ParameterError: there is no such run, it cannot be read, or it holds no gradient norms, or too few.
    """
    key = key_of(state.run)
    readings = readings_of([entry for entry in key_of(state.reading).split(",") if entry])
    shown, problems = source.shown((key,), readings)
    if not shown:
        raise ParameterError(" ".join(problems))
    advice = _advice(shown[0].run)
    found = _map(shown[0].run, state.warmup_steps)
    return RunSurface(shown[0].label, shown[0].run, found, len(recording_of(shown[0].run).step), advice)


@cached(64 * 2**20)
def _advice(run: Run) -> Recommendation:
    return recommend(run)


@cached(64 * 2**20)
def _map(run: Run, warmup_steps: int) -> RecordedMap:
    samples = recording_of(run).norms.size
    side = next((side for side in SIDES if side**2 * samples <= MOST), SIDES[-1])
    floors = log_floor(len(run.tasks)).values(side)
    return map_run(run, AXES["beta"].values(side), floors, warmup_steps)
