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
    """Metrics of an epoch, on the held-out training engines, against RUL capped as in training.

    ``rmse_last``, ``nasa``, ``health_accuracy`` and ``health_f1`` (both in percent) judge the windows at
    which the engines are cut, ``rmse_all`` every window, ``engines`` counts the engines.
    """
    (cycles, health), (every, _) = _predictions(model, data.cuts, data.held)
    return {
        "rmse_last": rmse(cycles, data.cuts.rul),
        "nasa": nasa_score(cycles, data.cuts.rul),
        "rmse_all": rmse(every, data.held.rul),
        "health_accuracy": _accuracy(health, data.cuts.health),
        "health_f1": macro_f1(health, data.cuts.health),
        "engines": data.held.engines,
    }


def evaluate_test(model: HealthModel, data: Dataset) -> dict[str, float]:
    """Metrics on the test engines, for a run's end: the last window of each, RUL capped and not capped."""
    (cycles, health), (every, _) = _predictions(model, data.last, data.test)
    return {
        "engines": data.last.engines,
        "rmse": rmse(cycles, data.last.rul),
        "rmse_uncapped": rmse(cycles, data.last.life),
        "nasa": nasa_score(cycles, data.last.rul),
        "nasa_uncapped": nasa_score(cycles, data.last.life),
        "health_accuracy": _accuracy(health, data.last.health),
        "health_f1": macro_f1(health, data.last.health),
        "rmse_all": rmse(every, data.test.rul),
    }


def _accuracy(predicted: Tensor, true: Tensor) -> float:
    return float(100 * (predicted == true).double().mean())


def _predictions(model: HealthModel, *sets: Windows) -> list[tuple[Tensor, Tensor]]:
    was_training = model.training
    model.eval()
    found = [predict(model, windows) for windows in sets]
    model.train(was_training)
    return found
