"""Quantiles over runs: those of NumPy where runs share their records, else of those that are there."""

import numpy as np
import pytest

from gaba_core.runs.ensemble import quantiles, quantiles_of, spread

LEVELS = (0.95, 0.5, 0.05)


def test_they_are_numpys_with_gaps_left_out():
    table = np.random.default_rng(0).standard_normal((41, 30))
    table[np.random.default_rng(1).random(table.shape) < 0.3] = np.nan
    table[0, 3], table[:, 7] = np.inf, np.nan
    finite = np.where(np.isfinite(table), table, np.nan)
    found, count = quantiles_of(table, LEVELS)
    there = count > 0
    np.testing.assert_array_equal(there, np.arange(30) != 7)
    np.testing.assert_allclose(found[:, there], np.nanquantile(finite[:, there], LEVELS, axis=0))
    np.testing.assert_array_equal(count, np.isfinite(finite).sum(axis=0))
    assert np.isnan(found[:, 7]).all()


def test_a_run_counts_between_its_first_and_its_last_record():
    lines = [(np.arange(n), np.full(n, float(n))) for n in (3, 5, 9)]
    found = quantiles(lines, (0.5,))
    np.testing.assert_array_equal(found.x, np.arange(9))
    np.testing.assert_array_equal(found.count, [3, 3, 3, 2, 2, 1, 1, 1, 1])
    np.testing.assert_array_equal(found.values[0], [5, 5, 5, 7, 7, 9, 9, 9, 9])


def test_places_are_thinned_evenly_and_hold_both_ends():
    rng = np.random.default_rng(2)
    lines = [(np.sort(rng.random(500)), np.ones(500)) for _ in range(20)]
    found = quantiles(lines, (0.5,), places=100)
    every = np.sort(np.concatenate([x for x, _ in lines]))
    assert found.x.size == 100
    assert (found.x[0], found.x[-1]) == (every[0], every[-1])


def test_nothing_has_no_quantiles():
    assert quantiles([], LEVELS).values.shape == (3, 0)


def test_a_mean_of_very_many_lines_holds_no_table_without_bound(monkeypatch):
    monkeypatch.setattr("gaba_core.runs.ensemble.MOST_CELLS", 1000)
    rng = np.random.default_rng(3)
    found = spread([(np.sort(rng.random(50)), np.full(50, 2.0)) for _ in range(20)])
    assert found.x.size <= 50
    assert found.mean == pytest.approx(2.0)
