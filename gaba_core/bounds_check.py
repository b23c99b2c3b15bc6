"""The bounds of floor_renormalise put to the test on random points of the simplex."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby
from typing import Literal, NamedTuple

import numpy as np

from gaba_core.checks import FloatArray, IntArray, check_whole
from gaba_core.errors import ParameterError
from gaba_core.lru_cache import LruCache
from gaba_core.parameters import check_floor, check_tasks
from gaba_core.projection import TOLERANCE, nominal_bounds, weight_bounds

DrawKind = Literal["uniform", "adversarial"]
Draw = tuple[FloatArray, IntArray]  # exponentials (draws, K); the task starved in each draw, or none at all
BLOCK = 200_000  # random numbers to a block
BINS = 40  # of a histogram, on either side of the floor
PUSHED = 1e-6  # value of the weight that an adversarial draw starves

_DRAWN: LruCache[BoundsQuestion, Draw] = LruCache(128 * 2**20, entries=2, keeps_newest=True)


class BoundsQuestion(NamedTuple):
    """The arguments of `check_bounds`; or, with the ends of a histogram, a question for that instead."""

    tasks: int = 2
    floor: float = 0.05
    draws: int = 100_000
    seed: int = 0
    kind: DrawKind = "uniform"
    window: tuple[float, float] | None = None

    @property
    def numbers(self) -> int:
        """Random numbers that its draws take, those that pick what is starved apart."""
        return self.tasks * self.draws

    @property
    def drawn(self) -> BoundsQuestion:
        """What its draws depend on: not the floor, nor what is counted."""
        return self._replace(floor=0.0, window=None)


@dataclass(frozen=True, slots=True, eq=False)
class BoundsCheck:
    """What floor_renormalise did to many random points of the simplex.

    Attributes:
        nominal_violations: draws with a weight outside [floor, 1 - (K-1) floor].
        exact_violations: draws with a weight outside weight_bounds.
        smallest: smallest weight of all draws.
        largest: largest weight of all draws.
        sums_ok: True where every draw sums to 1.
        minima: smallest weight of each draw, shape (draws,); none where a histogram was asked for.
        counts: that histogram, smallest weights by BINS even bins below the floor and as many above, shape
            (2 BINS,). What lies on the floor counts above it.
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
    counts: IntArray


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
    return BoundsQuestion(tasks, floor, draws, seed, question.kind, question.window)


def _draws(wanted: Collection[BoundsQuestion]) -> Iterator[tuple[BoundsQuestion, Draw]]:
    """Yield what is random about each; moving the floor draws nothing anew."""
    drawn = ((one, _DRAWN.get(one)) for one in wanted)
    known = {one: draw for one, draw in drawn if draw is not None}
    yield from ((one, known[one]) for one in wanted if one in known)
    missing = sorted((one for one in wanted if one not in known), key=lambda one: (one.seed, one.numbers))
    for seed, sharing in groupby(missing, lambda one: one.seed):
        for fresh in _fresh(seed, list(sharing)):
            _DRAWN.put(*fresh)
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
    """Return the checks of questions that differ in the floor, a few draws at a time."""
    numbers, starved = draw
    draws, tasks = numbers.shape
    tallies = [_Tally(one) for one in questions]
    block = min(draws, max(1, BLOCK // tasks))
    memory = np.empty((tasks, block))  # new memory comes several times slower than what was used before
    for start in range(0, draws, block):
        part = slice(start, start + block)
        points, totals = _points(numbers[part], starved[part])
        weights = memory[:, : totals.size]
        for tally in tallies:
            np.maximum(points, tally.question.floor * totals, out=weights)  # a point's scale is nothing to it
            weights /= _summed(weights)
            tally.add(weights, part)
    return [tally.check() for tally in tallies]


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


class _Tally:
    """What floor_renormalise has done so far to the draws of a question."""

    def __init__(self, question: BoundsQuestion) -> None:
        self.question = question
        self.bounds = [f(question.tasks, question.floor) for f in (nominal_bounds, weight_bounds)]
        self.violations = [0, 0]
        self.smallest, self.largest, self.off = 1.0, 0.0, 0.0  # weights, and distance of a sum from 1
        self.minima = np.empty(0 if question.window else question.draws)
        self.counts = np.zeros(2 * BINS if question.window else 0, dtype=np.int64)

    def add(self, weights: FloatArray, part: slice) -> None:
        """Take in the weights (K, N) of one part of the draws."""
        minima, maxima, sums = weights.min(axis=0), weights.max(axis=0), _summed(weights)
        for i, (low, high) in enumerate(self.bounds):
            outside = (minima < low - TOLERANCE) | (maxima > high + TOLERANCE)
            self.violations[i] += int(np.count_nonzero(outside))
        self.smallest, self.largest = min(self.smallest, minima.min()), max(self.largest, maxima.max())
        self.off = max(self.off, 1.0 - sums.min(), sums.max() - 1.0)
        if self.question.window is None:
            self.minima[part] = minima
        else:
            self.counts += _histogram(minima, self.question.floor, *self.question.window)

    def check(self) -> BoundsCheck:
        """Return it all, once every draw was taken in."""
        return BoundsCheck(
            tasks=self.question.tasks,
            floor=self.question.floor,
            draws=self.question.draws,
            nominal_violations=self.violations[0],
            exact_violations=self.violations[1],
            smallest=float(self.smallest),
            largest=float(self.largest),
            sums_ok=bool(self.off < TOLERANCE),
            minima=self.minima,
            counts=self.counts,
        )


def _histogram(minima: FloatArray, floor: float, left: float, right: float) -> IntArray:
    """Return how many lie in each bin; even bins need no sorting, as np.histogram does for any others."""
    shifted = minima + (TOLERANCE - floor)
    bins = np.where(shifted < 0.0, BINS / (floor - left), BINS / (right - floor))
    bins *= shifted
    np.floor(bins, out=bins)
    np.clip(bins, -BINS - 1.0, BINS, out=bins)
    places = (bins + (BINS + 1.0)).astype(np.int64)
    return np.bincount(places, minlength=2 * BINS + 2)[1:-1]


def _summed(columns: FloatArray) -> FloatArray:
    """Return the sum over the first axis, of few rows many times faster than NumPy's own."""
    total: FloatArray = columns[0] + columns[1]
    for column in columns[2:]:
        total += column
    return total
