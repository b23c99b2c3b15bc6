"""The recovery experiment: a task is starved for a while, then wanted again; how soon is it served?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from gaba_core.anti_windup.base import Gains, Scheme, check_part
from gaba_core.anti_windup.schemes import SCHEMES
from gaba_core.checks import FloatArray, check_whole
from gaba_core.errors import ParameterError
from gaba_core.parameters import check_beta, check_floor

SETTLED = 0.02  # share of target - floor within which the output counts as arrived


@dataclass(frozen=True)
class RecoverySettings:
    """One experiment with two tasks whose raw shares are (r, 1 - r).

    Attributes:
        before: r of the first steps.
        after: r from then on, the new target.
        start: first entry of the state at the beginning.
        k: feedback of back-calculation; other schemes do not read it.

    Raises:
        ParameterError: names parameter, rule and value.
    """

    before: float = 0.002
    after: float = 0.06
    steps_before: int = 800
    steps_after: int = 1200
    beta: float = 0.99
    floor: float = 0.05
    start: float = 0.5
    k: float = 0.1

    def __post_init__(self) -> None:
        for name in ("before", "after", "start"):
            object.__setattr__(self, name, check_part(name, getattr(self, name)))
        object.__setattr__(self, "steps_before", check_whole("steps_before", self.steps_before, 0))
        object.__setattr__(self, "steps_after", check_whole("steps_after", self.steps_after, 1))
        object.__setattr__(self, "beta", check_beta(self.beta))
        object.__setattr__(self, "floor", check_floor(self.floor, 2))
        object.__setattr__(self, "k", check_part("k", self.k))

    @property
    def steps(self) -> int:
        """Steps of the whole run."""
        return self.steps_before + self.steps_after


@dataclass(frozen=True, slots=True, eq=False)
class Recovery:
    """What one scheme did in one experiment; the output is that of the first task, before renormalising.

    Attributes:
        release_delay: samples after the switch in which the output sat on the floor.
        iae: sum of |output - after| over the samples after the switch.
        ise: sum of its square.
        settling: first sample after the switch from which the output stays within 2 % of after - floor; None
            where it does not within the run.
        saturation: samples of the whole run with the output at or below the floor.
        depth: furthest that the state fell below the floor; 0 where it never did.
        state: first entry of the state after each step, shape (T,).
        output: shape (T,).
    """

    scheme: str
    settings: RecoverySettings
    release_delay: int
    iae: float
    ise: float
    settling: int | None
    saturation: int
    depth: float
    state: FloatArray
    output: FloatArray


def recovery_experiment(
    scheme: str | Scheme,
    before: float = 0.002,
    after: float = 0.06,
    steps_before: int = 800,
    steps_after: int = 1200,
    beta: float = 0.99,
    floor: float = 0.05,
    start: float = 0.5,
    k: float = 0.1,
) -> Recovery:
    """Return what a scheme does when a starved task is wanted again.

    Args:
        scheme: a letter of SCHEMES, or one of them; its own settings give way to the ones named here.
        before: raw share of the first steps.
        after: raw share from then on.
        steps_before: how long the first share lasts.
        steps_after: how long the experiment goes on.
        beta: share of the moving average that a step keeps.
        floor: 0 to 1/2.
        start: state at the beginning.
        k: feedback of back-calculation.

    Raises:
        ParameterError: an argument is not legal.
    """
    settings = RecoverySettings(before, after, steps_before, steps_after, beta, floor, start, k)
    return recovery_experiments(scheme, [settings])[0]


def recovery_experiments(scheme: str | Scheme, settings: Sequence[RecoverySettings]) -> list[Recovery]:
    """Return one Recovery for each experiment; all of them advance together.

    Raises:
        ParameterError: scheme is not one of SCHEMES.
    """
    if not settings:
        return []
    chosen = _scheme_of(scheme)
    gains = Gains(*(_column([getattr(one, name) for one in settings]) for name in ("beta", "floor", "k")))
    states, outputs = _run(chosen, settings, gains)
    return [
        _judged(chosen, one, states[: one.steps, i].copy(), outputs[: one.steps, i].copy())
        for i, one in enumerate(settings)
    ]


def release_delay(beta: float, floor: float, target: float, state: float) -> float:
    """Return the steps that a free average needs from `state` up to the floor, ln((c-m)/(c-x)) / ln(beta).

    0 where the state is not below the floor; infinite where the target is not above it.

    Raises:
        ParameterError: an argument is not legal.
    """
    beta, floor = check_beta(beta), check_floor(floor, 2)
    target, state = check_part("target", target), check_part("state", state)
    if state >= floor:
        return 0.0
    if target <= floor:
        return math.inf
    if beta == 0.0:
        return 0.0
    return math.log((target - floor) / (target - state)) / math.log(beta)


def _run(scheme: Scheme, settings: Sequence[RecoverySettings], gains: Gains) -> tuple[FloatArray, FloatArray]:
    """Return first entries of state and output, each (T, P) for P experiments."""
    before, after = (_column([getattr(one, name) for one in settings]) for name in ("before", "after"))
    switch = np.array([[one.steps_before] for one in settings])
    start = _column([one.start for one in settings])
    state = np.concatenate([start, 1.0 - start], axis=-1)
    steps = max(one.steps for one in settings)
    states, outputs = np.empty((2, steps, len(settings)))
    low, high = (np.concatenate([share, 1.0 - share], axis=-1) for share in (before, after))
    edges = sorted({0, steps, *(one.steps_before for one in settings if one.steps_before < steps)})
    for begin, end in pairwise(edges):  # between two switches the shares stand still
        shares = np.where(begin < switch, low, high)
        for t in range(begin, end):
            state, output = scheme.advance(state, shares, gains)
            states[t], outputs[t] = state[:, 0], output[:, 0]
    return states, outputs


def _judged(scheme: Scheme, settings: RecoverySettings, state: FloatArray, output: FloatArray) -> Recovery:
    served = output[settings.steps_before :]
    error = np.abs(served - settings.after)
    away = np.flatnonzero(error >= SETTLED * abs(settings.after - settings.floor))
    settling = 0 if away.size == 0 else int(away[-1]) + 1
    return Recovery(
        scheme=scheme.key,
        settings=settings,
        release_delay=int((served == settings.floor).sum()),
        iae=float(error.sum()),
        ise=float((error**2).sum()),
        settling=settling if settling < served.size else None,
        saturation=int((output <= settings.floor).sum()),
        depth=max(0.0, float((settings.floor - state).max())),
        state=state,
        output=output,
    )


def _scheme_of(scheme: object) -> Scheme:
    if isinstance(scheme, Scheme):
        return scheme
    if not isinstance(scheme, str) or scheme not in SCHEMES:
        raise ParameterError(f"scheme must be one of {', '.join(SCHEMES)}; got {scheme!r}.")
    return SCHEMES[scheme]


def _column(values: list[float]) -> FloatArray:
    return np.array(values, dtype=np.float64)[:, None]
