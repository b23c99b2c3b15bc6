import copy
import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from gaba_core.controller import Controller
from gaba_core.errors import ParameterError
from gaba_core.training import FloorRenorm, GABALoss
from tests.training.inputs import Fixed, advance, losses_of, random_norms, trunk_of

NORMS = st.floats(0.0, 2.0**100, width=32)


@pytest.mark.parametrize("tasks", [2, 3, 5])
def test_numpy_and_torch_agree_over_a_thousand_random_steps(tasks):
    norms = random_norms(tasks, 1000, tasks)
    loss = GABALoss(tasks, beta=0.97, warmup_steps=20, min_weight=0.05)
    model = Fixed(tasks)
    measured, weights, state = [], [], []
    for row in norms:
        weights.append(advance(loss, model, row))
        state.append(loss.ema_weights.clone())
        measured.append(loss.norms.clone())
    expected = Controller(0.97, 0.05, 20).run(torch.stack(measured).double().numpy()[None])
    np.testing.assert_allclose(torch.stack(weights).numpy(), expected[0][0], rtol=0, atol=3e-6)
    np.testing.assert_allclose(torch.stack(state).numpy(), expected[1][0], rtol=0, atol=3e-6)
    np.testing.assert_allclose(torch.stack(measured).numpy(), norms, rtol=1e-6)


@settings(deadline=None, max_examples=40, derandomize=True)
@given(st.lists(st.lists(NORMS, min_size=3, max_size=3), min_size=1, max_size=8), st.floats(0.0, 1 / 3))
def test_weights_stay_on_the_simplex_and_above_the_exact_bound(rows, floor):
    loss, model = GABALoss(3, beta=0.5, warmup_steps=1, min_weight=floor), Fixed(3)
    for row in rows:
        weights = advance(loss, model, row)
        assert math.isclose(float(weights.sum()), 1.0, abs_tol=1e-6)
        assert float(weights.min()) >= floor / (1 + floor) - 1e-6
        assert float(loss.ema_weights.sum()) == pytest.approx(1.0, abs=1e-5)


def test_weights_are_equal_and_the_state_stands_still_until_the_warm_up_ends():
    loss, model = GABALoss(beta=0.9, warmup_steps=3), Fixed()
    for _ in range(3):
        assert advance(loss, model, (100, 0.2)).tolist() == [0.5, 0.5]
        assert loss.ema_weights.tolist() == [0.5, 0.5]
    advance(loss, model, (100, 0.2))
    assert int(loss.step_count) == 4
    assert float(loss.ema_weights[0]) == pytest.approx(0.9 * 0.5 + 0.1 * 0.2 / 100.2, abs=1e-7)


def test_the_reference_setting_settles_on_its_equilibrium():
    loss, model = GABALoss(), Fixed()
    for _ in range(1500):
        advance(loss, model, (100, 0.2))
    assert loss.applied_weights()["rul_weight"] == pytest.approx(0.0477097, abs=1e-6)
    assert loss.get_weights()["rul_weight"] == pytest.approx(0.2 / 100.2, abs=1e-6)


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_non_finite_norm_holds_state_and_weights_and_is_counted(bad):
    loss, model = GABALoss(beta=0.5, warmup_steps=0), Fixed()
    before = advance(loss, model, (9, 1))
    state = loss.ema_weights.clone()
    after = advance(loss, model, (bad, 1))
    assert torch.equal(after, before)
    assert torch.equal(loss.ema_weights, state)
    assert int(loss.skipped_steps) == 1
    assert int(loss.step_count) == 2
    advance(loss, model, (9, 1))
    assert int(loss.skipped_steps) == 1
    assert not torch.equal(loss.ema_weights, state)


def test_norms_that_are_all_zero_pull_towards_equal_weights():
    loss, model = GABALoss(3, beta=0.0, warmup_steps=0), Fixed(3)
    assert advance(loss, model, (0, 0, 0)).tolist() == pytest.approx([1 / 3] * 3)


def test_norms_whose_sum_overflows_float32_still_give_shares():
    loss, model = GABALoss(beta=0.0, warmup_steps=0), Fixed()
    assert advance(loss, model, (3e38, 3e38)).tolist() == pytest.approx([0.5, 0.5])


