"""Smoothing: what stays, what is forgotten, what a gap does."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gaba_core.errors import ParameterError
from gaba_core.runs import smoothed
from gaba_core.runs.smoothing import running_mean

FACTORS = st.sampled_from([0.0, 0.1, 0.5, 0.9, 0.99])
LINES = st.lists(st.floats(-1e6, 1e6) | st.just(float("nan")), min_size=1, max_size=600)


def by_hand(values, factor):
    out, total, weight = [], 0.0, 0.0
    for value in values:
        if np.isfinite(value):
            total, weight = factor * total + (1 - factor) * value, factor * weight + (1 - factor)
        out.append(total / weight if np.isfinite(value) else np.nan)
    return out


@settings(deadline=None, derandomize=True)
@given(LINES, FACTORS)
def test_it_is_the_recursion_over_what_is_there(values, factor):
    np.testing.assert_allclose(
        smoothed(np.array(values), factor), by_hand(values, factor), rtol=1e-9, atol=1e-6
    )


@pytest.mark.parametrize("factor", [0.0, 0.5, 0.99])
@pytest.mark.parametrize("level", [0.0, -3.25, 1e300, 5e-324])
def test_a_constant_stays_what_it_is_from_the_first_record_on(level, factor):
    np.testing.assert_allclose(smoothed(np.full(700, level), factor), level, rtol=1e-12)


def test_a_gap_stays_a_gap_and_what_follows_is_as_if_it_were_not_there():
    line = np.array([1.0, 3.0, np.nan, np.nan, 2.0, 8.0])
    found = smoothed(line, 0.8)
    assert np.isnan(found).tolist() == np.isnan(line).tolist()
    np.testing.assert_array_equal(found[~np.isnan(line)], smoothed(line[~np.isnan(line)], 0.8))


def test_the_first_record_is_kept_and_not_drawn_towards_zero():
    assert smoothed(np.array([70.0, 20.0]), 0.9)[0] == pytest.approx(70.0)
    assert smoothed(np.array([70.0, 20.0]), 0.9)[1] == pytest.approx((0.9 * 70 + 20) / 1.9)


def test_the_largest_numbers_do_not_overflow():
    found = smoothed(np.array([1.7e308, 1.7e308, -1.7e308]), 0.5)
    assert found[1] == pytest.approx(1.7e308)
    assert np.isfinite(found).all()


def test_no_smoothing_returns_the_line_itself_and_a_line_of_gaps_stays_one():
    line = np.array([1.0, 2.0])
    assert smoothed(line, 0.0) is line
    assert np.isnan(smoothed(np.full(3, np.nan), 0.9)).all()


@pytest.mark.parametrize("factor", [-0.1, 1.0, float("nan")])
def test_a_factor_that_never_forgets_is_refused(factor):
    with pytest.raises(ParameterError, match=r"factor must be a number in \[0, 0\.99\]; got"):
        smoothed(np.zeros(2), factor)


def test_the_running_mean_is_cut_at_the_ends_and_passes_gaps():
    values = np.array([1.0, 2.0, np.nan, 6.0, 8.0])
    np.testing.assert_allclose(running_mean(values, 3), [1.5, 1.5, 4.0, 7.0, 7.0])
    np.testing.assert_allclose(running_mean(values, 2), [1.5, 2.0, 6.0, 7.0, 8.0])
    assert np.isnan(running_mean(np.full(3, np.nan), 2)).all()
