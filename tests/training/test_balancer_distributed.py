import socket

import pytest
import torch
from torch import distributed, multiprocessing
from torch.nn.parallel import DistributedDataParallel

from gaba_core.training import GABALoss, GradientProbe
from gaba_core.training.ranks import any_rank
from tests.training.inputs import losses_of, trunk_of

STEPS = 4


def _work(rank, port, results):
    torch.set_num_threads(1)
    address = f"tcp://127.0.0.1:{port}"
    distributed.init_process_group("gloo", init_method=address, rank=rank, world_size=2)
    torch.manual_seed(0)
    trunk = DistributedDataParallel(trunk_of("mlp"))
    loss = GABALoss(beta=0.5, warmup_steps=1, gramian=True)
    probe = GradientProbe(("a", "b"), every=STEPS - 1)
    for step in range(STEPS):
        trunk.zero_grad()
        losses = losses_of(trunk, seed=10 * step + rank)
        probe(losses, list(trunk.parameters()))
        loss(losses, list(trunk.parameters())).backward()
        loss.record_update()
        probe.record_update()
    gradient = torch.cat([p.grad.flatten() for p in trunk.parameters()])
    measured = (loss.row.update, loss.row.gramian, probe.gramian, probe.update)
    assert any_rank(rank == 1, torch.device("cpu"))
    assert not any_rank(False, torch.device("cpu"))
    results.put((rank, loss.applied.tolist(), gradient.tolist(), *(one.tolist() for one in measured)))
    distributed.destroy_process_group()


def _free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@pytest.mark.slow
def test_two_ranks_with_different_batches_hold_the_same_weights():
    context = multiprocessing.get_context("spawn")
    results = context.SimpleQueue()
    port = _free_port()
    workers = [context.Process(target=_work, args=(rank, port, results)) for rank in range(2)]
    for worker in workers:
        worker.start()
    found = {rank: rest for rank, *rest in (results.get() for _ in workers)}
    for worker in workers:
        worker.join()
    assert found[0] == found[1]
    weights, gradient, update, gramian, probed, probed_update = (torch.tensor(one) for one in found[0])
    rows = torch.stack([_rows_alone(rank) for rank in range(2)])
    assert weights.tolist() != [0.5, 0.5]
    assert not torch.allclose(rows[0], rows[1])
    torch.testing.assert_close(gradient, weights @ rows.mean(0))
    torch.testing.assert_close(gramian, (rows @ rows.mT).mean(0))  # the balancer: each rank's own batch
    torch.testing.assert_close(probed, rows.mean(0) @ rows.mean(0).T)  # the probe: the averaged gradients
    expected = torch.cat([gradient.norm()[None], rows.mean(0) @ gradient])
    torch.testing.assert_close(update, expected)
    torch.testing.assert_close(probed_update, expected)


def _rows_alone(rank):
    torch.manual_seed(0)
    trunk = trunk_of("mlp")
    losses = losses_of(trunk, seed=10 * (STEPS - 1) + rank)
    found = [torch.autograd.grad(one, list(trunk.parameters()), retain_graph=True) for one in losses]
    return torch.stack([torch.cat([g.flatten() for g in one]) for one in found])