@pytest.mark.parametrize("kind", ["mlp", "cnn", "unused"])
def test_any_trunk_trains_and_backward_gives_the_weighted_gradient(kind):
    torch.manual_seed(0)
    trunk = trunk_of(kind)
    loss = GABALoss(beta=0.5, warmup_steps=0)
    parameters = list(trunk.parameters())
    loss(losses_of(trunk), parameters).backward()
    measured = [
        torch.autograd.grad(one, parameters, allow_unused=True, retain_graph=True) for one in losses_of(trunk)
    ]
    for parameter, first, second in zip(parameters, *measured, strict=True):
        if first is None:
            assert parameter.grad is None
        else:
            expected = loss.applied[0] * first + loss.applied[1] * second
            torch.testing.assert_close(parameter.grad, expected)
    squares = [sum(float(g.square().sum()) for g in grads if g is not None) for grads in measured]
    assert loss.norms.tolist() == pytest.approx([math.sqrt(s) for s in squares], rel=1e-5)
    assert float(loss.ema_weights[0]) < 0.5


def test_a_loss_that_misses_the_trunk_has_norm_zero():
    model = Fixed()
    apart = nn.Parameter(torch.ones(1))
    loss = GABALoss(warmup_steps=0)
    loss([(2 * model.shared[0]).reshape(1), 3 * apart.sum()], [model.shared]).backward()
    assert loss.norms.tolist() == [2.0, 0.0]
    assert apart.grad is not None


def test_weights_are_constants_to_the_gradient_and_no_graph_is_kept_in_the_buffers():
    model = Fixed()
    loss = GABALoss(warmup_steps=0)
    loss(model.losses((4, 1)), [model.shared]).backward()
    assert all(not buffer.requires_grad for buffer in loss.buffers())
    assert not list(loss.parameters())


def test_two_steps_may_come_before_their_backward_passes():
    model = Fixed()
    loss = GABALoss(beta=0.0, warmup_steps=0)
    first = loss(model.losses((4, 1)), [model.shared])
    weights = loss.applied.clone()
    loss(model.losses((1, 4)), [model.shared])
    first.backward()
    torch.testing.assert_close(model.shared.grad, weights * torch.tensor([4.0, 1.0]))


def test_a_state_dict_round_trip_continues_as_if_nothing_happened():
    norms = random_norms(7, 30, 2)
    whole, model = GABALoss(warmup_steps=5, beta=0.9), Fixed()
    for row in norms[:15]:
        advance(whole, model, row)
    restored = GABALoss(warmup_steps=5, beta=0.9)
    restored.load_state_dict(whole.state_dict())
    assert {"ema_weights", "step_count", "skipped_steps"} <= set(restored.state_dict())
    for row in norms[15:]:
        assert torch.equal(advance(whole, model, row), advance(restored, model, row))


def test_eval_mode_and_no_grad_use_the_weights_and_move_nothing():
    loss, model = GABALoss(beta=0.5, warmup_steps=0), Fixed()
    weights = advance(loss, model, (9, 1))
    with torch.no_grad():
        total = loss([torch.tensor(2.0), torch.tensor(4.0)], [model.shared])
    loss.eval()
    advance(loss, model, (1, 9))
    assert int(loss.step_count) == 1
    assert float(total) == pytest.approx(float(2 * weights[0] + 4 * weights[1]))


def test_update_every_measures_every_nth_step_and_holds_the_norms_between():
    loss, model = GABALoss(beta=0.5, warmup_steps=0, update_every=3), Fixed()
    seen = []
    for norms in ((1, 2), (3, 4), (5, 6), (7, 8), (9, 10)):
        advance(loss, model, norms)
        seen.append(loss.norms.tolist())
    assert seen == [[1, 2], [1, 2], [1, 2], [7, 8], [7, 8]]
    held = Controller(0.5, 0.05, 0).run(np.array(seen)[None])[0][0]
    assert loss.applied.tolist() == pytest.approx(held[-1].tolist(), abs=1e-6)


