import math

import numpy as np
import pytest
import torch
from torch import nn

from gaba_core.aggregators import AGGREGATORS
from gaba_core.errors import ParameterError
from gaba_core.training import Balancer
from gaba_core.training.weightings import (
    WEIGHTINGS,
    DynamicWeightAverage,
    GradientBalancer,
    GradNorm,
    Uncertainty,
    Weighting,
)
from tests.training.inputs import Fixed, advance, losses_of, trunk_of

STEP = torch.zeros((), dtype=torch.int64)


def _run(rule, norms, losses, steps):
    state, seen = rule.init(len(norms)), []
    for _ in range(steps):
        state, weights = rule.step(state, STEP, torch.tensor(norms), torch.tensor(losses))
        seen.append(weights)
    return state, seen


@pytest.mark.parametrize("label", list(WEIGHTINGS))
def test_every_weighting_serves_the_same_loop(label):
    torch.manual_seed(0)
    trunk = trunk_of("mlp")
    balancer = Balancer(WEIGHTINGS[label])
    for seed in range(5):
        balancer(losses_of(trunk, seed=seed), list(trunk.parameters())).backward()
        balancer.end_epoch()
    assert balancer.applied.isfinite().all()
    assert sum(balancer.get_weights().values()) == pytest.approx(1.0, abs=1e-5)
    assert int(balancer.step_count) == 5
    restored = Balancer(WEIGHTINGS[label])
    restored.load_state_dict(balancer.state_dict())
    again = [one(losses_of(trunk, seed=9), list(trunk.parameters())) for one in (balancer, restored)]
    assert torch.equal(*again)


@pytest.mark.parametrize("label", list(WEIGHTINGS))
def test_the_weights_applied_are_those_that_the_rule_gave_for_the_step(label):
    torch.manual_seed(0)
    trunk, rule = trunk_of("mlp"), WEIGHTINGS[label]
    balancer, state = Balancer(rule), rule.init(2)
    for t in range(130):
        balancer(losses_of(trunk, seed=t), list(trunk.parameters()))
        measured = (balancer.norms.clone(), balancer.losses.clone(), balancer.row.gramian)
        state, weights = rule.step(state, torch.tensor(t), *measured)
        assert torch.equal(balancer.applied, weights)
        if t % 10 == 9:
            balancer.end_epoch()
            state = rule.end_epoch(state)


class Lender(Weighting):
    """Hands out its own tensors: state as weights, two swapped at the end of an epoch, one start for all."""

    start = torch.tensor([1.0, 2.0])

    def init(self, tasks):
        return {"first": self.start, "second": self.start}

    def first_weights(self, tasks):
        return self.start

    def step(self, state, step, norms, losses, gramian=None):
        return {"first": state["first"] + 1.0, "second": state["first"]}, state["first"]

    def end_epoch(self, state):
        return {"first": state["second"], "second": state["first"]}

    def report(self, state, weights):
        return state["first"]


def test_a_rule_that_hands_out_its_own_state_is_applied_and_logged_as_it_was_then():
    balancer, model = Balancer(Lender()), Fixed()
    assert advance(balancer, model, (1, 1)).tolist() == [1.0, 2.0]
    assert balancer.second.tolist() == [1.0, 2.0]
    reported = balancer.reported_weights()
    balancer.end_epoch()
    assert (balancer.first.tolist(), balancer.second.tolist()) == ([1.0, 2.0], [2.0, 3.0])
    assert reported.tolist() == [2.0, 3.0]
    assert Lender.start.tolist() == [1.0, 2.0]


def _gradnorm_loss(weights, norms, target):
    """The published sum of |G_i - target_i|, with G_i = |w_i| g_i, for autograd to check against."""
    return ((weights.abs() * norms) - target).abs().sum()


@pytest.mark.parametrize("raw", [[1.0, 1.0], [1.4, 0.6], [-0.3, 2.3]])
def test_the_analytic_gradnorm_gradient_is_the_derivative_of_its_loss(raw):
    rule = GradNorm(alpha=1.5)
    norms, progress = torch.tensor([3.0, 0.5]), torch.tensor([0.4, 0.9])
    weights = nn.Parameter(torch.tensor(raw))
    target = (weights.abs() * norms).mean().detach() * (progress / progress.mean()) ** 1.5
    (expected,) = torch.autograd.grad(_gradnorm_loss(weights, norms, target), weights)
    torch.testing.assert_close(rule.weight_gradient(weights.detach(), norms, progress), expected)


