import math

import numpy as np
import pytest

from gaba_core.runs import diagnose
from gaba_core.runs.diagnosis.model import MAD_FLOOR, NORMAL, robust_score
from tests.run_cases import errors, simulated, with_errors


def codes_of(found):
    return {finding.code for finding in found.findings}


def test_agreeing_siblings_do_not_make_a_small_difference_an_outlier():
    assert robust_score(7.94, [7.07, 7.07, 7.07, 7.07]).z == pytest.approx(0.87 / (NORMAL * MAD_FLOOR * 7.07))
    assert robust_score(7.94, [7.07, 7.07, 7.07, 7.07]).z < 3.5
    assert robust_score(14.2, [7.07, 7.07, math.nan, math.nan]) is None


def test_scattered_siblings_are_measured_by_their_own_scatter():
    assert robust_score(10.0, [5.0, 7.0, 9.0]).z == pytest.approx(3.0 / (NORMAL * 2.0))


def test_the_model_is_judged_by_its_own_error_alone():
    good = errors(10.0, 30, 60)
    assert diagnose(with_errors(good)).model.code == "settled"
    assert diagnose(with_errors(errors(10.0, 59, 60))).model.code == "improving"
    assert diagnose(with_errors(np.append(good, [11.0] * 3))).model.code == "past-best"
    fell_apart = diagnose(with_errors(np.append(good, [90.0] * 10)))
    assert fell_apart.model.code == "diverged"
    assert fell_apart.summary.startswith("The balancer is innocent")
    assert diagnose(simulated()).model.code == "unknown"


def test_an_error_that_is_lost_to_the_end_has_diverged_and_says_when():
    found = diagnose(with_errors(np.append(errors(10.0, 30, 50), [math.nan] * 10))).model
    assert found.code == "diverged"
    assert "epoch 50" in found.sentence


def test_a_loss_below_zero_is_judged_by_its_distance():
    falling = -10.0 + (1.0 - np.arange(40) / 20.0) ** 2
    assert diagnose(with_errors(falling)).model.code == "past-best"
    assert diagnose(with_errors(falling - 5.0 * (np.arange(40) > 20))).model.code != "diverged"
    assert diagnose(with_errors(np.append(falling, [50.0] * 5))).model.code == "diverged"


def test_an_unusually_good_run_is_pointed_out_but_no_outlier():
    runs = [with_errors(errors(best, 30, 60)) for best in (5.0, 10.0, 10.1, 10.2)]
    found = diagnose(runs[0], runs)
    assert found.model.code == "settled"
    assert "unusually-good" in codes_of(found)
