"""Small models, losses and fleets that the training tests share."""

import gzip

import numpy as np
import torch
from torch import nn

from gaba_core.training.generated import generate_fleet


class Branched(nn.Module):
    """A trunk with one parameter that no output reaches."""

    def __init__(self):
        super().__init__()
        self.used = nn.Linear(6, 8)
        self.unused = nn.Linear(6, 8)

    def forward(self, x):
        return self.used(x)


def trunk_of(kind):
    if kind == "mlp":
        return nn.Sequential(nn.Linear(6, 8), nn.Tanh(), nn.Linear(8, 8))
    if kind == "cnn":
        return nn.Sequential(nn.Unflatten(1, (1, 6)), nn.Conv1d(1, 2, 3), nn.ReLU(), nn.Flatten())
    return Branched()


def losses_of(trunk, tasks=2, seed=0):
    """Losses whose gradients on the trunk differ by powers of ten."""
    generator = torch.Generator().manual_seed(seed)
    features = trunk(torch.randn(5, 6, generator=generator))
    return [10.0**-task * (features - task).square().mean() for task in range(tasks)]


class Fixed(nn.Module):
    """One shared vector; `losses` have exactly the gradient norms asked for."""

    def __init__(self, tasks=2):
        super().__init__()
        self.shared = nn.Parameter(torch.zeros(tasks))

    def losses(self, norms):
        return [norm * self.shared[i] + 1.0 for i, norm in enumerate(norms)]


def advance(loss, model, norms):
    """One step of the balancer with these norms; the weights that were applied."""
    loss(model.losses([float(n) for n in norms]), [model.shared])
    return loss.applied.clone()


def small_fleet():
    return generate_fleet(seed=1, train_engines=3, test_engines=3)


def write_nasa(folder, subset, lengths, test_lengths, left, packed=False):
    """Files in NASA's form: two conditions, a rising sensor, two blanks at the end of each row."""
    for name, sizes in (("train", lengths), ("test", test_lengths)):
        rows = [_row(unit, cycle) for unit, n in enumerate(sizes, 1) for cycle in range(1, n + 1)]
        _write(folder / f"{name}_{subset}.txt", "".join(rows), packed)
    _write(folder / f"RUL_{subset}.txt", "".join(f"{n} \n" for n in left), packed)


def _row(unit, cycle):
    settings = (0.001, 0.0002, 100.0) if cycle % 2 else (42.003, 0.8405, 100.0)
    sensors = [100.0 * (cycle % 2) + i + 0.01 * cycle * (i == 3) for i in range(21)]
    return " ".join(f"{value:g}" for value in (unit, cycle, *settings, *sensors)) + "  \n"


def _write(path, text, packed):
    if packed:
        path.with_name(path.name + ".gz").write_bytes(gzip.compress(text.encode()))
    else:
        path.write_text(text, encoding="ascii")


def random_norms(seed, steps, tasks):
    rng = np.random.default_rng(seed)
    medians = 10.0 ** rng.uniform(-3, 3, tasks)
    return (medians * np.exp(rng.standard_normal((steps, tasks)))).astype(np.float32)
