"""The bounds of floor_renormalise put to the test on random points of the simplex."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby
from typing import Literal, NamedTuple

import numpy as np

from gaba_core.checks import FloatArray, IntArray, check_whole
from gaba_core.errors import ParameterError
from gaba_core.parameters import check_floor, check_tasks
from gaba_core.projection import TOLERANCE, nominal_bounds, weight_bounds

DrawKind = Literal["uniform", "adversarial"]
Draw = tuple[FloatArray, IntArray]  # exponentials (draws, K); the task starved in each draw, or none at all
BLOCK = 1 << 17  # random numbers looked at together
PUSHED = 1e-6  # value of the weight that an adversarial draw starves

_LAST: deque[tuple[BoundsQuestion, Draw]] = deque(maxlen=2)


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
    alike: dict[BoundsQuestion, list[BoundsQuestion]] = {}
    for one in dict.fromkeys(asked):
        alike.setdefault(one.drawn, []).append(one)
    threads = os.cpu_count() or 1
    with ThreadPoolExecutor(threads) as pool:  # NumPy frees the interpreter's lock
        jobs = [
            (some, pool.submit(_checked, some, draw))
            for drawn, draw in _draws(alike)
            for some in (alike[drawn][i::threads] for i in range(min(threads, len(alike[drawn]))))
        ]
    found = {one: check for some, job in jobs for one, check in zip(some, job.result(), strict=True)}
    return [found[one] for one in asked]


def _legal(question: BoundsQuestion) -> BoundsQuestion:
    tasks = check_tasks(question.tasks)
    floor = check_floor(question.floor, tasks)
    draws = check_whole("draws", question.draws, 1)
    seed = check_whole("seed", question.seed, 0)
    if question.kind not in ("uniform", "adversarial"):
        raise ParameterError(f"kind must be uniform or adversarial; got {question.kind!r}.")
    return BoundsQuestion(tasks, floor, draws, seed, question.kind)


def _draws(wanted: Iterable[BoundsQuestion]) -> Iterator[tuple[BoundsQuestion, Draw]]:
    """Yield what is random about each; moving the floor draws nothing anew."""
    kept = dict(_LAST.copy())
    yield from ((one, kept[one]) for one in wanted if one in kept)
    missing = sorted((one for one in wanted if one not in kept), key=lambda one: (one.seed, one.numbers))
    for seed, sharing in groupby(missing, lambda one: one.seed):
        for fresh in _fresh(seed, list(sharing)):
            _LAST.append(fresh)
            yield fresh


def _fresh(seed: int, sharing: Sequence[BoundsQuestion]) -> Iterator[tuple[BoundsQuestion, Draw]]:
    """Yield the draws of one seed: what needs fewer numbers begins like what needs more."""
    numbers = np.empty(sharing[-1].numbers)
    stream, picking = np.random.default_rng(seed), np.random.default_rng(seed)
    have = 0
    for one in sharing:
        stream.standard_exponential(out=numbers[have : one.numbers])
        have = one.numbers
        picking.bit_generator.state = stream.bit_generator.state
        starved = picking.choice(one.tasks, size=one.draws if one.kind == "adversarial" else 0)
        yield one, (numbers[:have].reshape(-1, one.tasks), starved)


def _checked(questions: Sequence[BoundsQuestion], draw: Draw) -> list[BoundsCheck]:
    """Return the checks of questions that differ in the floor, a few draws at a time: they stay in cache."""
    numbers, starved = draw
    found = np.empty((len(questions), 3, len(numbers)))  # smallest and largest weight and sum of each draw
    block = max(1, BLOCK // numbers.shape[1])
    for start in range(0, len(numbers), block):
        part = slice(start, start + block)
        points, totals = _points(numbers[part], starved[part])
        for one, (minima, maxima, sums) in zip(questions, found, strict=True):
            weights = np.maximum(
                points, one.floor * totals
            )  # to floor_renormalise a point's scale is nothing
            weights /= _summed(weights)
            weights.min(axis=0, out=minima[part])
            weights.max(axis=0, out=maxima[part])
            sums[part] = _summed(weights)
    return [_counted(one, *of_draws) for one, of_draws in zip(questions, found, strict=True)]


def _points(numbers: FloatArray, starved: IntArray) -> tuple[FloatArray, FloatArray]:
    """Return K columns and their totals, (K, N) and (N,), from exponentials (N, K).

    Exponentials over their total are uniform on the simplex.
    """
    columns = np.array(numbers.T, order="C")
    if not starved.size:
        return columns, _summed(columns)
    flat = columns.reshape(-1)  # one index is many times faster than two
    at = starved * starved.size + np.arange(starved.size)
    taken = flat[at]
    flat[at] = 0.0
    rest = _summed(columns)
    flat[at] = pushed = PUSHED * (rest + taken)
    return columns, rest + pushed


def _counted(
    question: BoundsQuestion, minima: FloatArray, maxima: FloatArray, sums: FloatArray
) -> BoundsCheck:
    def violations(low: float, high: float) -> int:
        return int(np.count_nonzero((minima < low - TOLERANCE) | (maxima > high + TOLERANCE)))

    return BoundsCheck(
        tasks=question.tasks,
        floor=question.floor,
        draws=question.draws,
        nominal_violations=violations(*nominal_bounds(question.tasks, question.floor)),
        exact_violations=violations(*weight_bounds(question.tasks, question.floor)),
        smallest=float(minima.min()),
        largest=float(maxima.max()),
        sums_ok=bool(1.0 - sums.min() < TOLERANCE and sums.max() - 1.0 < TOLERANCE),
        minima=np.sort(minima),
    )


def _summed(columns: FloatArray) -> FloatArray:
    """Return the sum over the first axis, of few rows many times faster than NumPy's own."""
    total: FloatArray = columns[0] + columns[1]
    for column in columns[2:]:
        total += column
    return total
