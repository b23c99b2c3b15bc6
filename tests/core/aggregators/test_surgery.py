"""PCGrad and GradVac against their published loops over vectors, their orders and GradVac's state."""

import numpy as np
import pytest
from gramian_cases import deficient, full_rank, orders_of

from gaba_core.aggregators import AGGREGATORS, GradVac, PcGrad
from gaba_core.aggregators.orders import orders
from gaba_core.errors import ParameterError

GRAMIANS = [*full_rank()[::10], *deficient()]
ORDERS = orders_of(GRAMIANS)


def vectors_of(gramian):
    """A Jacobian of this Gramian."""
    values, vectors = np.linalg.eigh(gramian)
    return vectors * np.sqrt(np.maximum(values, 0.0)) * (np.diag(gramian) > 0.0)[:, None]


def pcgrad_on_vectors(jacobian, order):
    """Yu et al. 2020, algorithm 1, as it stands."""
    total = np.zeros(jacobian.shape[1])
    for i, row in enumerate(order):
        left = jacobian[i].copy()
        for j in row:
            inner = left @ jacobian[j]
            if j != i and inner < 0.0 and jacobian[j].any():
                left -= inner / (jacobian[j] @ jacobian[j]) * jacobian[j]
        total += left
    return total


def gradvac_on_vectors(jacobian, order, targets, beta):
    """Wang et al. 2021, algorithm 1, as it stands; `targets` moves."""
    total = np.zeros(jacobian.shape[1])
    for i, row in enumerate(order):
        turned = jacobian[i].copy()
        for j in row:
            if j == i:
                continue
            length, other = np.linalg.norm(turned), np.linalg.norm(jacobian[j])
            cosine, target = turned @ jacobian[j] / (length * other), targets[i, j]
            if cosine < target:
                sine, wanted = np.sqrt(max(0.0, 1.0 - cosine**2)), np.sqrt(1.0 - target**2)
                turned += length * (target * sine - cosine * wanted) / (other * wanted) * jacobian[j]
            targets[i, j] = (1.0 - beta) * target + beta * cosine
        total += turned
    return total


def test_pcgrad_is_the_published_loop_at_any_rank():
    for gramian, order in zip(GRAMIANS, ORDERS, strict=True):
        jacobian = vectors_of(gramian)
        found = jacobian.T @ PcGrad()(gramian, order=order)
        room = 1e-6 * np.sqrt(np.trace(gramian))
        np.testing.assert_allclose(found, pcgrad_on_vectors(jacobian, order), atol=room)


@pytest.mark.parametrize("tasks", [2, 3, 5])
@pytest.mark.parametrize("beta", [0.01, 0.5])
def test_gradvac_is_the_published_loop_step_after_step(tasks, beta):
    rng = np.random.default_rng(tasks)
    jacobians = rng.standard_normal((60, tasks, 7)) + 0.7 * rng.standard_normal((tasks, 7))
    gramians = jacobians @ jacobians.swapaxes(1, 2)
    order = rng.permuted(np.tile(np.arange(tasks), (60, tasks, 1)), axis=-1)
    found = GradVac(beta=beta)(gramians, order=order)
    targets = np.zeros((tasks, tasks))
    for t in range(60):
        wanted = gradvac_on_vectors(jacobians[t], order[t], targets, beta)
        np.testing.assert_allclose(jacobians[t].T @ found[t], wanted, rtol=1e-6, atol=1e-6)
    assert (targets != 0.0).sum() == tasks * (tasks - 1)


def test_gradvac_stepped_is_gradvac_called():
    rng = np.random.default_rng(5)
    jacobians = rng.standard_normal((2, 40, 3, 6))
    gramians = jacobians @ jacobians.swapaxes(-1, -2)
    method = GradVac()
    state = method.init(3, (2,))
    at_once = method(gramians)
    for t in range(40):
        before = state.copy()
        after, weights = method.step(state, gramians[:, t], number=t)
        np.testing.assert_array_equal(state, before)
        np.testing.assert_array_equal(weights, at_once[:, t])
        state = after
    assert np.abs(state).max() <= 1.0


