"""What measuring gradients costs beside a step on the plain sum of the losses.

Run ``python -m benchmarks.training_overhead`` on an idle machine. For each number of tasks and each trunk the
kinds of step alternate, so that a busy moment hits all of them: the plain sum, GABALoss with norms alone,
GABALoss with the Gramian, and the plain sum with a GradientProbe that records the update too. Shown are
medians over whole cycles of the steps between two measurements.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor, nn

from gaba_core.training import GABALoss, GradientProbe
from gaba_core.training.device import choose_device, describe_device

BATCH, WINDOW, FEATURES = 256, 30, 24


class Recurrent(nn.Module):
    """The trunk of the shipped runs."""

    def __init__(self, hidden: int = 32) -> None:
        super().__init__()
        self.recurrent = nn.LSTM(FEATURES, hidden, batch_first=True)
        self.width = hidden

    def forward(self, windows: Tensor) -> Tensor:
        """Last output, (B, width)."""
        last: Tensor = self.recurrent(windows)[0][:, -1]
        return last


class Convolutional(nn.Module):
    """Three convolutions over the window."""

    def __init__(self, width: int = 64) -> None:
        super().__init__()
        sizes = (FEATURES, width, width, width)
        layers = [nn.Conv1d(a, b, 3) for a, b in pairwise(sizes)]
        self.layers = nn.Sequential(*(part for layer in layers for part in (layer, nn.ReLU())))
        self.width = width

    def forward(self, windows: Tensor) -> Tensor:
        """Mean over time, (B, width)."""
        mean: Tensor = self.layers(windows.transpose(1, 2)).mean(-1)
        return mean


TRUNKS: tuple[tuple[str, type[Recurrent | Convolutional], str, int], ...] = (
    ("LSTM 32", Recurrent, "whole trunk", 0),
    ("CNN 3 x 64", Convolutional, "whole trunk", 0),
    ("CNN 3 x 64", Convolutional, "last layer", 2),
)


class Case:
    """A trunk with K linear heads, trained either way."""

    def __init__(
        self, make: Callable[[], Recurrent | Convolutional], tasks: int, device: torch.device
    ) -> None:
        torch.manual_seed(0)
        self.trunk = make().to(device)
        self.heads = nn.ModuleList(nn.Linear(self.trunk.width, 1) for _ in range(tasks)).to(device)
        self.shared = list(self.trunk.parameters())
        self.optimiser = torch.optim.AdamW([*self.shared, *self.heads.parameters()])
        self.windows = torch.randn(BATCH, WINDOW, FEATURES, device=device)
        self.targets = torch.randn(tasks, BATCH, device=device)
        self.device = device

    def seconds(
        self, combine: Callable[[list[Tensor]], Tensor], after: Callable[[], None] = lambda: None
    ) -> float:
        """Wall time of one training step; ``after`` is called behind the backward pass."""
        self._wait()
        start = time.perf_counter()
        self.optimiser.zero_grad()
        shared = self.trunk(self.windows)
        losses = [
            nn.functional.mse_loss(head(shared)[:, 0], target)
            for head, target in zip(self.heads, self.targets, strict=True)
        ]
        torch.autograd.backward(combine(losses))
        after()
        self.optimiser.step()
        self._wait()
        return time.perf_counter() - start

    def _wait(self) -> None:
        if self.device.type == "cuda":
            torch.cuda.synchronize()


@dataclass(frozen=True)
class Costs:
    """Milliseconds of a plain step and shares of extra time: GABA, its Gramian over its norms, the probe."""

    plain: float
    norms: float
    gramian: float
    probe: float


def measure(case: Case, every: int, rounds: int, measured: int = 0) -> Costs:
    """The costs, as medians over cycles.

    Args:
        case: the trunk and its tasks.
        every: steps between two measurements; one cycle.
        rounds: cycles.
        measured: how many of the last shared parameters are measured; 0 for all.
    """
    tasks, shared = len(case.heads), case.shared[-measured:]
    norms = GABALoss(tasks, update_every=every).to(case.device)
    gramian = GABALoss(tasks, update_every=every, gramian=True).to(case.device)
    probe = GradientProbe([f"task_{i}" for i in range(tasks)], every=every)

    def plain(losses: list[Tensor]) -> Tensor:
        return torch.stack(losses).sum()

    def probed(losses: list[Tensor]) -> Tensor:
        probe(losses, shared)
        return plain(losses)

    kinds: tuple[tuple[Callable[[list[Tensor]], Tensor], Callable[[], None]], ...] = (
        (plain, lambda: None),
        (lambda losses: norms(losses, shared), lambda: None),
        (lambda losses: gramian(losses, shared), gramian.meter.release),
        (probed, probe.record_update),
    )
    steps = [[case.seconds(*kind) for kind in kinds] for _ in range((rounds + 1) * every)][every:]
    cycles = np.array(steps).reshape(rounds, every, len(kinds)).sum(1)
    extra = np.median(cycles / cycles[:, :1] - 1, axis=0)
    over = float(np.median(cycles[:, 2] / cycles[:, 1] - 1))
    return Costs(1e3 * float(np.median(cycles[:, 0])) / every, float(extra[1]), over, float(extra[3]))


def main() -> None:
    """Print the table and the machine."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=60)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    device = choose_device(options.device)
    machine = f"{describe_device(device)}, {os.cpu_count()} cores, {options.threads} thread(s)"
    print(f"{machine}, torch {torch.__version__}")
    print(f"batch {BATCH}, window {WINDOW}; medians of {options.rounds} rounds\n")
    print("| trunk | measured on | K | every | plain ms | GABA | Gramian over norms | probe with update |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for name, make, where, measured in TRUNKS:
        for tasks in (2, 3, 8):
            case = Case(make, tasks, device)
            for every in (1, 10):
                one = measure(case, every, max(5, options.rounds // every), measured)
                shares = " | ".join(f"{100 * share:+.1f} %" for share in (one.norms, one.gramian, one.probe))
                print(f"| {name} | {where} | {tasks} | {every} | {one.plain:.2f} | {shares} |")


if __name__ == "__main__":
    main()
