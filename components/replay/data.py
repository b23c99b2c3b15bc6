"""What the Replay view computes from: the run, its own parameters, its replays, cached."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from flask import has_request_context, request

from gaba_core.checks import FloatArray
from gaba_core.controller import Controller
from gaba_core.errors import ParameterError
from gaba_core.lru_cache import LruCache
from gaba_core.parameters import REFERENCE_SEEDS
from gaba_core.runs import LibraryEntry, Run
from gaba_core.runs.counterfactual import replay_many
from gaba_core.runs.gramian_weights import over_sum
from gaba_core.runs.own_parameters import own_parameters
from gaba_core.runs.recording import Recording
from gaba_core.runs.replay_schemes import ANY_SUM
from gaba_core.runs.simulated_twin import simulate_twin

from ..layout.url_state import from_text
from ..run_source import source
from ..run_source.replay_link import key_of, token
from ..run_source.selected_run import Shown
from ..serving.browser_cookie import browser_name
from .state import CONTROLLER, SIMULATED, ReplayState
from .subject import ReplayedRun, controller, subject_of

# Of a pair alone: the recording that they are of is counted where it is cached.
_REPLAYS: LruCache[tuple[Recording, str, Controller], FloatArray] = LruCache(
    24 * 2**20, size=lambda pair: pair.nbytes
)
PREFERRED: dict[str, Literal["run.json", "fit"]] = {"replay": "run.json", "compare": "fit"}


def subject(state: ReplayState) -> ReplayedRun:
    """Return the run that a state names, with what it is replayed with.

    Raises:
        ParameterError: no such run, or one that cannot be read.
    """
    shown, misread = _shown(state)
    own = own_parameters(shown.run, PREFERRED[state.mode])
    return subject_of(shown, own, state, misread)


def completed(text: Mapping[str, Any]) -> tuple[ReplayState, tuple[str, ...]]:
    """Return the state that a link or a page describes: what it leaves out is the run's own.

    Raises:
        ParameterError: the run cannot be shown.
    """
    sketch, _ = from_text(ReplayState, {k: text[k] for k in ("run", "mode", "reading") if k in text})
    return from_text(ReplayState, {**starts(sketch), **text})


def starts(state: ReplayState) -> dict[str, Any]:
    """Return where the sliders start in the mode of a state, by name, and the task: the run's own.

    Raises:
        ParameterError: the run cannot be shown.
    """
    found = _shown(state)[0].run
    own = own_parameters(found, PREFERRED[state.mode])
    task = own.fit.task if state.mode == "compare" and own.fit.task else next(iter(found.tasks), "")
    return {name: getattr(own, name).value for name in (*CONTROLLER, *SIMULATED)} | {"task": task}


def version(state: ReplayState) -> str:
    """Return a text that changes when the run of a state has grown; of a dropped one, whose it is."""
    if key_of(state.run).startswith(source.DROPPED):
        return browser_name()  # nobody else is shown what is drawn of it
    run = _shown(state)[0].run
    return f"{len(run.epochs)}.{0 if run.steps is None else len(run.steps.step)}"


def cost(state: ReplayState) -> float:
    """Return the seconds that both pictures take at most, once the run is read."""
    found = subject(state)
    if state.mode == "compare":
        steps = 0.0 if found.path is None else float(found.path.elapsed[-1])
        return 0.035 + 2e-7 * steps
    return 0.005 + (0.0 if found.recording is None else 1e-6 * found.recording.norms.size)


def mode_for(state: ReplayState) -> str:
    """Return the mode of a state, but for a run that cannot be replayed the one that it has."""
    return "compare" if subject(state).refusal else state.mode


def first_run(entries: Sequence[LibraryEntry]) -> str:
    """Return the run to start with: GABA before other methods, seed 42 before other seeds."""
    good = [e for e in entries if e.error is None]
    chosen = min(good, key=lambda e: (e.method != "gaba", e.seed != REFERENCE_SEEDS[0], e.key), default=None)
    return "" if chosen is None else token(chosen.key)


def options(state: ReplayState) -> list[dict[str, Any]]:
    """Return what the list of runs offers, by subset and method; a dropped log stands first."""
    groups: dict[str, list[dict[str, Any]]] = {}
    entries = [row for row in source.rows(source.library().entries()) if not row["failed"]]
    if all(token(row["key"]) != state.run for row in entries):
        groups["Dropped on the Runs page"] = [{"value": state.run, "label": _shown(state)[0].label}]
    for row in entries:
        group, label = _label(row)
        groups.setdefault(group, []).append({"value": token(row["key"]), "label": label})
    return [{"group": group, "items": items} for group, items in groups.items()]


def _label(row: Mapping[str, Any]) -> tuple[str, str]:
    """Return the group of a run in the list, and its name there."""
    if row["method"] is None or row["seed"] is None:
        return "Other logs", row["key"]
    group = f"{row['subset']} {row['method']}"
    return group, f"{group} seed {row['seed']}"


def replayed(subject: ReplayedRun, state: ReplayState) -> tuple[FloatArray, FloatArray]:
    """Return weights over their sum, and state, each (N, K), of the norms under the sliders' controller.

    Raises:
        ParameterError: the log does not hold what the scheme needs.
    """
    if subject.recording is None:
        raise ParameterError(subject.refusal)
    one = controller(state, subject.recording.tasks)
    pair = _REPLAYS.get((subject.recording, state.scheme, one))
    if pair is None:
        (pair,) = _pairs(subject.run, [one], state.scheme)
        _keep(subject.recording, state.scheme, one, pair)
    return pair[0], pair[1]


def prepare(states: Sequence[ReplayState]) -> None:
    """Replay several positions of a slider at once: some schemes go side by side for the price of one."""
    if states[0].mode != "replay":
        return
    first, scheme = subject(states[0]), states[0].scheme
    if first.recording is None:
        return
    wanted = dict.fromkeys(controller(one, first.recording.tasks) for one in states)
    missing = [one for one in wanted if (first.recording, scheme, one) not in _REPLAYS]
    for one, pair in zip(missing, _pairs(first.run, missing, scheme), strict=True):
        _keep(first.recording, scheme, one, pair)


def forget() -> None:
    """Forget what was replayed; only a benchmark or a test has reason to."""
    _REPLAYS.clear()


def simulated(subject: ReplayedRun, state: ReplayState) -> tuple[FloatArray, FloatArray]:
    """Return weights and state, each (T, K), of the simulation: after 1, 2 .. T elapsed steps.

    Raises:
        ParameterError: the run recorded no weights, or is too long for the steps an epoch.
    """
    if subject.path is None:
        raise ParameterError(f"run must hold weights; got {subject.label}.")
    one = controller(state, len(subject.run.tasks))
    found = simulate_twin(
        subject.run,
        beta=one.beta,
        floor=one.floor,
        warmup_steps=one.warmup_steps,
        target=min(state.target, 1.0 / (len(subject.run.tasks) - 1)),
        sigma=state.sigma,
        steps=max(1, round(float(subject.path.elapsed[-1]))),
        task=subject.own.fit.task,
    )
    return found.weights[0], found.state[0]


def _shown(state: ReplayState) -> tuple[Shown, str]:
    """The run of a state, and why it is not read by the state's mapping; looked up once a request."""
    looked_up: dict[tuple[str, str], tuple[Shown, str]] = {}
    if has_request_context():
        looked_up = request.environ.setdefault("gaba.replay_runs", looked_up)
    asked = state.run, state.reading
    if asked not in looked_up:
        shown, problems = source.shown((key_of(state.run),), state.readings)
        if not shown:
            raise ParameterError(" ".join(problems))
        looked_up[asked] = shown[0], " ".join(problems)
    return looked_up[asked]


def _keep(recording: Recording, scheme: str, one: Controller, pair: FloatArray) -> None:
    pair.flags.writeable = False
    _REPLAYS.put((recording, scheme, one), pair)


def _pairs(run: Run, controllers: Sequence[Controller], scheme: str) -> list[FloatArray]:
    found = replay_many(run, controllers, scheme)
    return [np.stack([_shares(t.weights[0], scheme), t.state[0]]) for t in found]


def _shares(weights: FloatArray, scheme: str) -> FloatArray:
    return over_sum(weights) if scheme in ANY_SUM else weights
