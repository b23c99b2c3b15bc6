"""The expected course of drifting runs against the moments integrated at the steps themselves."""

import numpy as np
import pytest
from asserts import assert_same
from inputs import REFERENCE, changed

from gaba_core import drift
from gaba_core.drift import expected_course
from gaba_core.gradients import median_norms
from gaba_core.share_moments import moments_along

ENDS = {
    "next to none": ((100.0, 0.2), (100.0, 0.2001)),
    "tenfold": ((100.0, 0.2), (100.0, 2.0)),
    "as far as the slider goes": ((100.0, 0.2), (10_000.0, 0.2)),
    "as far as a link may ask": ((100.0, 0.2), (0.01, 0.2)),
    "three tasks": ((1.0, 5.0, 20.0), (20.0, 5.0, 0.1)),
    "one of them dead": ((1.0, 0.0, 20.0), (20.0, 0.0, 0.1)),
}


@pytest.mark.parametrize("ends", ENDS)
@pytest.mark.parametrize(("noise", "sigma"), [("gaussian", 0.05), ("gaussian", 0.7), ("lognormal", 1.0)])
def test_the_course_is_what_is_integrated_at_each_step(ends, noise, sigma):
    start, end = ENDS[ends]
    params = changed(REFERENCE, norms=start, norms_end=end, noise=noise, sigma=sigma)
    steps = np.linspace(0, params.steps - 1, 40).astype(int)
    course = expected_course(params, params.steps)
    exact = moments_along(median_norms(params)[steps], noise, sigma)
    channels = 1 if params.tasks == 2 else params.tasks
    assert_same(course.shares[:, steps].T, exact.mean[:, :channels] - 1.0 / params.tasks, atol=2e-12)
    found = np.moveaxis(course.covariance[..., steps], -1, 0)
    assert_same(found, exact.covariance[:, :channels, :channels], atol=2e-12)


def test_the_start_of_a_course_and_a_long_one_in_pieces_are_the_whole(monkeypatch):
    params = changed(REFERENCE, norms_end=(1.0, 0.2))
    whole = expected_course(params, params.steps)
    monkeypatch.setattr(drift, "PIECE", 1000)
    drift._basis.cache_clear()
    pieces, start = expected_course(params, params.steps), expected_course(params, 1500)
    drift._basis.cache_clear()
    for one, other, short in zip(whole, pieces, start, strict=True):
        assert_same(other, one, atol=1e-15)
        assert_same(short, one[..., :1500], atol=1e-15)


def test_no_drift_that_can_be_asked_for_needs_more_nodes_than_there_are():
    widest = changed(REFERENCE, norms=(2e5, 0.2), norms_end=(2e9, 0.2))
    assert drift.nodes_needed(widest) < drift.MOST_NODES
