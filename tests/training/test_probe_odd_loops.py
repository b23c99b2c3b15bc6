"""The probe in loops that do not go by the book, and what it refuses."""

import pytest
import torch
from torch import nn

from gaba_core.errors import ParameterError
from gaba_core.training import GABALoss, GradientProbe
from tests.training.inputs import losses_of, trunk_of
from tests.training.test_probe import agree, names, rows_of


@pytest.mark.parametrize("every", [1, 2])
def test_a_step_of_fewer_micro_batches_is_counted_and_the_next_is_measured_whole(every):
    trunk, probe, seen = trunk_of("mlp"), GradientProbe(names(2), every=every, accumulate=2), {}
    optimiser = torch.optim.SGD(trunk.parameters(), lr=0.01)
    elsewhere = torch.optim.SGD([nn.Parameter(torch.zeros(1))])
    for step, micro_batches in enumerate((2, 1, 2, 1, 1, 2)):
        rows = 0.0
        for seed in range(micro_batches):
            rows = rows + rows_of(trunk, seed=seed)
            losses = losses_of(trunk, seed=seed)
            probe(losses, trunk.parameters())
            sum(losses).backward()
            elsewhere.step()  # of another model: it ends no step of this one
        if probe.row is not None:
            seen[step] = probe.row.step
            agree(probe.gramian, rows @ rows.T)
        optimiser.step()
        optimiser.zero_grad()
        assert int(probe.step_count) == step + 1
    assert seen == ({0: 0, 2: 2, 5: 5} if every == 1 else {0: 0, 2: 2})


def test_a_parameter_that_is_handed_over_twice_counts_once():
    trunk, probe = trunk_of("mlp"), GradientProbe(names(2))
    rows = rows_of(trunk)
    probe(losses_of(trunk), [*trunk.parameters(), *trunk.parameters()])
    agree(probe.gramian, rows @ rows.T)
    probe(losses_of(trunk), trunk.parameters())
    agree(probe.gramian, rows @ rows.T)
    first = next(trunk.parameters())
    probe(losses_of(trunk), first)
    agree(probe.gramian, rows[:, : first.numel()] @ rows[:, : first.numel()].T)


@pytest.mark.parametrize(
    ("parameters", "losses", "weights", "message"),
    [
        (lambda trunk: trunk, None, None, "shared_parameters must hold tensors, .*; got Linear"),
        (lambda trunk: trunk.named_parameters(), None, None, "must hold tensors, .*; got tuple"),
        (lambda trunk: [], None, None, "a parameter that requires a gradient; got none"),
        (None, lambda found: [found[0], 0.0], None, "loss task1 must be a tensor; got 0.0"),
        (None, lambda found: dict(enumerate(found)), None, "loss task0 must be a tensor; got 0"),
        (None, None, [1.0, 2.0, 3.0], r"weights must be 2 numbers, one a task; got shape \(3,\)"),
    ],
)
def test_what_cannot_be_measured_is_refused_by_name(parameters, losses, weights, message):
    trunk = trunk_of("mlp")
    shared = list(trunk.parameters()) if parameters is None else parameters(trunk)
    found = losses_of(trunk) if losses is None else losses(losses_of(trunk))
    probe = GradientProbe(names(2))
    with pytest.raises(ParameterError, match=message):
        probe(found, shared, weights=weights)
    probe(losses_of(trunk), list(trunk.parameters()))
    assert probe.row is not None


@pytest.mark.parametrize("make", [lambda: GradientProbe(names(2), every=3), lambda: GABALoss(update_every=3)])
def test_between_two_measurements_no_number_is_read_off_the_device(make, monkeypatch):
    trunk, one = trunk_of("mlp"), make()
    one(losses_of(trunk), list(trunk.parameters()))

    def read(_):
        raise AssertionError("a tensor was read")

    with monkeypatch.context() as patch:
        for name in ("__int__", "__float__", "__bool__", "item", "tolist", "cpu"):
            patch.setattr(torch.Tensor, name, read)
        for _ in range(2):
            one(losses_of(trunk), list(trunk.parameters()))
    assert (one.steps_done, int(one.step_count)) == (3, 3)
