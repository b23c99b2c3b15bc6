"""Floor + renormalise, the exact projection, and the bounds each of them keeps."""

import numpy as np
import pytest
from asserts import assert_follows_order, assert_inside_bounds, assert_on_simplex, assert_same
from hypothesis import given
from hypothesis import strategies as st
from inputs import (
    NOT_FINITE,
    NOT_NUMBERS,
    floor_of,
    parts_of_floor,
    points_and_floors,
    simplex_points_and_floors,
    tasks,
)

from gaba_core import (
    ParameterError,
    floor_renormalise,
    nominal_bounds,
    project_to_floored_simplex,
    weight_bounds,
)

BOTH = pytest.mark.parametrize("function", [floor_renormalise, project_to_floored_simplex])


@BOTH
@given(points_and_floors())
def test_any_point_lands_on_the_simplex(function, case):
    point, floor = case
    landed = function(point, floor)
    assert landed.shape == point.shape
    assert_on_simplex(landed)


@BOTH
@given(points_and_floors())
def test_reordering_the_tasks_reorders_where_a_point_lands(function, case):
    point, floor = case
    assert_follows_order(lambda x: function(x, floor), point)


@BOTH
@pytest.mark.parametrize(
    "point", [[1.7e308, 1.7e308], [-1.7e308, 1.7e308], [5e-324, 0.0], [0.0, 0.0], [-1.0, -2.0]]
)
@pytest.mark.parametrize("floor", [0.0, 0.05, 0.5])
def test_the_ends_of_the_float_range_are_no_exception(function, point, floor):
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        assert_on_simplex(function(point, floor))


@BOTH
def test_the_point_given_is_left_alone(function):
    point = np.array([0.01, 0.99])
    function(point, 0.05)
    assert point.tolist() == [0.01, 0.99]


@given(simplex_points_and_floors())
def test_floor_and_renormalise_stays_inside_the_exact_bounds(case):
    point, floor = case
    assert_inside_bounds(floor_renormalise(point, floor), floor)


@given(points_and_floors())
def test_the_projection_keeps_the_floor_to_the_letter(case):
    point, floor = case
    low, high = nominal_bounds(point.shape[-1], floor)
    landed = project_to_floored_simplex(point, floor)
    assert landed.min() >= low
    assert landed.max() <= high + 1e-12


@given(points_and_floors())
def test_projecting_twice_changes_nothing(case):
    point, floor = case
    once = project_to_floored_simplex(point, floor)
    assert_same(project_to_floored_simplex(once, floor), once)


@given(simplex_points_and_floors(), st.integers(0, 2**32 - 1))
def test_no_feasible_point_is_nearer_than_the_projection(case, seed):
    point, floor = case
    count = point.size
    landed = project_to_floored_simplex(point, floor)
    others = floor + (1.0 - count * floor) * np.random.default_rng(seed).dirichlet(np.ones(count), size=50)
    nearest = np.linalg.norm(landed - point)
    assert (np.linalg.norm(others - point, axis=-1) >= nearest - 1e-9).all()


@given(tasks, parts_of_floor)
def test_both_exact_bounds_are_attained_at_a_corner(count, part):
    floor = floor_of(part, count)
    low, high = weight_bounds(count, floor)
    landed = floor_renormalise(np.eye(count), floor)
    assert_same(landed.min(), low)
    assert_same(landed.max(), high)


@given(tasks, parts_of_floor)
def test_both_reachable_bounds_are_attained_by_raw_shares(count, part):
    floor = floor_of(part, count)
    low, high = weight_bounds(count, floor, reachable=True)
    most = 1.0 / (count - 1)
    starved = np.full(count, most)
    starved[0] = 0.0
    favoured = np.full(count, (1.0 - most) * most)
    favoured[0] = most
    assert_same(floor_renormalise(starved, floor)[0], low)
    assert_same(floor_renormalise(favoured, floor)[0], high)


def test_two_tasks_reach_every_point():
    assert weight_bounds(2, 0.05) == pytest.approx((0.047619, 0.952381), abs=1e-6)
    assert weight_bounds(2, 0.05, reachable=True) == pytest.approx(weight_bounds(2, 0.05))


def test_three_tasks_reach_less_than_the_simplex():
    assert weight_bounds(3, 0.05, reachable=True) == pytest.approx((0.047619, 0.5), abs=1e-6)
    assert weight_bounds(3, 0.3, reachable=True)[1] == pytest.approx(0.454545, abs=1e-6)


def test_the_worked_example_sinks_below_its_floor_only_when_renormalised():
    assert_same(floor_renormalise([0.002, 0.998], 0.05), [0.05 / 1.048, 0.998 / 1.048])
    assert_same(project_to_floored_simplex([0.002, 0.998], 0.05), [0.05, 0.95])


def test_a_floor_of_one_over_k_leaves_the_projection_one_point_but_not_the_clamp():
    assert_same(project_to_floored_simplex([0.002, 0.998], 0.5), [0.5, 0.5])
    assert_same(floor_renormalise([0.002, 0.998], 0.5), [0.5 / 1.498, 0.998 / 1.498])


@BOTH
@pytest.mark.parametrize("floor", [0.51, -0.01, float("nan"), *NOT_FINITE])
def test_an_impossible_floor_is_named(function, floor):
    with pytest.raises(ParameterError, match=r"floor must lie in \[0, 1/K\] = \[0, 0\.5\] for K = 2; got"):
        function([0.5, 0.5], floor)


@BOTH
@pytest.mark.parametrize("floor", NOT_NUMBERS)
def test_a_floor_that_is_no_number_is_named(function, floor):
    with pytest.raises(ParameterError, match="floor must be a number; got"):
        function([0.5, 0.5], floor)


@BOTH
@pytest.mark.parametrize("bad", NOT_FINITE)
def test_a_point_that_is_not_finite_is_named(function, bad):
    with pytest.raises(ParameterError, match=r"x must hold finite numbers only; got .* at index \(1, 0\)"):
        function([[0.5, 0.5], [bad, 0.5]], 0.05)


@BOTH
@pytest.mark.parametrize("point", [0.5, [0.5], "half", None])
def test_a_point_needs_two_tasks(function, point):
    with pytest.raises(ParameterError, match="x must"):
        function(point, 0.05)
