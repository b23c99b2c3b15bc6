"""The verdict on conflict: its rule, its numbers, and 1,000 made runs whose truth is known."""

import numpy as np
import pytest
from gramian_cases import made_run

from gaba_core.aggregators import cosine_histogram, gradient_cosines, judge_conflict, magnitude_ratio
from gaba_core.errors import ParameterError


def steady(norms, cosine, steps=10):
    norms = np.asarray(norms, dtype=float)
    gramian = np.outer(norms, norms) * (cosine + (1.0 - cosine) * np.eye(len(norms)))
    return np.tile(gramian, (steps, 1, 1))


@pytest.mark.parametrize(
    ("ratio", "cosine", "code"),
    [
        (500.0, -0.11, "conflict"),
        (1.0, -0.11, "conflict"),
        (5.1, -0.01, "scale-only"),
        (500.0, 0.9, "scale-only"),
        (1.9, -0.01, "neither"),
        (1.0, 0.5, "neither"),
        (5.1, -0.03, "mixed"),
        (1.9, -0.09, "mixed"),
        (3.0, 0.2, "mixed"),
    ],
)
def test_the_code_follows_mean_cosine_and_ratio(ratio, cosine, code):
    found = judge_conflict(steady([ratio, 1.0], cosine))
    assert found.code == code
    assert (found.cosine, found.ratio) == (pytest.approx(cosine), pytest.approx(ratio))
    assert (found.opposed, found.steps) == ((0, 1), 10)


def test_the_worst_pair_decides_for_three_tasks():
    gramian = np.array([[0.25, 0.0, 0.0], [0.0, 1.0, -3.0], [0.0, -3.0, 100.0]])
    found = judge_conflict(gramian[None])
    assert (found.code, found.opposed, found.unequal) == ("conflict", (1, 2), (2, 0))
    assert (found.cosine, found.ratio) == (pytest.approx(-0.3), pytest.approx(20.0))


@pytest.mark.parametrize("tasks", [2, 3, 5])
def test_the_verdict_is_right_on_95_percent_of_1000_made_runs(tasks):
    rng = np.random.default_rng(tasks)
    runs = [made_run(rng, tasks) for _ in range(1000)]
    truths = [truth for _, truth in runs]
    assert min(truths.count(code) for code in ("conflict", "scale-only", "neither", "mixed")) > 30
    right = sum(judge_conflict(gramians).code == truth for gramians, truth in runs)
    assert right >= 950


def test_the_verdict_tells_how_its_pairs_scatter():
    gramians = np.concatenate([steady([2.0, 1.0], -0.3, 30), steady([8.0, 1.0], 0.5, 70)])
    found = judge_conflict(gramians)
    assert found.opposing == pytest.approx(0.3)
    assert found.cosines == pytest.approx((-0.3, 0.5))
    assert found.ratios == pytest.approx((2.0, 8.0))
    turned = judge_conflict(gramians[:, ::-1, ::-1])
    assert (turned.unequal, turned.ratios) == ((1, 0), pytest.approx((2.0, 8.0)))


def test_the_histogram_counts_each_pairs_steps_by_cosine():
    rng = np.random.default_rng(4)
    rows = rng.standard_normal((500, 3, 4))
    gramians = rows @ rows.swapaxes(1, 2)
    gramians[7], gramians[9, 2], gramians[9, :, 2] = np.nan, 0.0, 0.0
    edges, shares = cosine_histogram(gramians, 8)
    np.testing.assert_allclose(edges, np.linspace(-1.0, 1.0, 9))
    for i, j in ((0, 1), (0, 2), (2, 1)):
        cosines = gradient_cosines(gramians)[:, i, j]
        counts, _ = np.histogram(cosines[np.isfinite(cosines)], edges)
        assert counts.sum() == (499 if 2 not in (i, j) else 498)
        np.testing.assert_allclose(shares[i, j], counts / counts.sum())
    assert shares[0, 0].tolist() == [0.0] * 7 + [1.0]
    assert not cosine_histogram(np.full((3, 2, 2), np.nan)).shares.any()
    with pytest.raises(ParameterError, match=r"gramians must have shape \(T, K, K\)"):
        cosine_histogram(np.eye(2))


def test_cosines_are_gaps_where_a_gradient_is_zero():
    gramians = np.array([[[4.0, 1.0], [1.0, 1.0]], [[0.0, 0.0], [0.0, 1.0]], [[np.nan, 1.0], [1.0, 1.0]]])
    np.testing.assert_allclose(gradient_cosines(gramians)[:, 0, 1], [0.5, np.nan, np.nan])
    np.testing.assert_allclose(magnitude_ratio(gramians), [2.0, np.inf, np.nan])
    assert np.isnan(magnitude_ratio(np.zeros((2, 2))))


def test_steps_without_gradients_do_not_count():
    gramians = steady([3.0, 1.0], 0.5)
    gramians[2:5] = np.nan
    gramians[7] = 0.0
    found = judge_conflict(gramians)
    assert (found.steps, found.ratio) == (6, pytest.approx(3.0))
    assert judge_conflict(np.full((4, 2, 2), np.nan)) is None


def test_a_single_gramian_is_no_run():
    with pytest.raises(ParameterError, match=r"gramians must have shape \(T, K, K\); got shape \(2, 2\)"):
        judge_conflict(np.eye(2))
