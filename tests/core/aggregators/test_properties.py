"""What holds of every aggregator: its contract with shapes, scales, names and wrong input."""

import dataclasses

import numpy as np
import pytest
from gramian_cases import deficient, full_rank

from gaba_core.aggregators import (
    AGGREGATORS,
    Aggregator,
    AlignedMtl,
    CaGrad,
    FairGrad,
    GradVac,
    NashMtl,
    PcGrad,
    check_gramians,
)
from gaba_core.errors import ParameterError

KEYS = (
    *("mgda", "pcgrad", "cagrad", "imtl-g", "aligned-mtl", "gradvac", "upgrad", "dualproj"),
    *("fairgrad", "nash-mtl"),
)
SIX = np.array([gramian for gramian in full_rank() if len(gramian) == 3][:6])
ORDERED = ("pcgrad", "gradvac")


def test_the_keys_are_the_contract():
    assert tuple(AGGREGATORS) == KEYS
    assert all(isinstance(one, Aggregator) and one.name and one.source for one in AGGREGATORS.values())
    assert all(dataclasses.is_dataclass(one) and one == type(one)() for one in AGGREGATORS.values())


@pytest.mark.parametrize("key", KEYS)
def test_leading_axes_are_kept(key):
    each = AGGREGATORS[key]
    found = each(SIX.reshape(2, 3, 3, 3))
    assert found.shape == (2, 3, 3)
    assert each(SIX[0]).shape == (3,)
    assert each(SIX[:0]).shape == (0, 3)
    if key not in ORDERED:  # the steps of one axis follow each other, or are drawn for
        np.testing.assert_allclose(found.reshape(6, 3), [each(gramian) for gramian in SIX], rtol=1e-9)


@pytest.mark.parametrize("key", KEYS)
def test_more_gramians_than_a_block_holds_are_each_solved(key):
    many = np.tile(SIX, (3000, 1, 1))
    if key not in ORDERED:
        np.testing.assert_allclose(AGGREGATORS[key](many), np.tile(AGGREGATORS[key](SIX), (3000, 1)))
    assert AGGREGATORS[key](many).shape == (18000, 3)


@pytest.mark.parametrize("key", KEYS)
def test_the_input_is_left_as_it_is(key):
    before = SIX.copy()
    AGGREGATORS[key](SIX)
    np.testing.assert_array_equal(SIX, before)


@pytest.mark.parametrize("key", [key for key in KEYS if key not in ORDERED])
@pytest.mark.parametrize("gramian", [*full_rank()[::37], *deficient()[1::37]])
def test_tasks_have_no_rank(key, gramian):
    places = np.random.default_rng(1).permutation(len(gramian))
    moved = AGGREGATORS[key](gramian[np.ix_(places, places)])
    gain = gramian @ AGGREGATORS[key](gramian)
    room = 1e-9 * np.sqrt(np.diag(gramian) * np.trace(gramian)) * (np.abs(moved).sum() + 1e-6)
    assert (np.abs(gramian[np.ix_(places, places)] @ moved - gain[places]) <= room[places]).all()


DEGREES = {**dict.fromkeys(KEYS, 0.0), "fairgrad": -0.5, "nash-mtl": -0.5}


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("factor", [2.0**-40, 2.0**40])
def test_weights_do_not_hang_on_the_unit_of_the_loss(key, factor):
    found = AGGREGATORS[key](SIX * factor)
    np.testing.assert_allclose(found, AGGREGATORS[key](SIX) * factor ** DEGREES[key], rtol=1e-9)


@pytest.mark.parametrize("key", KEYS)
def test_float32_gramians_are_read_as_recorded(key):
    recorded = SIX.astype(np.float32)
    np.testing.assert_array_equal(AGGREGATORS[key](recorded), AGGREGATORS[key](recorded.astype(float)))


