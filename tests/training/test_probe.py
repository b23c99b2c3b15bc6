import copy

import pytest
import torch
from torch import nn
from torch.utils.checkpoint import checkpoint

from gaba_core.errors import ParameterError
from gaba_core.training import GABALoss, GradientProbe
from tests.training.inputs import Fixed, losses_of, trunk_of

KINDS = ("mlp", "cnn", "unused")


def names(tasks):
    return tuple(f"task{i}" for i in range(tasks))


def rows_of(trunk, tasks=2, seed=0):
    """(K, P) gradients, one backward pass a task on a copy: what the probe must agree with."""
    rows = []
    for task in range(tasks):
        twin = copy.deepcopy(trunk)
        losses_of(twin, tasks, seed)[task].backward()
        flat = [
            torch.zeros_like(p) if p.grad is None else p.grad for p in twin.parameters() if p.requires_grad
        ]
        rows.append(torch.cat([g.flatten() for g in flat]).double())
    return torch.stack(rows)


def agree(found, expected):
    torch.testing.assert_close(found.double(), expected, rtol=2e-6, atol=1e-12)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("tasks", [2, 3, 20])
def test_norms_and_gramian_are_those_of_one_backward_pass_a_task(kind, tasks):
    trunk = trunk_of(kind)
    rows = rows_of(trunk, tasks)
    probe = GradientProbe(names(tasks))
    probe(losses_of(trunk, tasks), list(trunk.parameters()))
    agree(probe.gramian, rows @ rows.T)
    agree(probe.norms, rows.norm(dim=1))


@pytest.mark.parametrize("kind", KINDS)
def test_the_update_is_the_summed_gradient_before_clipping(kind):
    trunk, weights = trunk_of(kind), (0.3, 0.7)
    rows = rows_of(trunk)
    probe, losses = GradientProbe(names(2)), losses_of(trunk)
    probe(losses, list(trunk.parameters()))
    sum(w * loss for w, loss in zip(weights, losses, strict=True)).backward()
    probe.record_update()
    nn.utils.clip_grad_norm_(trunk.parameters(), 1e-6)
    step = torch.tensor(weights, dtype=torch.float64) @ rows
    agree(probe.update, torch.cat([step.norm()[None], rows @ step]))


def test_a_run_with_the_probe_is_the_run_without_it():
    def trained(with_probe):
        torch.manual_seed(0)
        trunk = nn.Sequential(nn.Linear(6, 16), nn.Dropout(0.5), nn.Tanh(), nn.Linear(16, 8), nn.Dropout(0.2))
        optimiser = torch.optim.AdamW(trunk.parameters(), lr=0.05)
        probe = GradientProbe(names(2), every=2)
        for step in range(7):
            losses = losses_of(trunk, seed=step)
            if with_probe:
                probe(losses, list(trunk.parameters()))
            optimiser.zero_grad()
            sum(losses).backward()
            if with_probe:
                probe.record_update()
            optimiser.step()
        return [p.detach().clone() for p in trunk.parameters()], torch.rand(3)

    (plain, after), (probed, after_probe) = trained(False), trained(True)
    assert all(torch.equal(a, b) for a, b in zip(plain, probed, strict=True))
    assert torch.equal(after, after_probe)


def test_gradients_that_wait_in_grad_are_left_alone():
    trunk = trunk_of("mlp")
    sum(losses_of(trunk, seed=1)).backward()
    before = [p.grad.clone() for p in trunk.parameters()]
    GradientProbe(names(2))(losses_of(trunk), list(trunk.parameters()))
    assert all(torch.equal(p.grad, g) for p, g in zip(trunk.parameters(), before, strict=True))


def test_a_recomputed_forward_pass_does_not_move_the_random_state():
    layer = nn.Sequential(nn.Linear(6, 6), nn.Dropout(0.5))
    out = checkpoint(layer, torch.randn(4, 6), use_reentrant=False, preserve_rng_state=False)
    before = torch.get_rng_state()
    GradientProbe(names(2))([out.square().mean(), out.mean()], list(layer.parameters()))
    assert torch.equal(torch.get_rng_state(), before)


def _held(probe):
    return sum(block.rows.numel() for block in probe.meter._blocks)


