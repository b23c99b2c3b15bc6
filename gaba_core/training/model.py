"""A small recurrent trunk that two heads share: remaining cycles and health class."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from gaba_core.checks import check_whole
from gaba_core.training.windows import RUL_CAP

FEATURES = 24
HEALTH_CLASSES = 3


@dataclass(frozen=True)
class ModelSettings:
    """Size of the trunk: an LSTM of ``layers`` layers of ``hidden`` units, its last output shared."""

    hidden: int = 32
    layers: int = 1
    dropout: float = 0.3

    def __post_init__(self) -> None:
        check_whole("hidden", self.hidden, 1)
        check_whole("layers", self.layers, 1)


class SharedTrunk(nn.Module):
    """LSTM over a window; gives (B, hidden) from (B, window, features)."""

    def __init__(self, settings: ModelSettings) -> None:
        super().__init__()
        self.recurrent = nn.LSTM(FEATURES, settings.hidden, settings.layers, batch_first=True)
        self.dropout = nn.Dropout(settings.dropout)

    def forward(self, windows: Tensor) -> Tensor:
        """(B, hidden) last output of the recurrence."""
        outputs, _ = self.recurrent(windows)
        last: Tensor = self.dropout(outputs[:, -1])
        return last


class HealthModel(nn.Module):
    """The trunk with its heads; the RUL head works in units of the cap, its output is in cycles."""

    def __init__(self, settings: ModelSettings) -> None:
        super().__init__()
        self.trunk = SharedTrunk(settings)
        self.rul_head = nn.Linear(settings.hidden, 1)
        self.health_head = nn.Linear(settings.hidden, HEALTH_CLASSES)

    def forward(self, windows: Tensor) -> tuple[Tensor, Tensor]:
        """RUL (B,) in cycles and health logits (B, 3)."""
        shared = self.trunk(windows)
        return RUL_CAP * self.rul_head(shared)[:, 0], self.health_head(shared)

    def losses(self, windows: Tensor, rul: Tensor, health: Tensor) -> list[Tensor]:
        """Mean squared error in cycles squared, and cross entropy in nats."""
        cycles, logits = self(windows)
        return [
            nn.functional.mse_loss(cycles, rul),
            nn.functional.cross_entropy(logits, health),
        ]


def count_parameters(module: nn.Module) -> int:
    """Trainable numbers of a module."""
    return sum(p.numel() for p in module.parameters() if p.requires_grad)


class WeightShadow:
    """Exponential moving average of a model's weights, for evaluation; it follows faster while young."""

    def __init__(self, model: nn.Module, decay: float) -> None:
        self.decay = decay
        self.updates = 0
        self.values = {name: value.detach().clone() for name, value in model.state_dict().items()}

    def copied(self) -> dict[str, Tensor]:
        """The average as it is now, apart from what follows."""
        return {name: value.clone() for name, value in self.values.items()}

    @torch.no_grad()
    def update(self, model: nn.Module) -> None:
        """Move the average towards the model's present weights."""
        self.updates += 1
        share = 1 - min(self.decay, (1 + self.updates) / (10 + self.updates))
        for name, value in model.state_dict().items():
            self.values[name].lerp_(value, share)
