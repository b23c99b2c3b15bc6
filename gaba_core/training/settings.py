"""Everything one run is made from."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from gaba_core.checks import check_whole
from gaba_core.errors import ParameterError
from gaba_core.training.checks import check_decay, check_positive
from gaba_core.training.model import ModelSettings
from gaba_core.training.weightings import WEIGHTINGS, Gaba, Weighting

GENERATED = "generated"


@dataclass(frozen=True)
class Optimisation:
    """AdamW, its learning-rate schedule, clipping, the weight shadow and early stopping."""

    epochs: int = 40
    batch: int = 128
    rate: float = 1e-3
    weight_decay: float = 1e-2
    rate_warmup_steps: int = 100
    plateau_patience: int = 8
    plateau_factor: float = 0.5
    clip: float = 1.0
    shadow_decay: float = 0.99
    patience: int = 20

    def __post_init__(self) -> None:
        for name in ("epochs", "batch", "patience"):
            check_whole(name, getattr(self, name), 1)
        for name in ("rate_warmup_steps", "plateau_patience"):
            check_whole(name, getattr(self, name), 0)
        for name in ("rate", "clip"):
            check_positive(name, getattr(self, name))
        check_positive("weight_decay", self.weight_decay, zero=True)
        check_decay("plateau_factor", self.plateau_factor)
        check_decay("shadow_decay", self.shadow_decay)


@dataclass(frozen=True)
class RunSettings:
    """One run: which data, which weighting, which seed, and how it is trained."""

    subset: str
    weighting: Weighting = field(default_factory=Gaba)
    seed: int = 42
    data: Path | None = None
    window: int = 30
    stride: int = 8
    device: str = "auto"
    threads: int = 1
    update_every: int = 1
    model: ModelSettings = field(default_factory=ModelSettings)
    optimisation: Optimisation = field(default_factory=Optimisation)

    def __post_init__(self) -> None:
        check_whole("seed", self.seed, 0)
        check_whole("threads", self.threads, 1)
        if self.data is None and self.subset != GENERATED:
            raise ParameterError(f"data must name the C-MAPSS folder for {self.subset}; got nothing.")

    @property
    def method(self) -> str:
        """Label of the weighting."""
        return self.weighting.label

    @property
    def title(self) -> str:
        """Subset, method and seed, for people."""
        return f"{self.subset} {self.method} seed {self.seed}"

    def folder(self, out: Path) -> Path:
        """Where the run's log lies under ``out``."""
        return out / self.subset / self.method / f"seed_{self.seed}"


def make_weighting(method: str, gaba: Gaba) -> Weighting:
    """The weighting of this label: GABA as given, the others with their published settings."""
    if method not in WEIGHTINGS:
        raise ParameterError(f"methods must be among {', '.join(WEIGHTINGS)}; got {method!r}.")
    return gaba if method == Gaba.name else WEIGHTINGS[method]
