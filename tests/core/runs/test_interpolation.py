"""Runs on one axis: values between records, differences, means, seconds."""

import json

import numpy as np
import pytest

from gaba_core.runs import difference, read_run, record_seconds, seconds_at, spread, values_at
from tests.run_logs import info, records, write

LINE = (np.array([0.0, 1.0, 2.0, 3.0, 4.0]), np.array([0.0, 10.0, np.nan, 30.0, 40.0]))


def test_records_are_exact_and_between_two_of_them_the_line_is_straight():
    assert values_at([4.0, 0.0, 1.0, 3.25], LINE).tolist() == [40.0, 0.0, 10.0, 32.5]


def test_nothing_is_guessed_beside_a_gap_or_beyond_an_end():
    assert np.isnan(values_at([-0.1, 1.5, 2.0, 2.5, 4.1], LINE)).all()
    assert np.isnan(values_at([0.0, 1.0], (np.empty(0), np.empty(0)))).all()


def test_order_does_not_matter_and_the_last_of_a_repeated_place_counts():
    line = (np.array([2, 0, 2]), np.array([9.0, 1.0, 3.0]))
    assert values_at([0, 1, 2], line).tolist() == [1.0, 2.0, 3.0]


def test_a_line_minus_itself_is_nothing_and_minus_another_only_where_both_are():
    x, y = difference(LINE, LINE)
    assert np.array_equal(y, [0, 0, np.nan, 0, 0], equal_nan=True)
    x, y = difference((np.array([0.5, 3.5, 9.0]), np.array([6.0, 36.0, 1.0])), LINE)
    assert x.tolist() == [0.5, 3.5, 9.0]
    assert np.array_equal(y, [1.0, 1.0, np.nan], equal_nan=True)


def test_runs_that_are_never_recorded_at_the_same_time_have_a_mean():
    rising = (np.array([0.0, 2.0, 4.0]), np.array([0.0, 2.0, 4.0]))
    higher = (np.array([1.0, 3.0]), np.array([3.0, 5.0]))
    found = spread([rising, higher])
    assert found.x.tolist() == [1.0, 2.0, 3.0]
    assert found.mean.tolist() == [2.0, 3.0, 4.0]
    assert found.sd.tolist() == pytest.approx([np.sqrt(2.0)] * 3)
    assert found.count.tolist() == [2, 2, 2]


def timed(every, **more):
    log = [record | {"seconds": s} for record, s in zip(records(len(every)), every, strict=True)]
    return read_run(json.dumps({"history": log} | info(**more)))


def test_seconds_of_an_epoch_add_up():
    assert record_seconds(timed([2.0, 1.0, 3.0], seconds=6.0)).tolist() == [2.0, 3.0, 6.0]
    assert record_seconds(timed([1.0, 1.1, 1.2, 1.3])).tolist() == pytest.approx([1.0, 2.1, 3.3, 4.6])


def test_seconds_since_the_start_stay_as_they_are():
    assert record_seconds(timed([2.0, 3.0, 6.0], seconds=6.2)).tolist() == [2.0, 3.0, 6.0]
    assert record_seconds(timed([2.0, 4.1, 6.0, 7.9])).tolist() == [2.0, 4.1, 6.0, 7.9]


@pytest.mark.parametrize("seconds", [[1.0, None, 2.0], [1.0, -1.0, 2.0]])
def test_a_gap_in_the_seconds_is_not_bridged(seconds):
    assert record_seconds(timed(seconds)) is None
    assert seconds_at(timed(seconds), [1]) is None


def test_a_log_without_seconds_cannot_tell_them(tmp_path):
    assert record_seconds(read_run(write(tmp_path, run=info()))) is None


def test_a_step_stands_between_the_records_around_it():
    run = timed([2.0, 1.0, 1.0])  # five steps an epoch: 4, 9, 14 are the last of each
    assert seconds_at(run, [-1, 4, 9, 14]).tolist() == [0.0, 2.0, 3.0, 4.0]
    assert seconds_at(run, [1.5]).tolist() == [1.0]
