"""The run of the Replay view with what is drawn of it; no server, no cache: pictures read it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaba_core.checks import FloatArray
from gaba_core.controller import Controller
from gaba_core.errors import ParameterError
from gaba_core.lru_cache import cached
from gaba_core.runs import Run, regimes_of, steps_per_epoch
from gaba_core.runs.norm_samples import holds_norms
from gaba_core.runs.own_parameters import OwnParameters
from gaba_core.runs.path_metrics import path_figures
from gaba_core.runs.recording import Recording, recording_of
from gaba_core.runs.simulated_twin import Recorded, recorded_path

from ..run_source.selected_run import Shown
from .state import ReplayState

TRANSIENTS = 2.0  # a transient window shows the transient and as much again
SHORTEST = 100  # steps it shows at least
NO_STEPS = "This log cannot be replayed: it holds no gradient norms. Compare works from its weights."
RESTARTED = (
    "The steps of this run do not ascend: it was restarted, and where its average began anew is not "
    "recorded. It cannot be replayed."
)


@dataclass(frozen=True, slots=True, eq=False)
class ReplayedRun:
    """The run of a state.

    Attributes:
        label: what the page calls it.
        misread: why it is not read by the mapping of the state; empty where it is, or where there is none.
        own: its own parameters, in the order that the state's mode prefers.
        task: index of the task whose weight is drawn.
        recording: its steps, where they can be replayed.
        refusal: why they cannot; empty where they can.
        per_epoch: steps an epoch, the slider's where the log does not say.
        path: what it recorded of its weights; None where it recorded none.
    """

    key: str
    label: str
    misread: str
    run: Run
    own: OwnParameters
    task: int
    recording: Recording | None
    refusal: str
    per_epoch: float
    path: Recorded | None

    def below(self, asked: str) -> str:
        """Return what the second picture draws: what is asked for, where the log holds it."""
        lacks = self.recording is None or (asked == "cosine" and self.recording.gramians is None)
        return "difference" if lacks else asked

    @property
    def task_name(self) -> str:
        """Name of the drawn task; empty where the log holds no weights."""
        return self.run.tasks[self.task] if self.run.tasks else ""


@dataclass(frozen=True, slots=True, eq=False)
class Counterpart:
    """What is compared with the recorded weights: a replay, or a simulation with the fitted curve.

    Attributes:
        elapsed: (T,) steps.
        weights, state: (T, K).
        fitted: the fitted weight (or state) of the drawn task at the recorded times; None without a fit.
    """

    elapsed: FloatArray
    weights: FloatArray
    state: FloatArray
    fitted: FloatArray | None = None


def subject_of(shown: Shown, own: OwnParameters, state: ReplayState, misread: str = "") -> ReplayedRun:
    """Return what is drawn of a run in a state."""
    run = shown.run
    from_log = steps_per_epoch(run)
    per_epoch = float(state.steps_per_epoch) if from_log is None else from_log
    recording, refusal = _recording(run)
    return ReplayedRun(
        key=shown.key,
        label=shown.label,
        misread=misread,
        run=run,
        own=own,
        task=run.tasks.index(state.task) if state.task in run.tasks else 0,
        recording=recording,
        refusal=refusal,
        per_epoch=per_epoch,
        path=recorded_path(run, per_epoch) or _bare(recording),
    )


def _bare(recording: Recording | None) -> Recorded | None:
    """Return the path of a run that recorded norms and no weights: its times alone."""
    if recording is None:
        return None
    unknown = np.full(recording.norms.shape, np.nan)
    return Recorded(recording.elapsed.astype(np.float64), unknown, None, recording.held is None)


def controller(state: ReplayState, tasks: int) -> Controller:
    """Return the controller of the sliders; a floor above 1/K, which K tasks cannot have, is taken as 1/K."""
    return Controller(state.beta, min(state.floor, 1.0 / tasks), state.warmup_steps)


@cached(64 * 2**20)
def transient_end(run: Run, path: Recorded, task: int) -> float:
    """Return the elapsed steps by which the recorded transient is over, and as many again."""
    last = float(path.elapsed[-1])
    found = (r.start for r in regimes_of(run) if r.name == "equilibrium" and r.unit == "step")
    settled: float | None = next(found, None)
    if settled is None:
        values = path.state if path.weights is None else path.weights
        at = None if values is None else path_figures(values[:, task], values, 0.0).settled
        settled = float(path.elapsed[at]) if at else None
    if settled is None:
        return last
    few = float(path.elapsed[min(3, len(path.elapsed) - 1)])
    return min(last, max(TRANSIENTS * settled, float(SHORTEST), few))


def _recording(run: Run) -> tuple[Recording | None, str]:
    if not holds_norms(run):
        return None, NO_STEPS
    if run.steps is not None and bool((np.diff(run.steps.step) <= 0).any()):
        return None, RESTARTED
    try:
        return recording_of(run), ""
    except ParameterError as error:
        return None, str(error)
