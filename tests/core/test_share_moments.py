"""Mean and covariance of the raw shares against sums over dense grids, closed cases and large samples."""

import math

import numpy as np
import pytest
from asserts import assert_same
from hypothesis import given
from hypothesis import strategies as st

from gaba_core import noise_gain, raw_shares
from gaba_core import share_moments as module
from gaba_core.share_moments import _moments_of_any, cached_moments, share_moments

LOGNORMAL_MEANS = [(0.0, 0.0020), (0.5, 0.0026), (1.0, 0.0053), (1.5, 0.0139), (2.0, 0.0323), (3.0, 0.0887)]
LOGNORMAL_SDS = [(0.5, 0.00015), (1.0, 0.00082), (1.5, 0.0032), (2.0, 0.0072), (3.0, 0.0152)]
norm_tuples = st.lists(st.one_of(st.just(0.0), st.floats(1e-4, 1e4)), min_size=2, max_size=6).map(tuple)
noises = st.sampled_from(["gaussian", "lognormal"])


def by_grid(norms, noise, sigma, nodes=1201):
    """Moments for two tasks by a midpoint sum over both draws."""
    z = np.linspace(-9.0, 9.0, nodes + 1)
    z = (z[1:] + z[:-1]) / 2.0
    factor = np.exp(sigma * z) if noise == "lognormal" else np.maximum(0.0, 1.0 + sigma * z)
    pairs = np.stack(np.broadcast_arrays(norms[0] * factor[:, None], norms[1] * factor[None]), axis=-1)
    chance = np.exp(-0.5 * (z[:, None] ** 2 + z**2))
    chance /= chance.sum()
    share = raw_shares(pairs)[..., 0]
    mean = (chance * share).sum()
    return mean, (chance * (share - mean) ** 2).sum()


@pytest.mark.parametrize(("sigma", "mean"), LOGNORMAL_MEANS)
def test_noise_lifts_the_mean_share_of_the_large_task(sigma, mean):
    assert share_moments((500.0, 1.0), "lognormal", sigma).mean[0] == pytest.approx(mean, abs=5e-5)


@pytest.mark.parametrize(("sigma", "sd"), LOGNORMAL_SDS)
def test_the_average_scatters_as_much_as_computed(sigma, sd):
    variance = share_moments((500.0, 1.0), "lognormal", sigma).covariance[0, 0]
    last_digit = 10.0 ** -(5 if sd < 0.001 else 4)
    assert math.sqrt(variance) * noise_gain(0.99) == pytest.approx(sd, abs=0.5 * last_digit)


@pytest.mark.parametrize("noise", ["gaussian", "lognormal"])
@pytest.mark.parametrize("sigma", [0.02, 0.05, 0.1, 0.108, 0.12, 0.3, 1.0, 3.0])
@pytest.mark.parametrize("ratio", [1.0, 20.0, 500.0])
def test_two_tasks_agree_with_a_sum_over_both_draws(noise, sigma, ratio):
    moments = share_moments((ratio, 1.0), noise, sigma)
    mean, variance = by_grid((ratio, 1.0), noise, sigma)
    clipped = noise == "gaussian" and sigma > 0.11  # the sum is coarse where the density ends in a spike
    assert moments.mean[0] == pytest.approx(mean, abs=3e-3 if clipped else 1e-9)
    assert moments.covariance[0, 0] == pytest.approx(variance, abs=3e-3 if clipped else 1e-9)


@pytest.mark.parametrize("noise", ["gaussian", "lognormal"])
@pytest.mark.parametrize("sigma", [0.005, 0.3, 1.0, 3.0])
@pytest.mark.parametrize("norms", [(1.0, 2.0), (1.0, 5.0, 20.0), (1.0, 0.0, 3.0, 300.0), (2.0, 0.0)])
def test_moments_agree_with_a_large_sample(noise, sigma, norms):
    draws = np.random.default_rng(0).standard_normal((200_000, len(norms)))
    factor = np.exp(sigma * draws) if noise == "lognormal" else np.maximum(0.0, 1.0 + sigma * draws)
    shares = raw_shares(np.array(norms) * factor)
    moments = share_moments(norms, noise, sigma)
    error = 5.0 * shares.std(axis=0).max() / math.sqrt(len(draws))
    assert_same(moments.mean, shares.mean(axis=0), atol=error + 1e-12)
    spread = 8.0 * np.abs((shares - shares.mean(axis=0)) ** 2).std(axis=0).max() / math.sqrt(len(draws))
    assert_same(moments.covariance, np.cov(shares.T, bias=True), atol=spread + error**2 + 1e-12)


