"""The recovery experiment: a task is starved for a while, then wanted again; how soon is it served?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from gaba_core.anti_windup.base import Gains, Scheme, check_part
from gaba_core.anti_windup.orbits import follow
from gaba_core.anti_windup.schemes import SCHEMES
from gaba_core.checks import FloatArray, IntArray, check_whole
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

    @property
    def largest_sum(self) -> float:
        """Largest sum of both tasks' weights in the run; 1 where the scheme renormalises."""
        if self.scheme != "N":
            return 1.0
        floor = self.settings.floor
        return float((np.maximum(self.state, floor) + np.maximum(1.0 - self.state, floor)).max())


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
    """Return one Recovery for each experiment; all of them advance in step.

    Raises:
        ParameterError: scheme is not one of SCHEMES.
    """
    if not settings:
        return []
    chosen = _scheme_of(scheme)
    gains = Gains(*(_column(settings, name) for name in ("beta", "floor", "k")))
    state, stretches = _pair(_column(settings, "start")), []
    for share, name in (("before", "steps_before"), ("after", "steps_after")):
        lengths = np.array([getattr(one, name) for one in settings])
        states, output = follow(chosen, state, _pair(_column(settings, share)), gains, int(lengths.max()))
        state = states[np.arange(len(settings)), lengths]
        stretches.append(_Stretch(lengths, states[:, 1:, 0], output))
    return _judged(chosen, settings, *stretches)


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


class _Stretch(NamedTuple):
    """Steps under one share: how many each experiment takes, (P,), and the first task, (P, longest)."""

    lengths: IntArray
    state: FloatArray
    output: FloatArray

    def within(self, values: FloatArray, rest: float) -> FloatArray:
        """Return values, (P, longest), with `rest` at the steps that an experiment does not take."""
        longest = values.shape[1]
        if self.lengths.min() == longest:
            return values
        return np.where(np.arange(longest) < self.lengths[:, None], values, rest)


def _judged(
    scheme: Scheme, settings: Sequence[RecoverySettings], starved: _Stretch, wanted: _Stretch
) -> list[Recovery]:
    floor, after = _column(settings, "floor"), _column(settings, "after")
    both = (starved, wanted)
    served = wanted.within(wanted.output, np.inf)
    error = wanted.within(np.abs(wanted.output - after), 0.0)
    away = error >= SETTLED * np.abs(after - floor)
    settling = np.where(away.any(axis=1), away.shape[1] - away[:, ::-1].argmax(axis=1), 0)
    on_floor = [one.within(one.output, np.inf) <= floor for one in both]
    below = [(floor - one.within(one.state, np.inf)).max(axis=1, initial=0.0) for one in both]
    delays, saturation = (served == floor).sum(axis=1), on_floor[0].sum(axis=1) + on_floor[1].sum(axis=1)
    areas, squares, depths = error.sum(axis=1), (error**2).sum(axis=1), np.maximum(*below)
    return [
        Recovery(
            scheme=scheme.key,
            settings=one,
            release_delay=int(delays[i]),
            iae=float(areas[i]),
            ise=float(squares[i]),
            settling=int(settling[i]) if settling[i] < one.steps_after else None,
            saturation=int(saturation[i]),
            depth=float(depths[i]),
            state=np.concatenate([part.state[i, : part.lengths[i]] for part in both]),
            output=np.concatenate([part.output[i, : part.lengths[i]] for part in both]),
        )
        for i, one in enumerate(settings)
    ]


def _scheme_of(scheme: object) -> Scheme:
    if isinstance(scheme, Scheme):
        return scheme
    if not isinstance(scheme, str) or scheme not in SCHEMES:
        raise ParameterError(f"scheme must be one of {', '.join(SCHEMES)}; got {scheme!r}.")
    return SCHEMES[scheme]


def _column(settings: Sequence[RecoverySettings], name: str) -> FloatArray:
    return np.array([[getattr(one, name)] for one in settings], dtype=np.float64)


def _pair(first: FloatArray) -> FloatArray:
    return np.concatenate([first, 1.0 - first], axis=-1)
