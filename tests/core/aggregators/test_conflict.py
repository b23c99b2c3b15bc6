"""The verdict on conflict: its rule, its numbers, and 1,000 made runs whose truth is known."""

import numpy as np
import pytest

from gaba_core.aggregators import gradient_cosines, judge_conflict, magnitude_ratio
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


def made_run(rng):
    """Gramians of a run and its truth: log-normal norms of sigma 0 to 1, cosines that scatter."""
    tasks = int(rng.integers(2, 5))
    steps = int(rng.integers(100, 500))
    sizes = np.exp(rng.uniform(0.0, np.log(300.0)) * rng.permutation(np.linspace(0.0, 1.0, tasks)))
    directions = rng.standard_normal((tasks, 2 * tasks)) + rng.uniform(-0.5, 1.5) * rng.standard_normal(
        2 * tasks
    )
    scatter = rng.uniform(0.0, 0.3) * rng.standard_normal((steps, tasks, 2 * tasks))
    units = directions / np.linalg.norm(directions, axis=1, keepdims=True) + scatter
    units /= np.linalg.norm(units, axis=2, keepdims=True)
    truth = truth_of(units @ units.swapaxes(1, 2), sizes)
    norms = sizes * np.exp(rng.uniform(0.0, 1.0) * rng.standard_normal((steps, tasks)))
    jacobians = norms[:, :, None] * units
    return jacobians @ jacobians.swapaxes(1, 2), truth


def truth_of(cosines, sizes):
    cosine, ratio = cosines.mean(axis=0).min(), sizes.max() / sizes.min()
    if cosine < -0.1:
        return "conflict"
    if cosine > -0.02 and ratio > 5.0:
        return "scale-only"
    return "neither" if cosine > -0.02 and ratio < 2.0 else "mixed"


def test_the_verdict_is_right_on_95_percent_of_1000_made_runs():
    rng = np.random.default_rng(11)
    runs = [made_run(rng) for _ in range(1000)]
    truths = [truth for _, truth in runs]
    assert min(truths.count(code) for code in ("conflict", "scale-only", "neither", "mixed")) > 20
    right = sum(judge_conflict(gramians).code == truth for gramians, truth in runs)
    assert right >= 950


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
