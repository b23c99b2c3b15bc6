"""How long a run lasted against how long its balancer takes."""

from __future__ import annotations

from dataclasses import dataclass

from gaba_core.runs.diagnosis.series import REFERENCE_BETA, REFERENCE_WARMUP, Series
from gaba_core.runs.fitting.fit import fit_run
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
    """

    elapsed: float
    time_constant: float
    warmup: float
    unit: str
    source: str

    @property
    def needed(self) -> float:
        """Warm-up and five time constants."""
        return self.warmup + TIME_CONSTANTS * self.time_constant


def length_of(run: Run, series: Series) -> Length | None:
    """Return the length of a GABA run; None where neither `run.json` nor the log itself tells the clock.

    Beta and warm-up are those stated; where one is not, those fitted to the log; else the reference's.
    """
    if not is_gaba(run):
        return None
    info, elapsed = run.info or RunInfo(), series.elapsed
    if elapsed is not None and info.beta is not None and info.warmup_steps is not None:
        return Length(elapsed, time_constant(info.beta), float(info.warmup_steps), "steps", "run.json")
    fit = fit_run(run)
    tau = fit.time_constant
    if tau is not None and fit.warmup is not None and tau.high < SHARP * tau.low:
        lasted = float(series.epochs[-1]) + 1.0 if elapsed is None else elapsed
        return Length(lasted, tau.value, fit.warmup.value, fit.unit, "a fit to the log")
    if elapsed is None:
        return None
    beta = REFERENCE_BETA if info.beta is None else info.beta
    warmup = REFERENCE_WARMUP if info.warmup_steps is None else info.warmup_steps
    return Length(elapsed, time_constant(beta), float(warmup), "steps", "the reference")