@given(norm_tuples, noises, st.floats(0.0, 5.0))
def test_mean_shares_sum_to_one_and_their_scatter_to_zero(norms, noise, sigma):
    moments = share_moments(norms, noise, sigma)
    assert moments.mean.sum() == pytest.approx(1.0, abs=1e-10)
    assert moments.mean.min() >= -1e-12
    assert_same(moments.covariance.sum(axis=0), np.zeros(len(norms)), atol=1e-10)
    assert np.diagonal(moments.covariance).min() >= -1e-12


@given(norm_tuples, noises)
def test_without_noise_the_mean_is_the_share_itself(norms, noise):
    moments = share_moments(norms, noise, 0.0)
    assert_same(moments.mean, raw_shares(norms))
    assert not moments.covariance.any()


@given(norm_tuples, noises, st.floats(0.0, 3.0))
def test_reordering_the_tasks_reorders_their_moments(norms, noise, sigma):
    there, back = share_moments(norms, noise, sigma), share_moments(norms[::-1], noise, sigma)
    assert_same(back.mean, there.mean[::-1], atol=1e-10)
    assert_same(back.covariance, there.covariance[::-1, ::-1], atol=1e-10)


def test_a_single_live_task_is_equal_to_the_others_whenever_it_is_clipped():
    clipped = 0.5 * math.erfc(0.5 / math.sqrt(2.0))
    mean = share_moments((1.0, 0.0), "gaussian", 2.0).mean
    assert_same(mean, [clipped / 2, 1.0 - clipped / 2])


@pytest.mark.parametrize("sigma", [100.0, 1e6, 1e300])
def test_under_enormous_noise_any_task_may_be_the_largest(sigma):
    mean = share_moments((1.0, 1e5, 10.0), "lognormal", sigma).mean
    assert mean == pytest.approx([1 / 3] * 3, abs=0.06)
    assert mean[1] <= mean[0]


@pytest.mark.parametrize("sigma", [39.99, 40.01])
def test_the_hard_limit_joins_on_smoothly(sigma):
    assert share_moments((1.0, 1e5, 10.0), "lognormal", sigma).mean == pytest.approx(
        share_moments((1.0, 1e5, 10.0), "lognormal", 40.0).mean, abs=1e-4
    )


@pytest.mark.parametrize("sigma", [0.01, 0.1, 0.12, 0.7, 4.0])
@pytest.mark.parametrize("ratio", [1.0, 1e-3, 500.0, 1e6])
@pytest.mark.parametrize("noise", ["gaussian", "lognormal"])
def test_the_sum_over_two_norms_is_the_integral_for_any_number(sigma, ratio, noise):
    one, other = (
        share_moments((ratio, 1.0), noise, sigma),
        _moments_of_any(np.array([ratio, 1.0]), noise, sigma),
    )
    assert_same(one.mean, other.mean)
    assert_same(one.covariance, other.covariance)


def test_moments_computed_together_are_those_computed_one_by_one():
    norms = [(1.0, ratio) for ratio in (1e-9, 0.3, 1.0, 500.0, 1e300)] + [
        (1.0, 2.0, 3.0),
        (0.0, 1.0),
        (0.0, 0.0),
    ]
    asked = [
        (n, noise, sigma) for n in norms for noise in ("gaussian", "lognormal") for sigma in (0.0, 0.05, 2.0)
    ]
    cached_moments.cache_clear()
    batched = cached_moments.many(asked)
    for one, question in zip(batched, asked, strict=True):
        cached_moments.cache_clear()
        alone = share_moments(*question)
        assert_same(one.mean, alone.mean, atol=1e-13)
        assert_same(one.covariance, alone.covariance, atol=1e-13)


def test_settings_of_one_noise_share_its_quadrature(monkeypatch):
    made, quadrature = [], module._quadrature
    monkeypatch.setattr(module, "_quadrature", lambda *args: made.append(args) or quadrature(*args))
    cached_moments.cache_clear()
    cached_moments.many([((ratio, 1.0), "gaussian", 0.3) for ratio in np.geomspace(1.0, 1e4, 100).tolist()])
    assert made == [("gaussian", 0.3)]
