import math

import numpy as np
import pytest

from gaba_core.runs import diagnose
from gaba_core.runs.diagnosis.model import MAD_FLOOR, NORMAL, robust_score
from tests.model_cases import falling, judged, noise, run_with
from tests.run_cases import errors, simulated, with_errors

OTHERS = range(20)

# How far from its siblings.


def test_agreeing_siblings_do_not_make_a_small_difference_an_outlier():
    assert robust_score(7.94, [7.07, 7.07, 7.07, 7.07]).z == pytest.approx(0.87 / (NORMAL * MAD_FLOOR * 7.07))
    assert robust_score(7.94, [7.07, 7.07, 7.07, 7.07]).z < 3.5
    assert robust_score(14.2, [7.07, 7.07, math.nan, math.nan]) is None


def test_scattered_siblings_are_measured_by_their_own_scatter():
    assert robust_score(10.0, [5.0, 7.0, 9.0]).z == pytest.approx(3.0 / (NORMAL * 2.0))


def test_an_unusually_good_run_is_no_outlier():
    runs = [with_errors(errors(best, 30, 60)) for best in (5.0, 10.0, 10.1, 10.2)]
    found = diagnose(runs[0], runs)
    assert found.model.code == "unusually-good"
    assert "unusually-good" not in [finding.code for finding in found.findings]  # it is said once
    assert diagnose(runs[1], runs).model.code == "settled"


@pytest.mark.parametrize("seed", OTHERS)
def test_the_sibling_whose_score_is_far_lower_is_the_outlier(seed):
    rng = np.random.default_rng(seed)
    best = rng.uniform(0.6, 0.9)
    tops = [best * (0.5 if i == 0 else rng.uniform(0.98, 1.02)) for i in range(5)]
    runs = [
        run_with(val_miou=top * (1.0 - np.exp(-np.arange(60) / 8.0)) * noise(rng, 60, 0.005)) for top in tops
    ]
    codes = [diagnose(run, runs).model.code for run in runs]
    assert codes[0] == "outlier"
    assert "outlier" not in codes[1:]


# How it went.


def test_the_model_is_judged_by_its_own_error_alone():
    good = errors(10.0, 30, 60)
    assert diagnose(with_errors(good)).model.code == "settled"
    assert diagnose(with_errors(errors(10.0, 59, 60))).model.code == "improving"
    assert diagnose(with_errors(np.append(good, [11.0] * 9))).model.code == "past-best"
    assert diagnose(simulated()).model.code == "unknown"


def test_an_error_that_is_lost_to_the_end_has_diverged_and_says_when():
    lost = diagnose(with_errors(np.append(errors(10.0, 30, 50), [math.nan] * 10)))
    assert lost.model.code == "diverged"
    assert "epoch 50" in lost.model.sentence
    assert lost.summary.startswith("The balancer is innocent")


@pytest.mark.parametrize("seed", OTHERS)
def test_a_loss_that_rises_beyond_its_first_value_in_training_too_has_diverged(seed):
    rng = np.random.default_rng(seed)
    size = int(rng.integers(30, 120))
    at = int(rng.integers(10, size - 8))
    blown = np.where(np.arange(size) < at, 1.0 - 0.5 * np.arange(size) / at, rng.uniform(2.0, 50.0))
    both = {"val_loss": blown * noise(rng, size, 0.05), "train_loss": blown * noise(rng, size, 0.05)}
    assert judged(**both).code == "diverged"
    alone = both | {"train_loss": falling(rng, size)}
    assert judged(**alone).code == "overfitting"


@pytest.mark.parametrize("seed", OTHERS)
def test_validation_that_worsens_while_training_improves_overfits(seed):
    rng = np.random.default_rng(seed)
    size, turn, rise = int(rng.integers(25, 200)), rng.uniform(0.2, 0.7), rng.uniform(0.5, 5.0)
    share = np.arange(size) / size
    course = 0.5 + np.where(share < turn, turn - share, rise * (share - turn))
    found = judged(val_loss=course + 0.02 * rng.standard_normal(size), train_loss=falling(rng, size, 0.03))
    assert found.code == "overfitting"


@pytest.mark.parametrize("scale", [0.01, 0.02, 0.03, 0.05, 0.1])
@pytest.mark.parametrize("size", [20, 100])
def test_a_flat_noisy_loss_is_past_its_best_in_at_most_5_of_100(scale, size):
    rng = np.random.default_rng(100)
    codes = [judged(val_loss=noise(rng, size, scale)).code for _ in range(100)]
    assert codes.count("past-best") <= 5
    assert codes.count("diverged") == 0


SHORT = {"train_loss": [1.0, 0.5, 0.2, 0.1, 0.05], "val_loss": [1.0, 0.2, 0.7, 0.7, 0.7]}


def test_five_records_of_which_the_last_three_agree_that_it_is_worse_overfit():
    found = judged(**{name: np.array(column) for name, column in SHORT.items()})
    assert (found.code, found.evidence["best_epoch"], found.evidence["end"]) == ("overfitting", 1.0, 0.7)
    assert judged(val_loss=np.array(SHORT["val_loss"])).code == "past-best"


