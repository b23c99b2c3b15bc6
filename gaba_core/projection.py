"""Two ways to put a floor under weights that sum to 1, and the bounds that each of them keeps."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from gaba_core.checks import FloatArray, check_all_finite, check_array
from gaba_core.parameters import check_floor, check_tasks

Number = TypeVar("Number", bound=np.floating[Any])
TOLERANCE = 1e-9  # a weight this far outside a bound counts as a violation


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
        total = total_of(raised)
    if total.size and total.min() > 0.0 and total.max() < np.inf:
        raised /= total
        return raised
    largest = raised.max(axis=-1, keepdims=True)
    scaled = np.where(largest > 0.0, raised / np.where(largest > 0.0, largest, 1.0), 1.0)
    result: FloatArray = scaled / scaled.sum(axis=-1, keepdims=True)
    return result


def total_of(values: npt.NDArray[Number]) -> npt.NDArray[Number]:
    """Return the sum along the last axis, which stays, of length 1; for few entries faster than `sum`."""
    total = values[..., :1].copy()
    for entry in range(1, values.shape[-1]):
        total += values[..., entry : entry + 1]
    return total


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
