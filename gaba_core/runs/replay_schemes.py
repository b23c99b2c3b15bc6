"""What recorded gradient norms can be replayed through: GABA, other floors, other ways to weigh losses."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from gaba_core.aggregators import AGGREGATORS
from gaba_core.anti_windup import SCHEMES
from gaba_core.anti_windup.base import Gains, Scheme
from gaba_core.checks import FloatArray
from gaba_core.comparators import COMPARATORS, LABELS, DynamicWeightAverage, run_comparator
from gaba_core.comparators.base import in_precision
from gaba_core.controller import Controller
from gaba_core.errors import ParameterError
from gaba_core.lru_cache import cached
from gaba_core.projection import clamp, project
from gaba_core.runs.gramian_weights import gramian_weights, over_sum
from gaba_core.runs.recording import Recording

Pair = tuple[FloatArray, FloatArray]
Runner = Callable[[Recording, Sequence[Controller]], list[Pair]]
BY_LOSS = ("gradnorm-raw", "gradnorm-softmax", "gradnorm-exp", "dwa", "uncertainty")
ANY_SUM = ("N", *BY_LOSS, *AGGREGATORS)  # schemes whose weights need not sum to 1
METHODS = {"gradnorm": "gradnorm-raw"}  # what `run.json` calls a method, where it is not the scheme's key


@dataclass(frozen=True, slots=True)
class ReplayScheme:
    """One way to make weights of recorded norms.

    Attributes:
        label: what a person calls it.
        rule: how it differs from GABA, in one line.
        reads: the parameters that change its result.
        run: weights and state, each (N, K), under every controller's settings. The state of a scheme without
            a moving average is its weights over their sum.
    """

    label: str
    rule: str
    reads: tuple[str, ...]
    run: Runner


def _gaba(recording: Recording, settings: Sequence[Controller]) -> list[Pair]:
    pairs = []
    for one in settings:
        if recording.held is not None:
            state = _of_samples(recording, one)
            pairs.append((clamp(state, one.floor), state))
            continue
        if recording.is_whole:
            weights, state = one.run_shares(recording.centred, recording.tasks, 1, 0)
        else:
            weights, state = one.run(recording.norms[None])
        pairs.append((weights[0], state[0]))
    return pairs


def _of_samples(recording: Recording, one: Controller) -> FloatArray:
    """Return the average (N, K) of samples that stand for several steps each: their share is held so long."""
    average = [1.0 / recording.tasks] * recording.tasks
    states = []
    betas = recording.betas(one.beta, one.warmup_steps)[recording.finite].tolist()
    for beta, shares in zip(betas, recording.shares().tolist(), strict=True):
        average = [beta * x + (1.0 - beta) * r for x, r in zip(average, shares, strict=True)]
        states.append(average)
    found = np.array(states, dtype=np.float64).reshape(-1, recording.tasks)
    return recording.spread(found, 1.0 / recording.tasks)


def _unfloored(recording: Recording, settings: Sequence[Controller]) -> list[Pair]:
    return _gaba(recording, [dataclasses.replace(one, floor=0.0) for one in settings])


def _projected(recording: Recording, settings: Sequence[Controller]) -> list[Pair]:
    pairs = zip(settings, _unfloored(recording, settings), strict=True)
    return [(project(state, one.floor), state) for one, (_, state) in pairs]


def _raw(recording: Recording, settings: Sequence[Controller]) -> list[Pair]:
    shares = recording.spread(recording.shares(), 1.0 / recording.tasks)
    return [(shares, shares)] * len(settings)


def _equal(recording: Recording, settings: Sequence[Controller]) -> list[Pair]:
    equal = np.full(recording.norms.shape, 1.0 / recording.tasks)
    return [(equal, equal)] * len(settings)


def _anti_windup(scheme: Scheme, recording: Recording, settings: Sequence[Controller]) -> list[Pair]:
    """Step every controller side by side: what a saturated state does next is no sum of inputs."""
    beta, floor = (
        np.array([[getattr(one, name)] for one in settings], dtype=np.float64) for name in ("beta", "floor")
    )
    gains = Gains(beta, floor, scheme.gains.k)
    updates = np.flatnonzero(recording.finite)
    betas = np.stack([recording.betas(one.beta, one.warmup_steps) for one in settings])[..., None]
    shares, tasks = recording.shares(), recording.tasks
    starts = np.array([[one.warmup_steps] for one in settings])
    trained = np.cumsum(np.ones(len(recording.step)) if recording.held is None else recording.held) - 1.0
    latest, state = int(starts.max()), scheme.init(tasks, (len(settings),))
    states = np.full((len(settings), len(updates), tasks), 1.0 / tasks)
    outputs = states.copy()
    for i, t in enumerate(updates.tolist()):
        if recording.held is not None:
            gains = Gains(betas[:, t], floor, scheme.gains.k)
        moved, output = scheme.advance(state, shares[i], gains)
        if trained[t] < latest:
            waits = trained[t] < starts
            moved, output = np.where(waits, state, moved), np.where(waits, 1.0 / tasks, output)
        state = moved
        states[:, i], outputs[:, i] = state, output
    weights = recording.spread(scheme.weights(outputs), 1.0 / tasks)
    return list(zip(weights, recording.spread(states, 1.0 / tasks), strict=True))


def _by_loss(key: str, recording: Recording, settings: Sequence[Controller]) -> list[Pair]:
    return [_compared(key, recording)] * len(settings)


@cached(64 * 2**20)
def _compared(key: str, recording: Recording) -> Pair:
    """Return what a published method makes of the recorded norms and losses: no slider moves it.

    It computes in the precision of the recording: raw GradNorm, which turns round where a weighted norm
    crosses its target, makes other weights in another one.
    """
    if recording.held is not None:
        raise ParameterError(
            f"norms must be those of every step to replay {LABELS[key]}. {recording.sentence}"
        )
    known = recording.finite & np.isfinite(recording.losses).all(axis=1)
    if not known.any():
        raise ParameterError(f"losses must be finite at some step to replay {LABELS[key]}; got none.")
    comparator = _as_trained(key, recording)
    norms, losses = (table[known].astype(recording.dtype) for table in (recording.norms, recording.losses))
    start = in_precision(comparator.init(recording.tasks), recording.dtype)
    found = run_comparator(comparator, norms, losses, start)
    if not known.all():
        found = np.concatenate([found[:1], found])[np.cumsum(known)]
    with np.errstate(all="ignore"):
        return found, found / found.sum(axis=1, keepdims=True)


def _balanced(key: str, recording: Recording, settings: Sequence[Controller]) -> list[Pair]:
    weights = gramian_weights(recording, key)
    return [(weights, over_sum(weights))] * len(settings)


def available_schemes(recording: Recording) -> tuple[str, ...]:
    """Return the keys of the schemes that the recording holds enough for."""
    lacking = []
    if recording.per_epoch is None:
        lacking.append("dwa")
    if len(_as_trained("uncertainty", recording).kinds) != recording.tasks:
        lacking.append("uncertainty")
    if recording.held is not None or not np.isfinite(recording.losses).all(axis=1).any():
        lacking.extend(BY_LOSS)
    if recording.gramians is None:
        lacking.extend(AGGREGATORS)
    return tuple(key for key in REPLAY_SCHEMES if key not in lacking)


def _as_trained(key: str, recording: Recording) -> Any:
    """Return the method with the settings of the run where the run was trained by it, else as published."""
    comparator, own = COMPARATORS[key], recording.weighting
    changes: dict[str, Any] = {}
    if own.get("name") in (key, key.partition("-")[0]) and own.get("parametrisation") in (
        None,
        getattr(comparator, "parametrisation", None),
    ):
        names = {f.name for f in dataclasses.fields(comparator)}
        changes = {k: tuple(v) if isinstance(v, list) else v for k, v in own.items() if k in names}
    if isinstance(comparator, DynamicWeightAverage):
        if recording.per_epoch is None:
            raise ParameterError("steps_per_epoch must be known to replay DWA; the log does not say it.")
        changes["steps_per_epoch"] = recording.per_epoch
    return dataclasses.replace(comparator, **changes)


ALL = ("beta", "floor", "warmup_steps")
AVERAGED = ("beta", "warmup_steps")
REPLAY_SCHEMES: dict[str, ReplayScheme] = {
    "gaba": ReplayScheme("GABA: floor + renormalise", "max(x, m) over its sum", ALL, _gaba),
    "gaba-unfloored": ReplayScheme("GABA without floor", "the moving average itself", AVERAGED, _unfloored),
    "projection": ReplayScheme(
        "Exact projection of the output", "nearest point to x with every entry ≥ m", ALL, _projected
    ),
    **{
        key: ReplayScheme(scheme.name, scheme.rule, ALL, partial(_anti_windup, scheme))
        for key, scheme in SCHEMES.items()
        if key not in ("A", "G")
    },
    "G": ReplayScheme(
        "Exact projection of the state", SCHEMES["G"].rule, ALL, partial(_anti_windup, SCHEMES["G"])
    ),
    "raw": ReplayScheme("Raw shares", "neither average nor floor", (), _raw),
    "equal": ReplayScheme("Equal weights", "1/K at every step", (), _equal),
    **{
        key: ReplayScheme(LABELS[key], f"{COMPARATORS[key].source}, from norms and losses", (), run)
        for key, run in ((key, partial(_by_loss, key)) for key in BY_LOSS)
    },
    **{
        key: ReplayScheme(rule.name, f"{rule.source}, from the Gramians", (), partial(_balanced, key))
        for key, rule in AGGREGATORS.items()
    },
}
