"""Training runs: reading a log, a folder of runs, replay."""

from gaba_core.errors import LogFormatError
from gaba_core.runs.assembly import read_again
from gaba_core.runs.counterfactual import replay
from gaba_core.runs.diagnosis.diagnose import diagnose
from gaba_core.runs.diagnosis.verdict import Diagnosis, Verdict
from gaba_core.runs.downsampling import peak_keeping
from gaba_core.runs.ensemble import Spread, spread
from gaba_core.runs.fitting.estimate import Estimate
from gaba_core.runs.fitting.fit import Fit, fit_run
from gaba_core.runs.gramian_replay import HarmCost, harm_by_method, harm_cost
from gaba_core.runs.interpolation import difference, values_at
from gaba_core.runs.library import RunLibrary
from gaba_core.runs.library_entry import LibraryEntry
from gaba_core.runs.own_parameters import OwnParameters, own_parameters
from gaba_core.runs.reading import read_run
from gaba_core.runs.replay_schemes import REPLAY_SCHEMES
from gaba_core.runs.run_regimes import regimes_of
from gaba_core.runs.schema import Run, RunInfo, StepTrace
from gaba_core.runs.several_runs import read_runs
from gaba_core.runs.smoothing import smoothed
from gaba_core.runs.time_units import epochs_at, record_steps, steps_per_epoch
from gaba_core.runs.wall_clock import record_seconds, seconds_at

__all__ = [
    "REPLAY_SCHEMES",
    "Diagnosis",
    "Estimate",
    "Fit",
    "HarmCost",
    "LibraryEntry",
    "LogFormatError",
    "OwnParameters",
    "Run",
    "RunInfo",
    "RunLibrary",
    "Spread",
    "StepTrace",
    "Verdict",
    "diagnose",
    "difference",
    "epochs_at",
    "fit_run",
    "harm_by_method",
    "harm_cost",
    "own_parameters",
    "peak_keeping",
    "read_again",
    "read_run",
    "read_runs",
    "record_seconds",
    "record_steps",
    "regimes_of",
    "replay",
    "seconds_at",
    "smoothed",
    "spread",
    "steps_per_epoch",
    "values_at",
]