@pytest.mark.parametrize("kind", ["softmax", "exp"])
def test_a_positive_parametrisation_follows_the_chain_rule(kind):
    rule = GradNorm(alpha=1.5, parametrisation=kind, optimiser="sgd", rate=0.01)
    norms, losses = torch.tensor([3.0, 0.5]), torch.tensor([2.0, 2.0])
    parameters = nn.Parameter(rule.init(2)["gradnorm_parameters"])
    weights = rule.weights(parameters)
    target = (weights * norms).mean().detach() * torch.ones(2)
    (slope,) = torch.autograd.grad(_gradnorm_loss(weights, norms, target), parameters)
    moved = parameters.detach() - 0.01 * slope
    state, first = rule.step(rule.init(2), STEP, norms, losses)
    after = rule.weights(state["gradnorm_parameters"])
    expected = rule.weights(moved)
    assert first.tolist() == [1.0, 1.0]
    torch.testing.assert_close(after, 2 * expected / expected.sum())
    assert float(after[0]) < 1.0 < float(after[1])


def test_gradnorm_weights_sum_to_the_number_of_tasks():
    for kind in ("raw", "softmax", "exp"):
        _, seen = _run(GradNorm(parametrisation=kind), [5.0, 1.0, 0.2], [1.0, 1.0, 1.0], 30)
        assert float(seen[-1].sum()) == pytest.approx(3.0, abs=1e-4)


def test_raw_gradnorm_leaves_the_unit_interval_at_500_to_1_and_softmax_does_not():
    _, raw = _run(GradNorm(), [100.0, 0.2], [1.0, 1.0], 250)
    _, soft = _run(GradNorm(parametrisation="softmax"), [100.0, 0.2], [1.0, 1.0], 250)
    assert min(float(weights.min()) for weights in raw) < 0
    assert min(float(weights.min()) for weights in soft) > 0


def test_dwa_is_uniform_for_two_epochs_and_then_follows_the_ratio_of_losses():
    rule = DynamicWeightAverage(temperature=2.0)
    state = rule.init(2)
    epochs = [((4.0, 1.0), (2.0, 1.0)), ((1.5, 1.0), (1.5, 1.0)), ((1.0, 1.0), (1.0, 1.0))]
    applied = []
    for batches in epochs:
        for losses in batches:
            state, weights = rule.step(state, STEP, torch.zeros(2), torch.tensor(losses))
            applied.append(weights.tolist())
        state = rule.end_epoch(state)
    assert applied[:4] == [[1.0, 1.0]] * 4
    first, second = math.exp(1.5 / 3.0 / 2), math.exp(1.0 / 2)
    assert applied[4] == pytest.approx([2 * first / (first + second), 2 * second / (first + second)])


def test_dwa_without_a_finite_batch_keeps_its_weights():
    rule = DynamicWeightAverage()
    state = rule.end_epoch(rule.init(2))
    assert state["dwa_weights"].tolist() == [1.0, 1.0]


def test_uncertainty_starts_at_the_published_weights_and_descends_its_loss():
    rule = Uncertainty(rate=0.01)
    state, seen = _run(rule, [1.0, 1.0], [50.0, 0.1], 1)
    assert seen[0].tolist() == [0.5, 1.0]
    variances = nn.Parameter(torch.zeros(2))
    total = 0.5 * (-variances[0]).exp() * 50.0 + (-variances[1]).exp() * 0.1 + 0.5 * variances.sum()
    (slope,) = torch.autograd.grad(total, variances)
    assert state["log_variances"].sign().tolist() == (-slope).sign().tolist()
    assert state["log_variances"].abs().tolist() == pytest.approx([0.01, 0.01], rel=1e-4)


def test_uncertainty_weight_grows_as_a_loss_vanishes():
    _, seen = _run(Uncertainty(rate=0.05), [1.0, 1.0], [1.0, 0.0], 200)
    assert float(seen[-1][1]) > 100


