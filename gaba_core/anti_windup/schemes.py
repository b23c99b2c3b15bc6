"""The schemes: A to G, and N, which clamps and does not renormalise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from gaba_core.anti_windup.base import Gains, Scheme, averaged, check_part
from gaba_core.checks import FloatArray
from gaba_core.projection import clamp, project

Step = tuple[FloatArray, FloatArray]


@dataclass(frozen=True)
class OutputClamp(Scheme):
    """GABA itself: the floor acts on the output and the average runs free (paper eq. 5 and 6)."""

    key: ClassVar[str] = "A"
    name: ClassVar[str] = "Output clamp (GABA)"
    rule: ClassVar[str] = "x ← v; u = max(x, m)"
    source: ClassVar[str] = "GABA, eq. 5 and 6"

    @staticmethod
    def advance(state: FloatArray, shares: FloatArray, gains: Gains) -> Step:
        """Return the free average, and the average raised to the floor."""
        moved = averaged(state, shares, gains)
        return moved, np.maximum(moved, gains.floor)


@dataclass(frozen=True)
class StateClamp(Scheme):
    """The average may not sink below the floor (integrator clamping; Visioli, Practical PID Control, 3.3)."""

    key: ClassVar[str] = "B"
    name: ClassVar[str] = "State clamp"
    rule: ClassVar[str] = "x ← max(v, m); u = x"
    source: ClassVar[str] = "Visioli, Practical PID Control (2006)"

    @staticmethod
    def advance(state: FloatArray, shares: FloatArray, gains: Gains) -> Step:
        """Return the average raised to the floor, twice."""
        raised = np.maximum(averaged(state, shares, gains), gains.floor)
        return raised, raised


@dataclass(frozen=True)
class ConditionalIntegration(Scheme):
    """The average holds while it would sink through the floor (Åström & Hägglund, Advanced PID Control, 3.5).

    Each task is judged alone: with three tasks or more the outputs may sum to more than the floor explains,
    and a weight may end below the exact bound.
    """

    key: ClassVar[str] = "C"
    name: ClassVar[str] = "Conditional integration"
    rule: ClassVar[str] = "hold x while v < m and r < x, else x ← v; u = max(x, m)"
    source: ClassVar[str] = "Åström & Hägglund, Advanced PID Control (2006)"

    @staticmethod
    def advance(state: FloatArray, shares: FloatArray, gains: Gains) -> Step:
        """Return the average, held where it would sink through the floor, and the same with a floor."""
        moved = averaged(state, shares, gains)
        held = np.where((moved < gains.floor) & (shares < state), state, moved)
        return held, np.maximum(held, gains.floor)


@dataclass(frozen=True)
class BackCalculation(Scheme):
    """A share k of the saturation is fed back each step (Fertik & Ross 1967; Åström & Hägglund 3.5).

    Attributes:
        k: 1 over the tracking time in steps, 0 to 1; 0 is the output clamp, 1 the state clamp.
    """

    key: ClassVar[str] = "D"
    name: ClassVar[str] = "Back-calculation"
    rule: ClassVar[str] = "x ← v + k (max(v, m) − v); u = max(x, m)"
    source: ClassVar[str] = "Fertik & Ross, ISA Transactions (1967)"

    k: float = 0.1

    def __post_init__(self) -> None:
        Scheme.__post_init__(self)
        object.__setattr__(self, "k", check_part("k", self.k))

    @property
    def gains(self) -> Gains:
        """The settings as `advance` takes them."""
        return Gains(self.beta, self.floor, self.k)

    @staticmethod
    def advance(state: FloatArray, shares: FloatArray, gains: Gains) -> Step:
        """Return the average pulled back towards the floor, and the same raised to the floor."""
        moved = averaged(state, shares, gains)
        fed = (1.0 - gains.k) * moved + gains.k * np.maximum(moved, gains.floor)
        return fed, np.maximum(fed, gains.floor)


@dataclass(frozen=True)
class WriteBack(Scheme):
    """The weight is written back into the average: pitfall 5 of the GABA chapter on the floor."""

    key: ClassVar[str] = "E"
    name: ClassVar[str] = "Write-back"
    rule: ClassVar[str] = "x ← max(v, m) / Σ max(v, m); u = x"
    source: ClassVar[str] = "GABA chapter 19.3, pitfall 5"

    @staticmethod
    def advance(state: FloatArray, shares: FloatArray, gains: Gains) -> Step:
        """Return the weight, twice."""
        weights = clamp(averaged(state, shares, gains), gains.floor)
        return weights, weights


@dataclass(frozen=True)
class InputClamp(Scheme):
    """The floor acts on the raw share, before the average: pitfall 4 of the GABA chapter on the floor.

    Under noise the mean of max(r, m) lies above max(mean r, m): the average settles too high.
    """

    key: ClassVar[str] = "F"
    name: ClassVar[str] = "Input clamp"
    rule: ClassVar[str] = "x ← β x + (1 − β) max(r, m); u = x"
    source: ClassVar[str] = "GABA chapter 19.3, pitfall 4"

    @staticmethod
    def advance(state: FloatArray, shares: FloatArray, gains: Gains) -> Step:
        """Return the average of the raised shares, twice."""
        moved = averaged(state, np.maximum(shares, gains.floor), gains)
        return moved, moved


@dataclass(frozen=True)
class StateProjection(Scheme):
    """The average is put on the nearest point of the floored simplex (Duchi et al., ICML 2008)."""

    key: ClassVar[str] = "G"
    name: ClassVar[str] = "Exact projection"
    rule: ClassVar[str] = "x ← nearest point to v with every entry ≥ m; u = x"
    source: ClassVar[str] = "Duchi et al., ICML 2008"

    @staticmethod
    def advance(state: FloatArray, shares: FloatArray, gains: Gains) -> Step:
        """Return the projected average, twice."""
        projected = project(averaged(state, shares, gains), gains.floor)
        return projected, projected


@dataclass(frozen=True)
class Unnormalised(OutputClamp):
    """The clamped average multiplies the losses as it is: pitfall 3 of the GABA chapter on the floor.

    The weights sum to 1 + the floor's lift, at most 1 + (K - 1) floor, and the learning rate moves with it.
    """

    key: ClassVar[str] = "N"
    name: ClassVar[str] = "Not renormalised"
    rule: ClassVar[str] = "x ← v; u = max(x, m), and the weights are u itself"
    source: ClassVar[str] = "GABA chapter 19.3, pitfall 3"

    @staticmethod
    def weights(output: FloatArray) -> FloatArray:
        """Return the output, whatever it sums to."""
        return output


SCHEMES: dict[str, Scheme] = {
    scheme.key: scheme
    for scheme in (
        OutputClamp(),
        StateClamp(),
        ConditionalIntegration(),
        BackCalculation(),
        WriteBack(),
        InputClamp(),
        StateProjection(),
        Unnormalised(),
    )
}
