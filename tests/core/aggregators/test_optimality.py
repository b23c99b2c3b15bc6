"""Each aggregator by the conditions that define it, at full and at deficient rank, whatever the scale."""

import numpy as np
import pytest
from gramian_cases import by_tasks, deficient, full_rank

from gaba_core.aggregators import AGGREGATORS, AlignedMtl, CaGrad, FairGrad, NashMtl
from gaba_core.aggregators.gramians import scaled
from gaba_core.aggregators.upgrad import project_to_dual_cone

GROUPS = [stack for _, stack in by_tasks(full_rank()) + by_tasks(deficient())]
EXACT = 1e-9


def case(stack):
    return f"{len(stack)} of K = {stack.shape[-1]}"


each = pytest.mark.parametrize("gramians", GROUPS, ids=case)


def norms_of(gramians):
    return np.sqrt(np.einsum("mii->mi", gramians))


def gain(gramians, weights):
    return np.einsum("mij,mj->mi", gramians, weights)


def size_of(gramians, weights):
    """The length that the update would have if no gradients cancelled."""
    return (np.abs(weights) * norms_of(gramians)).sum(axis=-1, keepdims=True)


@each
def test_mgda_finds_the_shortest_combination(gramians):
    weights = AGGREGATORS["mgda"](gramians)
    assert (weights >= 0.0).all()
    np.testing.assert_allclose(weights.sum(axis=1), 1.0, rtol=1e-12)
    gains, norms = gain(gramians, weights), norms_of(gramians)
    length = (weights * gains).sum(axis=1, keepdims=True)
    room = EXACT * norms * size_of(gramians, weights)
    assert (gains >= length - room).all()
    assert (np.abs(gains - length)[weights > 0.0] <= room[weights > 0.0]).all()


@each
def test_mgda_for_two_tasks_is_its_closed_form(gramians):
    if gramians.shape[-1] == 2:
        a, b, c = gramians[:, 0, 0], gramians[:, 1, 1], gramians[:, 0, 1]
        apart = a + b - 2.0 * c
        one = apart > 1e-12 * (a + b)
        wanted = np.clip((b - c)[one] / apart[one], 0.0, 1.0)
        np.testing.assert_allclose(AGGREGATORS["mgda"](gramians)[one, 0], wanted, rtol=1e-9, atol=1e-12)


@each
def test_dualproj_is_the_projection_of_the_mean_gradient(gramians):
    weights = AGGREGATORS["dualproj"](gramians)
    tasks = gramians.shape[-1]
    gains, room = gain(gramians, weights), EXACT * norms_of(gramians) * size_of(gramians, weights)
    assert (weights >= 1.0 / tasks * (1.0 - 1e-12)).all()
    assert (gains >= -room).all()
    raised = weights > (1.0 + 1e-9) / tasks
    assert (np.abs(gains)[raised] <= room[raised]).all()


@each
def test_upgrad_is_the_mean_of_the_projected_gradients(gramians):
    of, tasks = scaled(gramians), gramians.shape[-1]
    total = np.zeros(gramians.shape[:-1])
    for i in range(tasks):
        start = np.zeros_like(of.norms)
        start[i] = of.norms[i] / tasks
        parts = project_to_dual_cone(of, start)
        gains = np.einsum("ijm,jm->im", of.cosines, parts)
        assert (parts >= start).all()
        assert (gains >= -EXACT * np.abs(parts).sum(axis=0)).all()
        assert (np.abs(gains * (parts - start)) <= EXACT * np.abs(parts).sum(axis=0) ** 2).all()
        total += (parts * of.reciprocals).T
    weights = AGGREGATORS["upgrad"](gramians)
    np.testing.assert_allclose(weights, np.where(of.zero.T, 1.0 / tasks, total), rtol=1e-12)
    assert (gain(gramians, weights) >= -EXACT * norms_of(gramians) * size_of(gramians, weights)).all()


@each
def test_imtl_g_projects_equally_on_every_task_as_far_as_can_be(gramians):
    """Where no step can, the projections miss one number least, weighed by the norms: G (G v - n) = 0."""
    weights, norms = AGGREGATORS["imtl-g"](gramians), norms_of(gramians)
    stands = weights.any(axis=1)
    np.testing.assert_allclose(weights[stands].sum(axis=1), 1.0, rtol=1e-9)
    gramians, weights, norms = gramians[stands], weights[stands], norms[stands]
    gains = gain(gramians, weights)
    part = (norms * gains).sum(axis=1) / (gains**2).sum(axis=1)
    missed = gain(gramians, part[:, None] * gains - norms)
    assert (np.abs(missed) <= 1e-7 * norms * (norms**2).sum(axis=1, keepdims=True)).all()
    full = norms.all(axis=1)
    cosines = gramians[full] / norms[full][:, :, None] / norms[full][:, None]
    full[full] = np.linalg.eigvalsh(cosines)[:, 0] > 1e-6
    projections = gains[full] / norms[full]
    assert (np.ptp(projections, axis=1) <= 1e-9 * size_of(gramians[full], weights[full])[:, 0]).all()


