"""Training runs: reading a log, a folder of runs, replay."""

from gaba_core.errors import LogFormatError
from gaba_core.runs.aligning import difference, values_at
from gaba_core.runs.clock import epochs_at, record_steps, regimes_of, steps_per_epoch
from gaba_core.runs.diagnosis import diagnose
from gaba_core.runs.estimates import Estimate
from gaba_core.runs.fitting import Fit, fit_run
from gaba_core.runs.library import LibraryEntry, RunLibrary
from gaba_core.runs.making import read_again
from gaba_core.runs.own_parameters import OwnParameters, own_parameters
from gaba_core.runs.reading import read_run
from gaba_core.runs.replay_schemes import REPLAY_SCHEMES
from gaba_core.runs.replaying import replay
from gaba_core.runs.schema import Run, RunInfo, StepTrace
from gaba_core.runs.seconds import record_seconds, seconds_at
from gaba_core.runs.smoothing import smoothed
from gaba_core.runs.summary import Spread, spread
from gaba_core.runs.thinning import peak_keeping
from gaba_core.runs.verdicts import Diagnosis, Verdict

__all__ = [
    "REPLAY_SCHEMES",
    "Diagnosis",
    "Estimate",
    "Fit",
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
    "own_parameters",
    "peak_keeping",
    "read_again",
    "read_run",
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
