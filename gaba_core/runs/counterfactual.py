"""The recorded gradient norms of a run through the controller again."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeVar

from gaba_core.controller import Controller
from gaba_core.errors import ParameterError
from gaba_core.parameters import SimulationParams, check_floor
from gaba_core.runs.recording import Recording, recording_of
from gaba_core.runs.replay_schemes import METHODS, REPLAY_SCHEMES, ReplayScheme
from gaba_core.runs.schema import Run, RunInfo
from gaba_core.simulation import Trajectories

Number = TypeVar("Number", int, float)


def replay(
    run: Run,
    beta: float | None = None,
    floor: float | None = None,
    warmup_steps: int | None = None,
    scheme: str = "gaba",
    method: str | None = None,
) -> Trajectories:
    """Return what the weights would have been under another controller, at every recorded step, S = 1.

    A parameter that is None is the run's own; a run that states no warm-up is taken to have none. Other
    weights would have changed the training and with it the norms: the replay cannot know that. Its `params`
    hold the median norms without noise.

    Args:
        run: one with gradient norms: of every step, of every n-th (beta counts n times), or one an epoch.
        beta: of the moving average; like floor and warmup_steps not read by every scheme.
        floor: 0 to 1/K.
        warmup_steps: recorded steps before the average first moves.
        scheme: a key of REPLAY_SCHEMES, those of AGGREGATORS on the recorded Gramians among them. The state
            of one without a moving average is its weights over their sum.
        method: the scheme by its other name.

    Raises:
        ParameterError: the run holds no norms or no Gramians, or a parameter is not legal or neither given
            nor known.
    """
    if method is not None and method not in REPLAY_SCHEMES:
        raise ParameterError(f"method must be one of {', '.join(REPLAY_SCHEMES)}; got {method!r}.")
    scheme = scheme if method is None else method
    found = _scheme(scheme)
    recording_of(run)  # says first what is missing
    own = run.info or RunInfo()
    reference = Controller()
    warmup = 0 if own.warmup_steps is None else own.warmup_steps
    controller = Controller(
        beta=_chosen("beta", beta, own.beta, found, reference.beta),
        floor=_chosen("floor", floor, run.floor, found, reference.floor),
        warmup_steps=_chosen("warmup_steps", warmup_steps, warmup, found, reference.warmup_steps),
    )
    return replay_many(run, [controller], scheme)[0]


def replay_many(run: Run, controllers: Sequence[Controller], scheme: str = "gaba") -> list[Trajectories]:
    """Return `replay` under each of several settings; schemes that must go step by step go side by side.

    Raises:
        ParameterError: as `replay`.
    """
    found, recording = _scheme(scheme), recording_of(run)
    for controller in controllers:
        check_floor(controller.floor, recording.tasks)
    pairs = found.run(recording, controllers) if controllers else []
    return [
        Trajectories(_described(run, recording, one), recording.step, weights[None], state[None])
        for one, (weights, state) in zip(controllers, pairs, strict=True)
    ]


def own_scheme(run: Run) -> str:
    """Return the scheme that trained a run, as far as its log says; GABA where it says nothing."""
    info = run.info or RunInfo()
    named = (info.method or "").lower()
    recorded = info.extra.get("weighting")
    kind = recorded.get("parametrisation") if isinstance(recorded, dict) else None
    for key in (named, METHODS.get(named, ""), f"{named}-{kind}"):
        if key in REPLAY_SCHEMES:
            return key
    return "gaba"


def _scheme(key: str) -> ReplayScheme:
    if key not in REPLAY_SCHEMES:
        raise ParameterError(f"scheme must be one of {', '.join(REPLAY_SCHEMES)}; got {key!r}.")
    return REPLAY_SCHEMES[key]


def _described(run: Run, recording: Recording, controller: Controller) -> SimulationParams:
    own = run.info or RunInfo()
    steps = len(recording.step) if recording.held is None else int(recording.held.sum())
    per_epoch = recording.per_epoch or steps
    return SimulationParams(
        beta=controller.beta,
        floor=controller.floor,
        warmup_steps=controller.warmup_steps,
        norms=recording.medians,
        sigma=0.0,
        seeds=(own.seed or 0,),
        epochs=max(1, math.ceil(steps / per_epoch)),
        steps_per_epoch=per_epoch,
    )


def _chosen(
    name: str, given: Number | None, own: Number | None, scheme: ReplayScheme, reference: Number
) -> Number:
    value = own if given is None else given
    if value is None and name not in scheme.reads:
        return reference
    if value is None:
        raise ParameterError(f"{name} must be given, for the run does not say its own; got None.")
    return value