@pytest.mark.parametrize("end", ["record", "step", "next"])
def test_the_task_gradients_are_given_back(end):
    trunk, probe = trunk_of("mlp"), GradientProbe(names(2), every=2)
    losses = losses_of(trunk)
    probe(losses, list(trunk.parameters()))
    assert _held(probe) == 2 * sum(p.numel() for p in trunk.parameters())
    sum(losses).backward()
    torch.optim.SGD([nn.Parameter(torch.zeros(1))]).step()  # somebody else's optimiser
    assert _held(probe) > 0
    if end == "record":
        probe.record_update()
    elif end == "step":
        torch.optim.SGD(trunk.parameters()).step()
    else:
        probe(losses_of(trunk), list(trunk.parameters()))
    assert _held(probe) == 0


def test_every_nth_step_is_measured_from_the_first_on():
    trunk, probe, seen = trunk_of("mlp"), GradientProbe(names(2), every=3), []
    for step in range(7):
        probe(losses_of(trunk, seed=step), list(trunk.parameters()))
        seen.append(None if probe.row is None else probe.row.step)
    assert seen == [0, None, None, 3, None, None, 6]
    again = GradientProbe(names(2), every=3)
    again.load_state_dict(probe.state_dict())
    again(losses_of(trunk), list(trunk.parameters()))
    assert again.row is None  # step 7


def test_nothing_is_measured_in_evaluation():
    trunk, probe = trunk_of("mlp"), GradientProbe(names(2))
    with torch.no_grad():
        probe(losses_of(trunk), list(trunk.parameters()))
    probe.eval()(losses_of(trunk), list(trunk.parameters()))
    assert (probe.row, int(probe.step_count)) == (None, 0)


def test_accumulated_micro_batches_are_measured_as_one_step():
    trunk = trunk_of("mlp")
    rows = rows_of(trunk, seed=1) + rows_of(trunk, seed=2)
    probe = GradientProbe(names(2), accumulate=2)
    for seed in (1, 2):
        losses = losses_of(trunk, seed=seed)
        probe(losses, list(trunk.parameters()))
        assert (probe.row is None) == (seed == 1)
        sum(losses).backward()
    probe.record_update()
    agree(probe.gramian, rows @ rows.T)
    agree(probe.update, torch.cat([rows.sum(0).norm()[None], rows @ rows.sum(0)]))
    assert int(probe.step_count) == 1


def test_frozen_parameters_add_nothing():
    trunk = trunk_of("mlp")
    trunk[0].weight.requires_grad_(False)
    rows = rows_of(trunk)
    probe = GradientProbe(names(2))
    probe(losses_of(trunk), list(trunk.parameters()))
    agree(probe.gramian, rows @ rows.T)
    for p in trunk.parameters():
        p.requires_grad_(False)
    with pytest.raises(ParameterError, match="a parameter that requires a gradient; got none"):
        probe(losses_of(trunk_of("mlp")), list(trunk.parameters()))


def test_a_loss_without_a_path_to_the_trunk_has_norm_zero():
    trunk, probe = trunk_of("mlp"), GradientProbe(names(2))
    probe([losses_of(trunk)[0], torch.tensor(3.0)], list(trunk.parameters()))
    assert probe.norms[1] == 0
    assert probe.gramian[0, 1] == 0


def test_a_graph_that_is_gone_is_said_so():
    trunk = trunk_of("mlp")
    losses = losses_of(trunk)
    sum(losses).backward()
    with pytest.raises(ParameterError, match=r"measure them before backward\(\)"):
        GradientProbe(names(2))(losses, list(trunk.parameters()))


@pytest.mark.parametrize("scale", [1.0, 2.0**14])
def test_under_autocast_the_scale_of_a_gradscaler_is_divided_out(scale):
    trunk, scaler = trunk_of("mlp"), torch.amp.GradScaler("cpu", init_scale=scale)
    optimiser = torch.optim.SGD(trunk.parameters(), lr=0.1)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        losses = losses_of(trunk)
        twin = [torch.autograd.grad(loss, list(trunk.parameters()), retain_graph=True) for loss in losses]
        probe = GradientProbe(names(2))
        probe(losses, list(trunk.parameters()), scale=scaler.get_scale())
    rows = torch.stack([torch.cat([g.flatten() for g in one]).double() for one in twin])
    torch.testing.assert_close(probe.gramian.double(), rows @ rows.T, rtol=0.03, atol=1e-6)
    scaler.scale(sum(losses)).backward()
    probe.record_update(scale=scaler.get_scale())
    before = probe.update
    probe(losses_of(trunk), list(trunk.parameters()))
    scaler.unscale_(optimiser)
    probe.record_update()
    torch.testing.assert_close(before[0], probe.update[0])
    scaler.step(optimiser)


