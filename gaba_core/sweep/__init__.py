"""Maps over parameters: many simulations, a few numbers a cell, on one machine or on a cluster."""

from gaba_core.sweep.grid import NAMES, Grid
from gaba_core.sweep.measures import MEASURES, Measure
from gaba_core.sweep.recommending import Recommendation, recommend
from gaba_core.sweep.recorded import RecordedMap, map_run
from gaba_core.sweep.result import SweepResult
from gaba_core.sweep.running import sweep

__all__ = [
    "MEASURES",
    "NAMES",
    "Grid",
    "Measure",
    "Recommendation",
    "RecordedMap",
    "SweepResult",
    "map_run",
    "recommend",
    "sweep",
]
