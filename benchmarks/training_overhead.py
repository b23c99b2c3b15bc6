"""What a GABALoss step costs beside a step on the plain sum of the losses.

Run ``python -m benchmarks.training_overhead`` on an idle machine. For each number of tasks and each trunk the
two kinds of step alternate, so that a busy moment hits both; the table shows medians.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable
from itertools import pairwise

import torch
from torch import Tensor, nn

from gaba_core.training import GABALoss
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

    def seconds(self, combine: Callable[[list[Tensor]], Tensor]) -> float:
        """Wall time of one training step."""
        self._wait()
        start = time.perf_counter()
        self.optimiser.zero_grad()
        shared = self.trunk(self.windows)
        losses = [
            nn.functional.mse_loss(head(shared)[:, 0], target)
            for head, target in zip(self.heads, self.targets, strict=True)
        ]
        torch.autograd.backward(combine(losses))
        self.optimiser.step()
        self._wait()
        return time.perf_counter() - start

    def _wait(self) -> None:
        if self.device.type == "cuda":
            torch.cuda.synchronize()


def measure(case: Case, update_every: int, rounds: int, measured: int = 0) -> tuple[float, float, float]:
    """Median seconds of a plain step and of a GABA step, and the median extra share over whole cycles.

    Args:
        case: the trunk and its tasks.
        update_every: steps between two measurements of the norms; one cycle.
        rounds: cycles.
        measured: how many of the last shared parameters the norms are taken on; 0 for all.
    """
    balancer = GABALoss(len(case.heads), update_every=update_every).to(case.device)
    shared = case.shared[-measured:]

    def balanced(losses: list[Tensor]) -> Tensor:
        total: Tensor = balancer(losses, shared)
        return total

    def plain(losses: list[Tensor]) -> Tensor:
        return torch.stack(losses).sum()

    pairs = [(case.seconds(plain), case.seconds(balanced)) for _ in range(rounds * update_every)][
        update_every:
    ]
    cycles = [pairs[i : i + update_every] for i in range(0, len(pairs), update_every)]
    extra = statistics.median(sum(b for _, b in c) / sum(a for a, _ in c) - 1 for c in cycles)
    plain_median, balanced_median = (statistics.median(column) for column in zip(*pairs, strict=True))
    return plain_median, balanced_median, extra


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
    print(f"batch {BATCH}, window {WINDOW}; ms a step, medians of {options.rounds} rounds\n")
    print("| trunk | norms on | K | update_every | plain ms | GABA ms (median step) | extra time |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for name, make, where, measured in TRUNKS:
        for tasks in (2, 3, 8):
            case = Case(make, tasks, device)
            for every in (1, 10):
                rounds = max(3, options.rounds // every)
                plain, balanced, extra = measure(case, every, rounds, measured)
                times = f"{1e3 * plain:.2f} | {1e3 * balanced:.2f} | {100 * extra:+.0f} %"
                print(f"| {name} | {where} | {tasks} | {every} | {times} |")


if __name__ == "__main__":
    main()
