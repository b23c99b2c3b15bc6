"""A gradient balancer in a training loop, and a replay of its log through the same method."""

import numpy as np
import pytest
import torch
from torch import nn

from gaba_core.aggregators import AGGREGATORS
from gaba_core.runs import read_run, replay
from gaba_core.training import Balancer, ConvergenceLogger
from gaba_core.training.weightings import GradientBalancer

ORDERED = ("pcgrad", "gradvac")
RULES = [GradientBalancer(key) for key in AGGREGATORS]
RULES += [GradientBalancer(key, type(AGGREGATORS[key])(seed=7)) for key in ORDERED]


def trained(folder, rule, tasks=3, epochs=3, batches=9, update_every=1, bad=()):
    """A run whose tasks pull a shared layer to targets of their own, so that their gradients conflict."""
    torch.manual_seed(0)
    trunk, balancer = nn.Linear(4, 5), Balancer(rule, tasks, update_every=update_every)
    optimiser = torch.optim.SGD(trunk.parameters(), lr=0.02)
    with ConvergenceLogger(folder, balancer) as log:
        for epoch in range(epochs):
            for batch in range(batches):
                x = torch.randn(6, 4)
                wanted = [x.roll(k, 1)[:, :1] * (-1.0) ** k for k in range(tasks)]
                losses = [4.0**k * (trunk(x) - wanted[k]).square().mean() for k in range(tasks)]
                if batches * epoch + batch in bad:
                    losses[1] = losses[1] * torch.inf
                optimiser.zero_grad()
                balanced = balancer(losses, list(trunk.parameters()))
                if balanced.isfinite():
                    balanced.backward()
                    optimiser.step()
            log.epoch(epoch)
    return read_run(folder), balancer


@pytest.mark.parametrize(
    "rule", RULES, ids=lambda rule: f"{rule.method}-{getattr(rule.aggregator, 'seed', 0)}"
)
def test_a_replay_gives_the_weights_that_were_trained_with(rule, tmp_path):
    run, _ = trained(tmp_path, rule)
    found = replay(run, method=rule.method).weights[0]
    np.testing.assert_allclose(found, run.steps.weights, rtol=1e-5, atol=1e-6)
    assert np.ptp(found, axis=0).max() > 0.01


@pytest.mark.parametrize("method", ORDERED)
def test_the_replay_of_another_seed_draws_other_orders(method, tmp_path):
    run, _ = trained(tmp_path, GradientBalancer(method))
    other = type(AGGREGATORS[method])(seed=1)(run.gramians, steps=run.steps.step)
    assert np.abs(other - run.steps.weights).max() > 0.01


@pytest.mark.parametrize("method", [*ORDERED, "cagrad"])
def test_training_and_replay_hold_the_weights_where_nothing_was_measured(method, tmp_path):
    run, balancer = trained(tmp_path, GradientBalancer(method), update_every=4, bad=(6, 8))
    assert balancer.counts() == {"skipped_steps": 1}
    assert np.isfinite(run.gramians).all((1, 2)).sum() == 6
    found = replay(run, method=method).weights[0]
    np.testing.assert_allclose(found, run.steps.weights, rtol=1e-5, atol=1e-6)


def test_a_restored_balancer_goes_on_with_gradvacs_targets_and_the_orders_of_its_steps(tmp_path):
    rule = GradientBalancer("gradvac")
    _, first = trained(tmp_path / "first", rule)
    restored = Balancer(rule, 3)
    restored.load_state_dict(first.state_dict())
    trunk, x = nn.Linear(4, 5), torch.ones(2, 4)
    for _ in range(3):
        for one in (first, restored):
            one([(trunk(x) - k).square().mean() for k in range(3)], list(trunk.parameters()))
        assert torch.equal(first.applied, restored.applied)
    assert first.targets.abs().sum() > 0.0
    assert (first.steps_done, restored.steps_done) == (30, 30)
