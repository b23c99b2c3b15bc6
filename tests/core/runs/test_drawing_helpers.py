"""Thinning, the clock of epochs and steps, mean over runs, regimes of a recorded run."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tsdownsample import MinMaxLTTBDownsampler

from gaba_core.runs import (
    epochs_at,
    peak_keeping,
    read_run,
    record_steps,
    regimes_of,
    spread,
    steps_per_epoch,
)
from tests.run_logs import WARMUP, info, records, trace, write

LINES = st.lists(st.floats(-1e6, 1e6) | st.just(float("nan")), min_size=1, max_size=3000)


@settings(deadline=None, derandomize=True)
@given(LINES, st.integers(8, 400))
def test_thinning_keeps_peaks_ends_and_gaps(values, points):
    values = np.array(values)
    retained = peak_keeping(values, points)
    assert retained.size <= points or retained.size == values.size <= points
    assert (np.diff(retained) > 0).all()
    assert retained[0] == 0
    assert retained[-1] == values.size - 1
    drawn = values[retained]
    assert np.isnan(drawn).any() == np.isnan(values).any()
    if not np.isnan(values).all():
        assert np.nanmax(drawn) == np.nanmax(values)
        assert np.nanmin(drawn) == np.nanmin(values)


def test_a_short_line_is_kept_whole():
    assert peak_keeping(np.arange(8.0), 8).tolist() == list(range(8))


def test_a_single_spike_survives_in_a_million_points():
    values = np.zeros(1_000_000)
    values[654_321] = 1.0
    assert values[peak_keeping(values, 1000)].max() == 1.0


def test_opposite_peaks_side_by_side_all_survive_where_a_choice_by_area_drops_some():
    values = np.random.default_rng(0).normal(size=1_000_000)
    up = 20_000 * np.arange(50) + 7_000
    down = up + 300
    values[up], values[down] = 100.0, -100.0
    peaks = np.concatenate([up, down])
    assert np.isin(peaks, peak_keeping(values, 1000)).all()
    by_area = MinMaxLTTBDownsampler().downsample(values, n_out=1000)
    assert np.isin(peaks, by_area).sum() < 80


def test_the_record_of_an_epoch_stands_after_its_last_step(tmp_path):
    run = read_run(write(tmp_path, run=info()))
    assert steps_per_epoch(run) == 5
    assert record_steps(run).tolist() == [4, 9, 14, 19, 24, 29]
    assert epochs_at([4, 9, 0], 5).tolist() == pytest.approx([0, 1, -0.8])


def test_a_log_that_counts_its_steps_tells_the_length_of_an_epoch():
    log = [record | {"step": 7 * (e + 1) - 1} for e, record in enumerate(records())]
    run = read_run(json.dumps(log))
    assert steps_per_epoch(run) == 7
    assert record_steps(run).tolist() == [6, 13, 20, 27, 34, 41]


def test_a_log_without_steps_cannot_tell_them():
    run = read_run(json.dumps(records()))
    assert steps_per_epoch(run) is None
    assert record_steps(run) is None


def test_regimes_are_found_in_the_step_arrays(tmp_path):
    steps = trace(200)
    found = {r.name: r for r in regimes_of(read_run(write(tmp_path, run=info(), steps=steps)))}
    assert (found["warm-up"].start, found["warm-up"].end) == (0, WARMUP)
    clamped = int((steps["state"].min(axis=1) < 0.05).argmax())
    assert found["floor activation"].start == clamped
    assert found["equilibrium"].end is None


def test_regimes_are_found_in_the_records_where_the_steps_cannot_tell(tmp_path):
    spoiled, restarted = trace(60), trace(60)
    spoiled["weights"][5] = np.nan
    restarted["step"][30:] -= 30
    for name, steps, run in (
        ("no steps", None, info()),
        ("no floor", trace(60), None),
        ("gap", spoiled, info()),
        ("restart", restarted, info()),
    ):
        found = regimes_of(read_run(write(tmp_path / name, run=run, steps=steps)))
        assert {r.unit for r in found} == {"epoch"}, name
        assert {"warm-up", "rapid drift"} <= {r.name for r in found}, name


def test_the_mean_over_runs_stands_where_two_have_a_value():
    found = spread(
        [
            (np.array([0, 1, 2]), np.array([1.0, 2.0, 3.0])),
            (np.array([1, 2, 3]), np.array([4.0, np.nan, 5.0])),
        ]
    )
    assert found.x.tolist() == [1]
    assert found.mean.tolist() == [3.0]
    assert found.sd.tolist() == pytest.approx([np.std([2, 4], ddof=1)])


def test_of_a_repeated_epoch_the_last_value_counts():
    found = spread([(np.array([0, 0]), np.array([9.0, 1.0])), (np.array([0]), np.array([3.0]))])
    assert found.mean.tolist() == [2.0]


@pytest.mark.parametrize("lines", [[], [(np.array([0]), np.array([1.0]))]])
def test_one_run_or_none_has_no_spread(lines):
    assert spread(lines).x.size == 0
