"""The bounds of floor_renormalise on random points: honest counts, and nothing drawn twice."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from inputs import floor_of, parts_of_floor, tasks

from gaba_core import ParameterError, bounds_check, check_bounds
from gaba_core.bounds_check import BoundsQuestion, check_many

COUNTED = ("nominal_violations", "exact_violations", "smallest", "largest", "sums_ok")


@pytest.fixture
def drawn(monkeypatch):
    """How many numbers the random generators give from now on; nothing is kept from before."""
    bounds_check._DRAWN.clear()
    made, generator = [], np.random.default_rng

    class Counted:
        def __init__(self, seed):
            self.inner = generator(seed)
            self.bit_generator, self.choice = self.inner.bit_generator, self.inner.choice

        def standard_exponential(self, out):
            made.append(out.size)
            return self.inner.standard_exponential(out=out)

    monkeypatch.setattr(bounds_check.np.random, "default_rng", Counted)
    return made


def test_the_published_claim_fails_in_all_but_two_of_its_draws():
    check = check_bounds(kind="adversarial")
    assert check.nominal_violations == 99_998
    assert check.exact_violations == 0
    assert check.sums_ok
    assert check.smallest == pytest.approx(0.047619, abs=1e-6)
    assert check.largest == pytest.approx(0.952381, abs=1e-6)


@given(tasks, parts_of_floor, st.sampled_from(["uniform", "adversarial"]), st.integers(0, 9))
def test_the_exact_bounds_hold_in_every_draw(count, part, kind, seed):
    check = check_bounds(count, floor_of(part, count), draws=500, seed=seed, kind=kind)
    assert check.exact_violations == 0
    assert check.sums_ok
    assert check.minima.shape == (500,)
    assert check.minima.min() == check.smallest


def test_moving_the_floor_draws_nothing_anew(drawn):
    counts = {check_bounds(draws=1000, floor=floor).nominal_violations for floor in (0.0, 0.1, 0.2, 0.3)}
    assert len(counts) > 1
    assert drawn == [2000]


@given(tasks, st.integers(1, 500), st.integers(0, 99), st.sampled_from(["uniform", "adversarial"]))
def test_the_draws_are_those_of_the_reference_program(count, draws, seed, kind):
    bounds_check._DRAWN.clear()
    check = check_bounds(count, 0.0, draws, seed, kind)
    generator = np.random.default_rng(seed)
    points = generator.dirichlet(np.ones(count), size=draws)
    if kind == "adversarial":
        points[np.arange(draws), generator.choice(count, size=draws)] = 1e-6
        points /= points.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(check.minima, points.min(axis=1), rtol=1e-14)


def questions():
    kinds = st.sampled_from(["uniform", "adversarial"])
    asked = st.builds(
        BoundsQuestion, tasks, st.floats(0.0, 0.05), st.integers(1, 300), st.integers(0, 1), kinds, st.none()
    )
    return st.lists(asked, max_size=6)


@given(questions())
def test_checks_made_together_are_the_checks_made_alone(asked):
    bounds_check._DRAWN.clear()
    batched = check_many(asked)
    for question, found in zip(asked, batched, strict=True):
        bounds_check._DRAWN.clear()
        alone = check_many([question])[0]
        np.testing.assert_array_equal(found.minima, alone.minima)
        assert [getattr(found, name) for name in COUNTED] == [getattr(alone, name) for name in COUNTED]


def test_no_random_number_of_a_seed_is_drawn_twice(drawn):
    check_many([BoundsQuestion(count, draws=100) for count in (5, 3, 4)])
    assert drawn == [300, 100, 100]


@given(
    tasks,
    parts_of_floor,
    st.floats(1e-4, 0.2),
    st.floats(1e-4, 0.2),
    st.sampled_from([7, bounds_check.BLOCK]),
)
def test_a_histogram_counts_the_smallest_weights_by_even_bins(count, part, below, above, block):
    floor = floor_of(part, count)
    window = floor - below, floor + above
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bounds_check, "BLOCK", block)
        asked = BoundsQuestion(count, floor, 200, 3, "adversarial")
        each, counted = check_many([asked, asked._replace(window=window)])
    steps = [np.linspace(*ends, bounds_check.BINS + 1) for ends in ((window[0], floor), (floor, window[1]))]
    edges = np.concatenate([steps[0], steps[1][1:]]) - 1e-9
    assert abs(np.diff(np.searchsorted(np.sort(each.minima), edges)) - counted.counts).sum() <= 2
    assert counted.counts[: bounds_check.BINS].sum() == np.sum(
        (each.minima >= edges[0]) & (each.minima < floor - 1e-9)
    )
    assert counted.minima.size == each.counts.size == 0
    assert [getattr(each, name) for name in COUNTED] == [getattr(counted, name) for name in COUNTED]


def test_a_violation_is_counted_where_there_is_one():
    assert check_bounds(draws=1000).nominal_violations > 0
    assert check_bounds(draws=1000, floor=0.0).nominal_violations == 0


@pytest.mark.parametrize(
    ("smallest", "largest", "broken"),
    [(0.05, 0.95, 0), (0.049, 0.95, 1), (0.05, 0.951, 1), (0.049, 0.951, 1), (0.05 - 1e-13, 0.95 + 1e-13, 0)],
)
def test_a_weight_beyond_either_bound_is_a_violation_and_rounding_is_none(smallest, largest, broken):
    tally = bounds_check._Tally(BoundsQuestion(3, 0.05, 1, 42, "uniform", None))
    tally.bounds[0] = (0.05, 0.95)
    tally.add(np.array([[smallest], [0.5], [largest]]), slice(0, 1))
    assert tally.violations[0] == broken


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"draws": 0}, "draws must be a whole number of at least 1; got 0"),
        ({"seed": -1}, "seed must be a whole number of at least 0; got -1"),
        ({"kind": "nasty"}, "kind must be uniform or adversarial; got 'nasty'"),
        ({"tasks": 1}, "tasks must be a whole number of at least 2; got 1"),
        ({"tasks": 3, "floor": 0.4}, "floor must lie in"),
    ],
)
def test_bad_arguments_of_the_check_are_named(arguments, message):
    with pytest.raises(ParameterError, match=message):
        check_bounds(**arguments)