def test_products_do_not_overflow_or_follow_the_matrix_precision():
    model = Fixed(2)
    probe = GradientProbe(names(2))
    probe(model.losses((1e30, 1e30)), [model.shared])
    assert probe.norms.tolist() == pytest.approx([1e30, 1e30])
    before = torch.get_float32_matmul_precision()
    try:
        torch.set_float32_matmul_precision("medium")
        rows = rows_of(trunk := trunk_of("mlp"))
        probe(losses_of(trunk), list(trunk.parameters()))
        agree(probe.gramian, rows @ rows.T)
    finally:
        torch.set_float32_matmul_precision(before)


@pytest.mark.parametrize("first", ["probe", "backward"])
def test_a_compiled_model_is_measured(first):
    trunk = nn.Sequential(nn.Linear(6, 8), nn.GELU(), nn.Softmax(1), nn.Linear(8, 8))
    probe = GradientProbe(names(2))
    rows = rows_of(trunk)
    compiled = torch.compile(trunk, backend="aot_eager")
    if first == "backward":
        sum(losses_of(compiled)).backward()
        trunk.zero_grad()
    losses = losses_of(compiled)
    probe(losses, list(trunk.parameters()))
    sum(losses).backward()
    probe.record_update()
    torch.testing.assert_close(probe.gramian.double(), rows @ rows.T, rtol=1e-4, atol=1e-9)
    torch.testing.assert_close(probe.update[0].double(), rows.sum(0).norm(), rtol=1e-4, atol=1e-9)


def test_gaba_measures_with_the_same_code_and_weighs_as_before():
    trunk = trunk_of("cnn")
    plain, with_gramian = GABALoss(warmup_steps=0), GABALoss(warmup_steps=0, gramian=True)
    probe = GradientProbe(names(2))
    for step in range(3):
        for one in (plain, with_gramian, probe):
            one(losses_of(trunk, seed=step), list(trunk.parameters()))
    torch.testing.assert_close(plain.applied, with_gramian.applied, rtol=1e-6, atol=0)
    assert torch.equal(with_gramian.row.gramian, probe.gramian)
    with pytest.raises(ParameterError, match="gramian must be True"):
        plain.record_update()
    assert copy.deepcopy(with_gramian).meter.gramian


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ({"task_names": "ab"}, "at least 2 names"),
        ({"task_names": ("a",)}, "at least 2 names"),
        ({"task_names": ("a", "a")}, "different names"),
        ({"task_names": ("a", "b"), "every": 0}, "every must be a whole number of at least 1; got 0"),
        ({"task_names": ("a", "b"), "accumulate": 0}, "accumulate must be a whole number"),
    ],
)
def test_settings_that_mean_nothing_are_refused(bad, message):
    with pytest.raises(ParameterError, match=message):
        GradientProbe(**bad)


def test_weights_that_are_known_after_backward_join_the_step_that_was_measured():
    model, probe = Fixed(), GradientProbe(("a", "b"), every=2)
    probe(model.losses((3.0, 4.0)), [model.shared])
    probe.record_weights(None)
    assert probe.row.values[0].isnan().all()
    probe.record_weights([0.5, 1.0])
    assert probe.row.values.tolist() == [[0.5, 1.0], [3.0, 4.0], [1.0, 1.0]]
    with pytest.raises(ParameterError, match=r"weights must be 2 numbers, one a task; got shape \(3,\)"):
        probe.record_weights([1.0, 2.0, 3.0])
    probe(model.losses((3.0, 4.0)), [model.shared])
    probe.record_weights([0.5, 1.0])  # not measured: there is no row to join
    assert probe.row is None
