"""What a model is judged by, named as in the published evaluator."""

from __future__ import annotations

import torch
from torch import Tensor

from gaba_core.training.model import HEALTH_CLASSES, HealthModel
from gaba_core.training.windows import Dataset, Windows

EARLY_SCALE, LATE_SCALE = 13.0, 10.0
CHUNK = 2048


def nasa_score(predicted: Tensor, true: Tensor) -> float:
    """Sum over engines of exp(-d/13) - 1 where d = predicted - true < 0, else exp(d/10) - 1, d in cycles."""
    error = (predicted - true).double()
    scaled = torch.where(error < 0, -error / EARLY_SCALE, error / LATE_SCALE)
    return float(scaled.expm1().sum())


def rmse(predicted: Tensor, true: Tensor) -> float:
    """Root mean squared error, in cycles."""
    return float((predicted - true).double().square().mean().sqrt())


def macro_f1(predicted: Tensor, true: Tensor, classes: int = HEALTH_CLASSES) -> float:
    """Mean F1 over the classes that occur in either tensor, in percent."""
    pairs = (
        torch.bincount(true * classes + predicted, minlength=classes**2).reshape(classes, classes).double()
    )
    hits, counted = pairs.diagonal(), pairs.sum(0) + pairs.sum(1)
    present = counted > 0
    return float(100 * (2 * hits[present] / counted[present]).mean())


@torch.no_grad()
def predict(model: HealthModel, windows: Windows) -> tuple[Tensor, Tensor]:
    """RUL (N,) in cycles and health class (N,) of every window."""
    parts = [
        model(windows.take(chosen)[0])
        for chosen in torch.split(torch.arange(len(windows), device=windows.rul.device), CHUNK)
    ]
    return torch.cat([cycles for cycles, _ in parts]), torch.cat([logits for _, logits in parts]).argmax(1)


def evaluate(model: HealthModel, data: Dataset) -> dict[str, float]:
    """Metrics on the test engines, against RUL capped as in training.

    ``rmse_last``, ``nasa``, ``health_accuracy`` and ``health_f1`` (both in percent) judge the last window
    of each engine, ``rmse_all`` every test window, ``engines`` counts the engines.
    """
    was_training = model.training
    model.eval()
    cycles, health = predict(model, data.last)
    every, _ = predict(model, data.test)
    model.train(was_training)
    return {
        "rmse_last": rmse(cycles, data.last.rul),
        "nasa": nasa_score(cycles, data.last.rul),
        "rmse_all": rmse(every, data.test.rul),
        "health_accuracy": float(100 * (health == data.last.health).double().mean()),
        "health_f1": macro_f1(health, data.last.health),
        "engines": data.engines,
    }