def test_autocast_measures_finite_norms_and_trains():
    torch.manual_seed(0)
    trunk = trunk_of("mlp")
    loss = GABALoss(beta=0.5, warmup_steps=0)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        total = loss(losses_of(trunk), list(trunk.parameters()))
    total.backward()
    assert loss.norms.isfinite().all()
    assert int(loss.skipped_steps) == 0
    assert float(loss.ema_weights[0]) < 0.5
    assert all(p.grad is not None and p.grad.isfinite().all() for p in trunk.parameters())


def test_task_names_name_the_weights():
    assert set(GABALoss().get_weights()) == {"rul_weight", "health_weight"}
    assert set(GABALoss(3).applied_weights()) == {"task_1_weight", "task_2_weight", "task_3_weight"}
    assert set(GABALoss(task_names=("a", "b")).get_weights()) == {"a_weight", "b_weight"}


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ({"n_tasks": 1}, "n_tasks"),
        ({"n_tasks": 2.0}, "n_tasks"),
        ({"beta": 1.0}, "beta"),
        ({"beta": math.nan}, "beta"),
        ({"beta": "0.9"}, "beta"),
        ({"warmup_steps": -1}, "warmup_steps"),
        ({"min_weight": 0.51}, "min_weight"),
        ({"n_tasks": 3, "min_weight": 0.4}, "min_weight"),
        ({"min_weight": -0.1}, "min_weight"),
        ({"update_every": 0}, "update_every"),
        ({"task_names": ("a",)}, "task_names"),
        ({"task_names": ("a", "a")}, "task_names"),
        ({"task_names": ("a", "a", "b")}, "task_names"),
        ({"task_names": ("a", "b", "c")}, "task_names"),
    ],
)
def test_a_bad_setting_is_refused_by_name(arguments, name):
    with pytest.raises(ParameterError, match=f"^{name} must .*; got "):
        GABALoss(**arguments)


def test_more_names_than_tasks_are_told_how_to_be_said():
    with pytest.raises(ParameterError, match=r"For 3 tasks give n_tasks=3\.$"):
        GABALoss(task_names=("a", "b", "c"))


def test_a_bad_call_is_refused_by_name():
    model = Fixed()
    with pytest.raises(ParameterError, match=r"losses must be 2 tensors.*got 1"):
        GABALoss()([model.shared.sum()], [model.shared])
    with pytest.raises(ParameterError, match=r"loss health must be a scalar; got shape \(2,\)"):
        GABALoss()([model.shared.sum(), model.shared], [model.shared])
    with pytest.raises(ParameterError, match="shared_parameters must hold"):
        GABALoss()(model.losses((1, 2)), [])


@settings(deadline=None, max_examples=50, derandomize=True)
@given(st.lists(st.floats(0.0, 1.0, width=32), min_size=2, max_size=6), st.floats(0.01, 1.0))
def test_floor_and_renormalise_gives_weights_above_the_bound(values, share):
    floor = share / len(values)
    total = sum(values)
    state = torch.tensor(values) / total if total > 1e-3 else torch.full((len(values),), 1 / len(values))
    weights = FloorRenorm(min(floor, 0.5)).forward(state)
    assert float(weights.sum()) == pytest.approx(1.0, abs=1e-5)
    assert float(weights.min()) >= floor / (1 + (len(values) - 1) * floor) - 1e-5


def test_floor_and_renormalise_works_on_the_last_axis():
    states = torch.tensor([[0.002, 0.998], [0.5, 0.5]])
    expected = torch.tensor([[0.05 / 1.048, 0.998 / 1.048], [0.5, 0.5]])
    torch.testing.assert_close(FloorRenorm()(states), expected)


def test_the_count_of_steps_follows_whoever_writes_to_its_buffer():
    loss, model = GABALoss(update_every=2, gramian=True), Fixed()
    assert [advance(loss, model, (1, 1)) is not None and loss.row.gramian is not None for _ in range(3)] == [
        True,
        False,
        True,
    ]
    loss.step_count.fill_(6)
    advance(loss, model, (1, 1))
    assert (loss.steps_done, loss.row.gramian is not None) == (7, True)
    twin = copy.deepcopy(loss)
    advance(twin, model, (1, 1))
    assert (loss.steps_done, twin.steps_done, int(twin.step_count)) == (7, 8, 8)
