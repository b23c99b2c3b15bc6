"""Two ways to put a floor under weights that sum to 1, and the bounds that each of them keeps."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, reduce
from typing import Any, Literal

import numpy as np

from gaba_core.checks import FloatArray, check_all_finite, check_array, check_whole
from gaba_core.errors import ParameterError
from gaba_core.parameters import check_floor, check_tasks

DrawKind = Literal["uniform", "adversarial"]
TOLERANCE = 1e-9  # a weight this far outside a bound counts as a violation
PUSHED = 1e-6  # value of the weight that an adversarial draw starves


def floor_renormalise(x: Any, floor: float) -> FloatArray:
    """Return max(x, floor) divided by its sum along the last axis (paper eq. 6).

    The sum is 1, yet a floored weight ends below the floor wherever the clamp added anything.

    Args:
        x: shape (..., K), finite.
        floor: 0 to 1/K, both included. With floor 0 and no positive entry the result is 1/K.

    Raises:
        ParameterError: x or floor is not legal.
    """
    points = check_array("x", x, "... K")
    check_all_finite("x", points)
    return clamp(points, check_floor(floor, points.shape[-1]))


def clamp(x: FloatArray, floor: float | FloatArray) -> FloatArray:
    """Return floor_renormalise(x, floor) without checking; floors (..., 1) give each point its own."""
    raised = np.maximum(x, floor)
    with np.errstate(over="ignore"):
        total = raised[..., :1].copy()
        for task in range(1, raised.shape[-1]):  # for few tasks many times faster than sum(axis=-1)
            total += raised[..., task : task + 1]
    if total.size and total.min() > 0.0 and total.max() < np.inf:
        raised /= total
        return raised
    largest = raised.max(axis=-1, keepdims=True)
    scaled = np.where(largest > 0.0, raised / np.where(largest > 0.0, largest, 1.0), 1.0)
    result: FloatArray = scaled / scaled.sum(axis=-1, keepdims=True)
    return result


def project_to_floored_simplex(x: Any, floor: float) -> FloatArray:
    """Return the Euclidean nearest point of {w : sum w = 1, w >= floor}.

    Unlike floor_renormalise it keeps the floor to the letter, and applying it twice changes nothing.

    Args:
        x: shape (..., K), finite.
        floor: 0 to 1/K, both included; 1/K leaves the single point 1/K.

    Raises:
        ParameterError: x or floor is not legal.

    Source: sorting algorithm of Duchi et al. (ICML 2008), applied to x - floor with mass 1 - K floor.
    """
    points = check_array("x", x, "... K")
    check_all_finite("x", points)
    return project(points, check_floor(floor, points.shape[-1]))


def project(points: FloatArray, floor: float | FloatArray) -> FloatArray:
    """Return project_to_floored_simplex without checking; floors (..., 1) give each point its own."""
    tasks = points.shape[-1]
    if tasks == 2:  # a segment: many times faster than sorting
        apart = points / 2.0 - points[..., ::-1] / 2.0
        near: FloatArray = np.maximum(np.minimum(apart + 0.5, 1.0 - np.asarray(floor)), floor)
        return near
    mass = np.maximum(0.0, 1.0 - tasks * np.asarray(floor))
    # Moving every entry by the same amount moves the threshold with it: counted from the largest entry,
    # numbers of any size neither cancel nor overflow, and what lies far below it ends at the floor anyway.
    below = np.maximum(points / 2.0 - points.max(axis=-1, keepdims=True) / 2.0, -1.0) * 2.0
    descending = -np.sort(-below, axis=-1)
    thresholds = (np.cumsum(descending, axis=-1) - mass) / np.arange(1, tasks + 1)
    support = np.maximum(np.count_nonzero(descending > thresholds, axis=-1, keepdims=True), 1)
    threshold = np.take_along_axis(thresholds, support - 1, axis=-1)
    result: FloatArray = np.maximum(below - threshold, 0.0) + floor
    return result


def weight_bounds(tasks: int = 2, floor: float = 0.05, reachable: bool = False) -> tuple[float, float]:
    """Return the smallest and largest weight that floor_renormalise can give.

    Args:
        tasks: K, at least 2.
        floor: 0 to 1/K.
        reachable: False for any point of the simplex; True for points the controller can reach, whose
            entries are at most 1/(K-1) (paper eq. 4).

    Raises:
        ParameterError: tasks or floor is not legal.
    """
    tasks = check_tasks(tasks)
    floor = check_floor(floor, tasks)
    others = tasks - 1
    if not reachable:
        return floor / (1.0 + others * floor), 1.0 / (1.0 + others * floor)
    return floor / (1.0 + floor), min(1.0 / others, 1.0 / (1.0 + others**2 * floor))


def nominal_bounds(tasks: int = 2, floor: float = 0.05) -> tuple[float, float]:
    """Return the bounds the paper states, floor and 1 - (K-1) floor; only the exact projection keeps them.

    Raises:
        ParameterError: tasks or floor is not legal.
    """
    tasks = check_tasks(tasks)
    floor = check_floor(floor, tasks)
    return floor, 1.0 - (tasks - 1) * floor


@dataclass(frozen=True, slots=True, eq=False)
class BoundsCheck:
    """What floor_renormalise did to many random points of the simplex.

    Attributes:
        nominal_violations: draws with a weight outside [floor, 1 - (K-1) floor].
        exact_violations: draws with a weight outside weight_bounds.
        smallest: smallest weight of all draws.
        largest: largest weight of all draws.
        sums_ok: True where every draw sums to 1.
        minima: smallest weight of each draw, shape (draws,).
    """

    tasks: int
    floor: float
    draws: int
    nominal_violations: int
    exact_violations: int
    smallest: float
    largest: float
    sums_ok: bool
    minima: FloatArray


def check_bounds(
    tasks: int = 2, floor: float = 0.05, draws: int = 100_000, seed: int = 0, kind: DrawKind = "uniform"
) -> BoundsCheck:
    """Return how often floor_renormalise leaves the nominal and the exact bounds, by Monte Carlo.

    Args:
        tasks: K, at least 2.
        floor: 0 to 1/K.
        draws: how many points.
        seed: of the random generator.
        kind: "uniform" on the simplex, or "adversarial": one weight of each draw, picked at random, is
            then pushed to a millionth.

    Raises:
        ParameterError: an argument is not legal.
    """
    tasks = check_tasks(tasks)
    floor = check_floor(floor, tasks)
    draws = check_whole("draws", draws, 1)
    seed = check_whole("seed", seed, 0)
    if kind not in ("uniform", "adversarial"):
        raise ParameterError(f"kind must be uniform or adversarial; got {kind!r}.")
    weights = clamp(_draw(tasks, draws, seed, kind), floor)
    columns = [weights[:, task] for task in range(tasks)]  # many times faster than along the last axis
    minima, maxima = reduce(np.minimum, columns), reduce(np.maximum, columns)

    def violations(low: float, high: float) -> int:
        return int(np.count_nonzero((minima < low - TOLERANCE) | (maxima > high + TOLERANCE)))

    return BoundsCheck(
        tasks=tasks,
        floor=floor,
        draws=draws,
        nominal_violations=violations(*nominal_bounds(tasks, floor)),
        exact_violations=violations(*weight_bounds(tasks, floor)),
        smallest=float(minima.min()),
        largest=float(maxima.max()),
        sums_ok=bool(np.abs(reduce(np.add, columns) - 1.0).max() < TOLERANCE),
        minima=minima,
    )


@lru_cache(maxsize=2)  # moving the floor draws nothing anew
def _draw(tasks: int, draws: int, seed: int, kind: DrawKind) -> FloatArray:
    generator = np.random.default_rng(seed)
    points = generator.dirichlet(np.ones(tasks), size=draws)
    if kind == "adversarial":
        starved = generator.choice(tasks, size=draws)
        points[np.arange(draws), starved] = PUSHED
        points /= points.sum(axis=-1, keepdims=True)
    points.flags.writeable = False
    return points