@pytest.mark.parametrize("key", KEYS)
def test_float32_rounding_of_dependent_gradients_is_not_refused(key):
    rng = np.random.default_rng(3)
    jacobians = rng.standard_normal((50, 6, 2)).astype(np.float32)
    assert np.isfinite(AGGREGATORS[key](jacobians @ jacobians.swapaxes(1, 2))).all()


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize(
    ("gramians", "message"),
    [
        ([[1.0, 2.0], [2.0, 1.0]], r"gramians must be positive semidefinite, as J Jᵀ is; got another"),
        ([[1.0, 0.5], [0.1, 1.0]], r"gramians must be symmetric; got another at index"),
        (
            [[-1.0, 0.0], [0.0, 1.0]],
            r"gramians must have squared norms of at least 0 on the diagonal; got -1.0",
        ),
        ([[0.0, 0.5], [0.5, 1.0]], r"gramians must be symmetric|gramians must be positive semidefinite"),
        ([[1.0, np.nan], [np.nan, 1.0]], r"gramians must hold finite numbers only; got nan"),
        ([[np.inf, 0.0], [0.0, 1.0]], r"gramians must hold finite numbers only; got inf"),
        ([[1.0]], r"gramians must hold at least 2 tasks"),
        ([1.0, 2.0], r"gramians must have shape \(\.\.\., K, K\); got shape \(2,\)"),
        (
            [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]],
            r"gramians must have shape \(\.\.\., K, K\); got shape \(2, 3\)",
        ),
        ([["a", "b"], ["c", "d"]], r"gramians must be an array of numbers"),
        (
            np.array([np.eye(3), -0.6 + 1.6 * np.eye(3)]),
            r"gramians must be positive semidefinite, as J Jᵀ is; got another at index \(1,\)",
        ),
    ],
)
def test_what_is_no_gramian_is_refused_by_name(key, gramians, message):
    with pytest.raises(ParameterError, match=message):
        AGGREGATORS[key](gramians)


def test_definiteness_is_judged_on_the_cosines_and_not_on_the_largest_norm():
    with pytest.raises(ParameterError, match="positive semidefinite"):
        check_gramians([[1.0, 0.0, 0.0], [0.0, 1e-8, 2e-8], [0.0, 2e-8, 1e-8]])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: CaGrad(c=-0.1), "c must be at least 0; got -0.1"),
        (lambda: FairGrad(alpha=0.0), "alpha must be above 0; got 0.0"),
        (lambda: NashMtl(max_norm=-1.0), "max_norm must be at least 0; got -1.0"),
        (lambda: AlignedMtl(scale_mode="max"), "scale_mode must be min, median or rmse; got 'max'"),
        (lambda: GradVac(beta=1.5), r"beta must be a number in \[0, 1\]; got 1.5"),
        (lambda: GradVac(eps=-1.0), "eps must be at least 0; got -1.0"),
        (lambda: PcGrad(seed=-1), "seed must be a whole number of at least 0; got -1"),
    ],
)
def test_settings_are_checked_by_name(make, message):
    with pytest.raises(ParameterError, match=message):
        make()


def test_cagrad_without_a_radius_is_the_mean():
    np.testing.assert_array_equal(CaGrad(c=0.0)(SIX), np.full((6, 3), 1.0 / 3.0))


def test_orthogonal_gradients_are_left_alone_by_surgery():
    gramian = np.diag([4.0, 1.0, 0.25])
    for key, wanted in [("pcgrad", 1.0), ("gradvac", 1.0), ("upgrad", 1 / 3), ("dualproj", 1 / 3)]:
        np.testing.assert_allclose(AGGREGATORS[key](gramian), wanted)


@pytest.mark.parametrize("key", KEYS)
def test_dependent_gradients_and_far_norms_warn_of_nothing(key):
    """The filter of the project turns a warning of NumPy into an error."""
    draws = np.random.default_rng(5)
    for _ in range(100):
        gradients = draws.standard_normal((8, 1))
        assert np.isfinite(AGGREGATORS[key](gradients @ gradients.T)).all()
    assert np.isfinite(AGGREGATORS[key](np.diag([1e-300, 1e300]))).all()
