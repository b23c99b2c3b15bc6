"""When a trajectory first moves, crosses the floor, arrives at a level, and stays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gaba_core.checks import FloatArray

CLOSE = 0.001  # relative distance from the equilibrium that counts as having arrived
NOISE_SDS = 4.0  # or this many stationary sd where that is larger, else a noisy run never arrives
ROUNDING = 1e-7  # distance that counts as movement: recordings are float32
LEFT = 2.0  # tolerances away from the equilibrium at which a run has left it again
TAIL = 0.25  # share of a trajectory, at its end, from which its equilibrium is read


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """The end of a trajectory: mean (K,), sd (K,), and whether its trend is lost in its scatter."""

    mean: FloatArray
    sd: FloatArray
    is_level: bool


def level_of(weights: FloatArray) -> Level:
    """Return the level of the last quarter of a trajectory of shape (N, K); of fewer than 2 samples, none."""
    tail = weights[-max(1, round(TAIL * len(weights))) :] if len(weights) else weights
    if len(tail) < 2:
        return Level(np.zeros(weights.shape[1]), np.zeros(weights.shape[1]), False)
    mean = tail.mean(axis=0)
    time = np.linspace(-0.5, 0.5, len(tail))[:, None]
    change = (time * (tail - mean)).sum(axis=0) / (time**2).sum()
    about_trend = (tail - mean - change * time).std(axis=0)
    is_level = np.abs(change) <= np.maximum(CLOSE * mean, NOISE_SDS * about_trend)
    return Level(mean, tail.std(axis=0), bool(is_level.all()))


def below(state: FloatArray, floor: float) -> npt.NDArray[np.bool_]:
    """Return at which samples some share lies below the floor, shape (N,)."""
    return np.asarray((state < floor - ROUNDING).any(axis=-1))


def first(holds: npt.NDArray[np.bool_], begin: int) -> int | None:
    """Return the first sample from `begin` on at which something holds; None where it never does."""
    found = np.flatnonzero(holds[begin:])
    return begin + int(found[0]) if found.size else None


def stays_from(within: npt.NDArray[np.bool_], begin: int) -> int | None:
    """Return the first sample from `begin` on after which every weight stays within; None where none does."""
    outside = np.flatnonzero(~within[begin:].all(axis=-1))
    index = begin + (int(outside[-1]) + 1 if outside.size else 0)
    return index if index < len(within) else None


def arrival(distance: FloatArray, tolerance: FloatArray, begin: int) -> int | None:
    """Return the first sample within tolerance after the last that lies far out of it.

    On a smooth approach that is the first sample to stay within; a lone gust of noise does not undo it.
    """
    far = np.flatnonzero((distance[begin:] > LEFT * tolerance).any(axis=-1))
    start = begin + (int(far[-1]) + 1 if far.size else 0)
    return first(np.asarray((distance <= tolerance).all(axis=-1)), start)


def first_movement(state: FloatArray) -> int:
    """Return the first sample whose shares have left 1/K, or the number of samples."""
    moved = np.abs(state - 1.0 / state.shape[1]).max(axis=1) > ROUNDING
    return int(moved.argmax()) if moved.any() else len(state)