def test_gradvac_with_no_memory_of_its_own_leaves_aligned_gradients_alone():
    gramian = np.array([[1.0, 0.5], [0.5, 1.0]])
    state, weights = GradVac().step(GradVac().init(2), gramian)
    np.testing.assert_array_equal(weights, [1.0, 1.0])
    np.testing.assert_array_equal(state, [[0.0, 0.25], [0.25, 0.0]])


def test_a_target_of_one_does_not_blow_up():
    twins, apart = np.ones((80, 2, 2)), np.eye(2)[None]
    assert np.isfinite(GradVac()(np.concatenate([twins, apart]))).all()


@pytest.mark.parametrize("key", ["pcgrad", "gradvac"])
def test_a_seed_gives_the_same_orders_and_more_steps_begin_as_fewer_do(key):
    gramians = np.array([gramian for gramian in full_rank() if len(gramian) == 4][:50])
    method = AGGREGATORS[key]
    np.testing.assert_array_equal(method(gramians), method(gramians))
    np.testing.assert_array_equal(method(gramians)[:20], method(gramians[:20]))
    assert (method(gramians) != type(method)(seed=1)(gramians)).any()


def test_for_two_tasks_nothing_is_drawn():
    gramians = np.array([gramian for gramian in full_rank() if len(gramian) == 2][:50])
    np.testing.assert_array_equal(PcGrad(seed=1)(gramians), PcGrad(seed=2)(gramians))


@pytest.mark.parametrize("key", ["pcgrad", "gradvac"])
@pytest.mark.parametrize("steps", [[0, 1, 2, 3], [9], [30, 40, 50], [7, 8, 3, 4]])
def test_an_order_is_that_of_its_step_whichever_steps_are_drawn_with_it(key, steps):
    whole = orders(None, 3, 4, (60,))
    np.testing.assert_array_equal(orders(None, 3, 4, (len(steps),), steps), whole[steps])
    jacobians = np.random.default_rng(6).standard_normal((60, 4, 5))
    gramians, method = jacobians @ jacobians.swapaxes(-1, -2), type(AGGREGATORS[key])(seed=3)
    found = method(gramians[steps], steps=steps)
    np.testing.assert_array_equal(found, method(gramians[steps], order=whole[steps]))


@pytest.mark.parametrize("steps", [[0], [0.0, 1.0], [-1, 0], 3])
def test_steps_that_are_none_are_refused(steps):
    with pytest.raises(ParameterError, match=r"steps must be whole numbers of at least 0 in shape \(2,\)"):
        PcGrad()(np.stack([np.eye(3)] * 2), steps=steps)


def test_every_order_is_drawn_equally_often_and_each_task_draws_its_own():
    drawn = orders(None, 0, 3, (12_000,))
    codes = drawn @ [9, 3, 1]
    counts = np.array([np.unique(column, return_counts=True)[1] for column in codes.T])
    assert counts.shape == (3, 6)
    assert np.abs(counts / 2000 - 1.0).max() < 0.1
    assert abs((codes[:, 0] == codes[:, 1]).mean() - 1 / 6) < 0.02
    assert abs((codes[1:, 0] == codes[:-1, 0]).mean() - 1 / 6) < 0.02


@pytest.mark.parametrize("key", ["pcgrad", "gradvac"])
@pytest.mark.parametrize("order", [[0, 1], [0, 1, 1], [0.0, 1.0, 2.0], [[0, 1, 2], [0, 1, 2]], [1, 2, 3]])
def test_an_order_that_is_none_is_refused(key, order):
    with pytest.raises(ParameterError, match="order must hold permutations of 0 to 2"):
        AGGREGATORS[key](np.eye(3), order=order)


def test_gradvac_refuses_a_state_of_another_shape():
    with pytest.raises(ParameterError, match=r"gramians must have shape \(2, 2\); got shape \(3, 3\)"):
        GradVac().step(GradVac().init(2), np.eye(3))