def test_the_adam_direction_is_that_of_torch():
    parameters = nn.Parameter(torch.zeros(2))
    optimiser = torch.optim.Adam([parameters], lr=0.01)
    rule, losses = Uncertainty(rate=0.01), torch.tensor([3.0, 0.2])
    state = rule.init(2)
    for _ in range(20):
        optimiser.zero_grad()
        weights = torch.stack([0.5 * (-parameters[0]).exp(), (-parameters[1]).exp()])
        ((weights * losses).sum() + 0.5 * parameters.sum()).backward()
        optimiser.step()
        state, _ = rule.step(state, STEP, torch.ones(2), losses)
    torch.testing.assert_close(state["log_variances"], parameters.detach(), rtol=1e-4, atol=1e-6)


def test_a_non_finite_loss_holds_a_rule_that_reads_losses():
    balancer, model = Balancer(Uncertainty()), Fixed()
    balancer([model.shared[0] * math.nan, model.shared[1]], [model.shared])
    assert balancer.log_variances.tolist() == [0.0, 0.0]
    assert int(balancer.skipped_steps) == 1


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda: GradNorm(alpha=-1.0), "alpha"),
        (lambda: GradNorm(rate=0.0), "rate"),
        (lambda: GradNorm(parametrisation="sigmoid"), "parametrisation"),
        (lambda: GradNorm(optimiser="rmsprop"), "optimiser"),
        (lambda: DynamicWeightAverage(temperature=0.0), "temperature"),
        (lambda: Uncertainty(kinds=("ranking", "regression")), "kinds"),
        (lambda: Balancer(Uncertainty(), 3), "kinds"),
    ],
)
def test_a_bad_setting_is_refused_by_name(make, name):
    with pytest.raises(ParameterError, match=f"^{name} must .*; got "):
        make()


def _three_losses(shared, inputs):
    outputs = shared(inputs)
    return [
        *((outputs[:, k] - 3 * k).square().mean() for k in range(2)),
        (1 - outputs.sum(1)).square().mean(),
    ]


@pytest.mark.parametrize("method", AGGREGATORS)
def test_a_gradient_balancer_weighs_by_the_gramian_of_the_step(method):
    torch.manual_seed(0)
    shared, inputs = torch.nn.Linear(6, 5), torch.randn(8, 6)
    balancer, parameters = Balancer(GradientBalancer(method), n_tasks=3), list(shared.parameters())
    balancer(_three_losses(shared, inputs), parameters).backward()
    rows = [
        torch.autograd.grad(loss, parameters, retain_graph=True) for loss in _three_losses(shared, inputs)
    ]
    jacobian = torch.stack([torch.cat([g.reshape(-1) for g in row]) for row in rows]).double().numpy()
    expected = AGGREGATORS[method](jacobian @ jacobian.T)
    np.testing.assert_allclose(balancer.applied.numpy(), expected, rtol=2e-4, atol=2e-5)
    step = np.concatenate([p.grad.reshape(-1).numpy() for p in parameters])
    np.testing.assert_allclose(step, jacobian.T @ expected, rtol=2e-3, atol=2e-4 * np.abs(step).max())
    described = balancer.describe()
    assert described["method"] == described["weighting"]["method"] == method


def test_a_gradient_balancer_holds_its_weights_where_a_gradient_is_not_finite():
    shared, ones = torch.nn.Linear(2, 2), torch.ones(1, 2)
    balancer, parameters = Balancer(GradientBalancer("cagrad")), list(shared.parameters())
    balancer([shared(ones).sum(), shared(ones).square().sum()], parameters)
    before = balancer.applied.clone()
    bad = shared(torch.full((1, 2), torch.inf))
    balancer([bad.sum(), bad.square().sum()], parameters)
    assert torch.equal(balancer.applied, before)
    assert balancer.counts() == {"skipped_steps": 1}


def test_a_balancer_of_no_known_method_is_refused():
    with pytest.raises(ParameterError, match=r"method must be among mgda, pcgrad, .*; got 'adam'"):
        GradientBalancer("adam")
    with pytest.raises(ParameterError, match="aggregator must be that of cagrad; got PcGrad"):
        GradientBalancer("cagrad", AGGREGATORS["pcgrad"])
