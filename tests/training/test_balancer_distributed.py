import socket

import torch
from torch import distributed, multiprocessing
from torch.nn.parallel import DistributedDataParallel

from gaba_core.training import GABALoss
from tests.training.inputs import losses_of, trunk_of

STEPS = 4


def _work(rank, port, results):
    torch.set_num_threads(1)
    address = f"tcp://127.0.0.1:{port}"
    distributed.init_process_group("gloo", init_method=address, rank=rank, world_size=2)
    torch.manual_seed(0)
    trunk = DistributedDataParallel(trunk_of("mlp"))
    loss = GABALoss(beta=0.5, warmup_steps=1)
    for step in range(STEPS):
        trunk.zero_grad()
        loss(losses_of(trunk, seed=10 * step + rank), list(trunk.parameters())).backward()
    gradient = torch.cat([p.grad.flatten() for p in trunk.parameters()])
    results.put((rank, loss.applied.tolist(), loss.norms.tolist(), gradient.tolist()))
    distributed.destroy_process_group()


def _free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


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
    assert found[0][0] != [0.5, 0.5]
    assert _norms_alone(rank=0) != _norms_alone(rank=1)


def _norms_alone(rank):
    torch.manual_seed(0)
    trunk = trunk_of("mlp")
    loss = GABALoss()
    loss(losses_of(trunk, seed=10 * (STEPS - 1) + rank), list(trunk.parameters()))
    return loss.norms.tolist()