@pytest.mark.parametrize("seed", OTHERS)
def test_a_short_run_that_turned_is_past_its_best(seed):
    rng = np.random.default_rng(seed)
    size, rise = int(rng.integers(5, 10)), rng.uniform(1.6, 8.0)
    turn = int(rng.integers(0, size - 3))
    val = np.where(np.arange(size) <= turn, 1.0 - 0.5 * np.arange(size) / max(1, turn), 0.5 * rise)
    val = val * noise(rng, size, 0.005)
    assert judged(val_loss=val, train_loss=falling(rng, size, 0.01)).code == "overfitting"


@pytest.mark.parametrize("size", [5, 6, 7, 8, 9])
@pytest.mark.parametrize("scale", [0.02, 0.1, 0.3])
def test_a_short_flat_noisy_loss_is_past_its_best_in_at_most_5_of_100(size, scale):
    rng = np.random.default_rng(100)
    codes = [judged(val_loss=noise(rng, size, scale)).code for _ in range(200)]
    assert codes.count("past-best") <= 10


def test_one_unlucky_last_record_decides_nothing():
    rng, codes = np.random.default_rng(7), []
    for _ in range(60):
        size, scale = int(rng.integers(12, 200)), rng.uniform(0.0, 0.03)
        last = rng.uniform(1.2, 3.0)
        codes.append(judged(val_loss=np.append(noise(rng, size, scale), last)).code)
    assert codes.count("settled") >= 57


def test_a_loss_near_zero_is_judged_on_its_own_scale():
    rng, codes = np.random.default_rng(7), []
    for _ in range(60):
        size, least = int(rng.integers(150, 400)), 10.0 ** rng.uniform(-9.0, -5.0)
        loss = 1.1 * np.exp(-np.arange(size) / 5.0) + least * np.exp(rng.standard_normal(size))
        codes.append(judged(loss=loss).code)
    assert codes.count("settled") >= 57
    assert codes.count("diverged") == 0


@pytest.mark.parametrize("seed", OTHERS)
def test_a_loss_that_changes_its_sign_has_never_diverged(seed):
    rng = np.random.default_rng(seed)
    size = int(rng.integers(20, 100))
    loss = np.linspace(1.0, -rng.uniform(2.0, 20.0), size)
    loss[-6:] = rng.uniform(2.0, 90.0)
    assert judged(val_loss=loss, train_loss=loss).code == "past-best"
    assert judged(loss=loss).code == "past-best"


@pytest.mark.parametrize("seed", OTHERS)
def test_grokking_is_no_divergence(seed):
    rng = np.random.default_rng(seed)
    size = int(rng.integers(60, 300))
    share = np.arange(size) / size
    late = 1.0 + 2.0 * share / 0.7
    course = np.where(share < 0.7, late, 3.0 * np.exp(-(share - 0.7) * rng.uniform(15.0, 40.0)))
    found = judged(val_loss=course * noise(rng, size, 0.02), train_loss=falling(rng, size))
    assert found.code in ("improving", "settled")


@pytest.mark.parametrize("seed", OTHERS)
def test_a_loss_that_falls_to_the_end_is_improving_and_one_at_rest_has_settled(seed):
    rng = np.random.default_rng(seed)
    size = int(rng.integers(25, 200))
    assert judged(val_loss=falling(rng, size, 0.02)).code == "improving"
    rest = 0.2 + 2.0 * np.exp(-np.arange(size) / (size / 12.0))
    assert judged(val_loss=rest * noise(rng, size, 0.01)).code == "settled"


@pytest.mark.parametrize("count", [1, 2, 4])
def test_a_few_records_have_no_course(count):
    found = judged(val_loss=np.linspace(2.0, 1.0, count))
    assert found.code == "unknown"
    assert ("one value" if count == 1 else f"{count} values") in found.sentence


def test_a_loss_below_zero_is_judged_by_its_distance():
    shape = -10.0 + (1.0 - np.arange(40) / 20.0) ** 2
    assert judged(val_loss=shape).code == "past-best"
    blown = np.append(shape, [-1.0] * 9)
    assert judged(val_loss=blown, train_loss=blown).code == "diverged"


@pytest.mark.parametrize("code", ["settled", "improving", "past-best", "overfitting", "diverged"])
def test_every_verdict_names_its_metric_and_its_rule(code):
    rng = np.random.default_rng(0)
    size, train = 60, falling(rng, 60)
    course = {
        "settled": np.ones(size),
        "improving": train,
        "past-best": np.linspace(1.0, 2.0, size),
        "overfitting": np.linspace(1.0, 2.0, size),
        "diverged": np.append(np.linspace(2.0, 1.0, 50), np.full(10, 9.0)),
    }[code]
    other = {"overfitting": {"train_loss": train}, "diverged": {"train_loss": course}}.get(code, {})
    found = judged(val_rmse=course, **other)
    assert found.code == code
    assert "val_rmse" in found.sentence
    assert found.rule.endswith(".")
    assert found.evidence["metric"] == "val_rmse"
