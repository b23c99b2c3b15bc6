"""Properties that several tests assert."""

import numpy as np

from gaba_core import weight_bounds

ROUNDING = 1e-12


def assert_on_simplex(weights, atol=ROUNDING):
    assert np.isfinite(weights).all()
    assert weights.min() >= -atol
    np.testing.assert_allclose(weights.sum(axis=-1), 1.0, rtol=0, atol=atol)


def assert_inside_bounds(weights, floor, reachable=False, atol=ROUNDING):
    low, high = weight_bounds(weights.shape[-1], floor, reachable)
    assert weights.min() >= low - atol
    assert weights.max() <= high + atol


def assert_same(found, expected, atol=ROUNDING):
    assert np.shape(found) == np.shape(expected)
    np.testing.assert_allclose(found, expected, rtol=0, atol=atol)


def assert_follows_order(function, points, atol=ROUNDING):
    """Reordering the tasks reorders the result and changes nothing else."""
    order = np.random.default_rng(0).permutation(points.shape[-1])
    assert_same(function(points[..., order]), function(points)[..., order], atol)
