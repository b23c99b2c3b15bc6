"""How long a run lasted against how long its balancer takes."""

from __future__ import annotations

from dataclasses import dataclass

from gaba_core.runs.diagnosis.series import REFERENCE_WARMUP, Series
from gaba_core.runs.fitting.fit import Fit
from gaba_core.runs.schema import Run, RunInfo, is_gaba
from gaba_core.step_response import time_constant

TIME_CONSTANTS = 5.0
SHARP = 1.1  # high over low bound of a fitted time constant that is as good as a stated one


@dataclass(frozen=True, slots=True)
class Length:
    """A run's length and its balancer's time constant and warm-up, all in units.

    Attributes:
        unit: "steps" or "epochs".
        source: where time constant and warm-up were taken from.
        stated: whether the run states its time constant.
    """

    elapsed: float
    time_constant: float
    warmup: float
    unit: str
    source: str
    stated: bool

    @property
    def needed(self) -> float:
        """Warm-up and five time constants."""
        return self.warmup + TIME_CONSTANTS * self.time_constant

    @property
    def is_short(self) -> bool:
        """Whether the run ended before that."""
        return self.elapsed < self.needed


def stated_length(run: Run, series: Series) -> Length | None:
    """Return the length of a GABA run that states its beta and its clock; else None."""
    info, elapsed = run.info or RunInfo(), series.elapsed
    if elapsed is None or info.beta is None:
        return None
    warmup = REFERENCE_WARMUP if info.warmup_steps is None else info.warmup_steps
    source = "run.json" if info.warmup_steps is not None else "run.json and the reference warm-up"
    return Length(elapsed, time_constant(info.beta), float(warmup), "steps", source, True)


def fitted_length(run: Run, series: Series, fit: Fit) -> Length | None:
    """Return the length of a GABA run by the time constant that its own transient shows; else None."""
    if not is_gaba(run):
        return None
    tau = fit.time_constant
    if tau is None or fit.warmup is None or tau.high >= SHARP * tau.low:
        return None
    lasted = series.elapsed
    if fit.unit != "steps" or lasted is None:
        lasted = float(series.epochs[-1]) + 1.0
    return Length(lasted, tau.value, fit.warmup.value, fit.unit, "a fit to the log", False)