@pytest.mark.filterwarnings("ignore:invalid value")
@each
@pytest.mark.parametrize("mode", ["min", "median", "rmse"])
def test_aligned_mtl_replaces_the_gradients_by_orthogonal_ones_of_one_length(gramians, mode):
    weights, tasks = AlignedMtl(scale_mode=mode)(gramians), gramians.shape[-1]
    for gramian, found in zip(gramians, weights, strict=True):
        values, vectors = np.linalg.eigh(gramian)
        retained = values > 1e-12 * values[-1] if values[-1] > 0.0 else values < 0.0
        values, vectors = values[retained], vectors[:, retained]
        if not retained.any():
            np.testing.assert_array_equal(found, 1.0 / tasks)
            continue
        scale = {"min": values[0], "median": values[(len(values) - 1) // 2], "rmse": values.mean()}[mode]
        aligned = np.sqrt(scale) * vectors @ np.diag(np.sqrt(values)) @ vectors.T / tasks
        np.testing.assert_allclose(gramian @ found, aligned.sum(axis=1), rtol=1e-6, atol=1e-9 * values[-1])


@each
@pytest.mark.parametrize("c", [0.2, 0.9])
def test_cagrads_mixture_is_the_one_that_is_served_least(gramians, c):
    weights, tasks = CaGrad(c=c)(gramians), gramians.shape[-1]
    draws = np.random.default_rng(0).dirichlet(np.full(tasks, 0.5), 500)
    for gramian, found in zip(gramians, weights, strict=True):
        unit = gramian / max(np.trace(gramian), 1e-300)
        mean, radius = unit.sum(axis=1) / tasks, c * np.sqrt(max(0.0, unit.sum())) / tasks
        lengths = np.sqrt(np.maximum(np.einsum("ni,ij,nj->n", draws, unit, draws), 0.0))
        worst = (draws @ mean + radius * lengths).min()
        mixture = found - 1.0 / tasks
        if not found.any():  # a mixture that cancels, and none that is served less than not at all
            assert worst > -1e-9
            assert shortest_length(gramian) < 1e-4
            continue
        if radius < 1e-7:  # the mean gradient itself is zero
            np.testing.assert_array_equal(found, 1.0 / tasks)
            continue
        mixture /= mixture.sum()
        length = np.sqrt(mixture @ unit @ mixture)
        slope = mean + radius * (unit @ mixture) / length
        value = mixture @ slope
        assert (mixture >= -1e-12).all()
        assert value <= worst + 1e-9
        assert (slope >= value - 1e-7).all()
        np.testing.assert_allclose((found - 1.0 / tasks).sum() * length, radius, rtol=1e-6)


def shortest_length(gramian):
    """The norm of MGDA's combination over that of the Jacobian."""
    weights = AGGREGATORS["mgda"](gramian)
    return np.sqrt(max(0.0, weights @ gramian @ weights) / max(np.trace(gramian), 1e-300))


FAIR = [(AGGREGATORS["nash-mtl"], 1.0), *((FairGrad(alpha=alpha), alpha) for alpha in (0.5, 2.0))]


@each
@pytest.mark.parametrize(("aggregator", "alpha"), FAIR)
def test_the_fair_methods_solve_their_equation_or_there_is_no_solution(gramians, aggregator, alpha):
    for gramian, weights in zip(gramians, aggregator(gramians), strict=True):
        there = np.diag(gramian) > 0.0
        assert (weights[~there] == 0.0).all()
        inner, weights = gramian[np.ix_(there, there)], weights[there]
        if weights.any():
            assert (weights > 0.0).all()
            np.testing.assert_allclose((inner @ weights) * weights ** (1.0 / alpha), 1.0, rtol=1e-7)
        elif there.sum() > 1:
            assert shortest_length(inner) < 1e-6


def test_nash_mtls_update_can_be_limited_as_in_the_authors_program():
    gramians = np.array(GROUPS[1])
    free, limited = NashMtl()(gramians), NashMtl(max_norm=1.0)(gramians)
    np.testing.assert_allclose(limited, free / np.sqrt(3.0), rtol=1e-9)
    np.testing.assert_array_equal(NashMtl(max_norm=2.0)(gramians), free)


@pytest.mark.parametrize("key", AGGREGATORS)
def test_every_method_is_finite_on_every_gramian(key):
    for gramians in GROUPS:
        assert np.isfinite(AGGREGATORS[key](gramians)).all()
