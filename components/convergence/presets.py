"""Named settings of the Convergence view."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..layout.url_state import to_text
from .state import FD004_STEPS, ConvergenceState


@dataclass(frozen=True, slots=True)
class Preset:
    """A named setting of several controls.

    Attributes:
        label: what the button says.
        help: what to look for once it is set.
        values: the fields it sets; every other number returns to its default.
    """

    label: str
    help: str
    values: dict[str, Any]


PRESETS = {
    "fd002": Preset(
        "Reference FD002", "500 : 1 and 49 steps per epoch: the weight meets the floor in epoch 6.", {}
    ),
    "fd004": Preset(
        "FD004",
        "41 steps per epoch: the same steps take more epochs, so the weight meets the floor in epoch 8.",
        {"steps_per_epoch": FD004_STEPS},
    ),
    "balanced": Preset("Balanced", "Equal gradients: weights stay at 1/2, as they should.", {"ratio": 1.0}),
    "no-floor": Preset(
        "No floor",
        "Without a floor the weight falls to 0.002: one task is starved of weight.",
        {"floor": 0.0},
    ),
    "full-floor": Preset(
        "Floor 1/K",
        "The largest legal floor. Clamping and renormalising still leaves 1/3 and 2/3, not 1/2 and 1/2.",
        {"floor": 0.5},
    ),
    "short": Preset(
        "Run too short",
        "Five epochs are 245 steps, fewer than warm-up plus 5 τ: the last weight is not the equilibrium.",
        {"epochs": 5},
    ),
    "noisy": Preset(
        "Noise 10× to 10,000×",
        "Log-normal norms, sigma 1: per-batch ratios span three decades, yet the weights barely move.",
        {"noise": "lognormal", "sigma": 1.0},
    ),
}


CHOICES = ("noise", "tasks", "task", "curves")  # every preset is of two tasks, and about the first of them


def _sets(preset: Preset) -> dict[str, str]:
    """What a preset sets, as text: every number, the noise model, and what else it names."""
    state = ConvergenceState(**preset.values)
    text = to_text(state)
    return {name: text[name] for name in dict.fromkeys((*state.numbers, *CHOICES, *preset.values))}


PRESET_SETS = {name: _sets(preset) for name, preset in PRESETS.items()}
