"""Last value, value at the best epoch, and what they are less a baseline's."""

import json

import numpy as np

from gaba_core.runs import read_run
from gaba_core.runs.outcomes import Outcome, mean_outcome, outcome_of
from tests.run_logs import records


def test_the_last_value_is_the_last_that_is_there_and_the_best_epoch_is_the_runs_own():
    run = read_run(json.dumps(records()))  # RMSE is smallest at epoch 4 of 6
    assert outcome_of(run, run.metrics["rmse_last"]) == Outcome(10.0, 9.0)
    assert outcome_of(run, run.metrics["nasa"]) == Outcome(205.0, 204.0)
    gappy = np.array([1.0, 2.0, 3.0, 4.0, np.nan, np.nan])
    assert outcome_of(run, gappy) == Outcome(4.0, None)
    assert outcome_of(run, np.full(6, np.nan)) == Outcome(None, None)


def test_a_difference_needs_both_and_a_mean_takes_what_is_there():
    assert Outcome(5.0, 3.0).less(Outcome(4.0, None)) == Outcome(1.0, None)
    assert mean_outcome([Outcome(1.0, 2.0), Outcome(4.0, None)]) == Outcome(2.5, 2.0)
    assert mean_outcome([]) == Outcome(None, None)
