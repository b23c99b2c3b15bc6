"""Training runs: reading a log, a folder of runs, replay."""

from gaba_core.errors import LogFormatError
from gaba_core.runs.library import LibraryEntry, RunLibrary
from gaba_core.runs.reading import read_run
from gaba_core.runs.replaying import replay
from gaba_core.runs.schema import Run, RunInfo, StepTrace

__all__ = [
    "LibraryEntry",
    "LogFormatError",
    "Run",
    "RunInfo",
    "RunLibrary",
    "StepTrace",
    "read_run",
    "replay",
]
