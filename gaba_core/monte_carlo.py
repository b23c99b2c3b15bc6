"""The bounds of floor_renormalise put to the test on random points of the simplex."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from gaba_core.array_cache import ArrayCache
from gaba_core.checks import FloatArray, check_whole
from gaba_core.errors import ParameterError
from gaba_core.parameters import check_floor, check_tasks
from gaba_core.projection import TOLERANCE, nominal_bounds, weight_bounds

DrawKind = Literal["uniform", "adversarial"]
PUSHED = 1e-6  # value of the weight that an adversarial draw starves

_DRAWN = ArrayCache(96 * 2**20, entries=2)  # moving the floor draws nothing anew


class BoundsQuestion(NamedTuple):
    """The arguments of `check_bounds`."""

    tasks: int = 2
    floor: float = 0.05
    draws: int = 100_000
    seed: int = 0
    kind: DrawKind = "uniform"

    @property
    def numbers(self) -> int:
        """Random numbers that its draws take, those that pick what is starved apart."""
        return self.tasks * self.draws

    @property
    def drawn(self) -> BoundsQuestion:
        """What its draws depend on: everything but the floor."""
        return self._replace(floor=0.0)


@dataclass(frozen=True, slots=True, eq=False)
class BoundsCheck:
    """What floor_renormalise did to many random points of the simplex.

    Attributes:
        nominal_violations: draws with a weight outside [floor, 1 - (K-1) floor].
        exact_violations: draws with a weight outside weight_bounds.
        smallest: smallest weight of all draws.
        largest: largest weight of all draws.
        sums_ok: True where every draw sums to 1.
        minima: smallest weight of each draw, ascending, shape (draws,).
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
        seed: s; the points are those of default_rng(s).dirichlet(ones(K), draws).
        kind: "uniform" on the simplex, or "adversarial": one weight of each draw, picked by the same
            generator's choice(K, draws), is then pushed to a millionth.

    Raises:
        ParameterError: an argument is not legal.
    """
    return check_many([BoundsQuestion(tasks, floor, draws, seed, kind)])[0]


def check_many(questions: Sequence[BoundsQuestion]) -> list[BoundsCheck]:
    """Return one BoundsCheck for each question; of one seed no random number is drawn twice.

    Raises:
        ParameterError: an argument of one of them is not legal.
    """
    asked = [_legal(question) for question in questions]
    points = _points_of(asked)
    with ThreadPoolExecutor(os.cpu_count()) as pool:  # NumPy frees the interpreter's lock
        return list(pool.map(lambda one: _checked(one, points[one.drawn]()), asked))


def _legal(question: BoundsQuestion) -> BoundsQuestion:
    tasks = check_tasks(question.tasks)
    floor = check_floor(question.floor, tasks)
    draws = check_whole("draws", question.draws, 1)
    seed = check_whole("seed", question.seed, 0)
    if question.kind not in ("uniform", "adversarial"):
        raise ParameterError(f"kind must be uniform or adversarial; got {question.kind!r}.")
    return BoundsQuestion(tasks, floor, draws, seed, question.kind)


def _points_of(asked: Sequence[BoundsQuestion]) -> dict[BoundsQuestion, Callable[[], FloatArray]]:
    """Return, for all that draws depend on, a function that places them: what is random is drawn by then."""
    wanted = sorted({one.drawn for one in asked}, key=lambda one: (one.seed, one.numbers))
    found: dict[BoundsQuestion, Callable[[], FloatArray]] = {}
    missing = []
    for one in wanted:
        kept = _DRAWN.peek(one)
        if kept is None:
            missing.append(one)
        else:
            found[one] = partial(np.asarray, kept)
    for one, numbers, starved in _random(missing):
        found[one] = partial(_DRAWN.get, one, partial(_placed, one.tasks, numbers, starved))
    return found


def _random(
    wanted: Sequence[BoundsQuestion],
) -> Iterator[tuple[BoundsQuestion, FloatArray, npt.NDArray[np.int64] | None]]:
    """Yield exponential numbers and the tasks starved; of one seed the fewer numbers begin the more."""
    for seed, group in groupby(wanted, key=lambda one: one.seed):
        sharing = list(group)
        numbers = np.empty(sharing[-1].numbers)
        stream, picking = np.random.default_rng(seed), np.random.default_rng(seed)
        have = 0
        for one in sharing:
            stream.standard_exponential(out=numbers[have : one.numbers])
            have = one.numbers
            starved = None
            if one.kind == "adversarial":
                picking.bit_generator.state = stream.bit_generator.state
                starved = picking.choice(one.tasks, size=one.draws)
            yield one, numbers[:have], starved


def _placed(tasks: int, numbers: FloatArray, starved: npt.NDArray[np.int64] | None) -> FloatArray:
    """Return the points, shape (K, draws): exponentials over their sum are uniform on the simplex."""
    points = np.array(numbers.reshape(-1, tasks).T, order="C")
    if starved is None:
        return np.divide(points, _summed(points), out=points)
    flat = points.reshape(-1)  # one index is many times faster than two
    at = starved * starved.size + np.arange(starved.size)
    taken = flat[at]
    flat[at] = 0.0
    rest = _summed(points)
    pushed = PUSHED * (rest + taken)
    rest += pushed
    points /= rest
    flat[at] = pushed / rest
    return points


def _checked(question: BoundsQuestion, points: FloatArray) -> BoundsCheck:
    tasks, floor = question.tasks, question.floor
    weights = np.maximum(points, floor)
    weights /= _summed(weights)
    minima, maxima = weights.min(axis=0), weights.max(axis=0)

    def violations(low: float, high: float) -> int:
        return int(np.count_nonzero((minima < low - TOLERANCE) | (maxima > high + TOLERANCE)))

    return BoundsCheck(
        tasks=tasks,
        floor=floor,
        draws=question.draws,
        nominal_violations=violations(*nominal_bounds(tasks, floor)),
        exact_violations=violations(*weight_bounds(tasks, floor)),
        smallest=float(minima.min()),
        largest=float(maxima.max()),
        sums_ok=bool(np.abs(_summed(weights) - 1.0).max() < TOLERANCE),
        minima=np.sort(minima),
    )


def _summed(columns: FloatArray) -> FloatArray:
    """Return the sum over the first axis, of few rows many times faster than NumPy's own."""
    total: FloatArray = columns[0].copy()
    for column in columns[1:]:
        total += column
    return total
