"""The parameters a run is replayed and simulated with at first: its own, each with where it is known from."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from gaba_core.checks import FloatArray
from gaba_core.lru_cache import cached
from gaba_core.parameters import SimulationParams
from gaba_core.projection import weight_bounds
from gaba_core.runs.diagnosis.series import target_shares
from gaba_core.runs.fitting.estimate import Estimate
from gaba_core.runs.fitting.fit import Fit, fit_run
from gaba_core.runs.schema import Run, RunInfo, is_gaba
from gaba_core.runs.time_units import steps_per_epoch

Source = Literal["run.json", "stated", "fit", "log", "reference"]
REFERENCE = SimulationParams()
NINETY = 2.0 * 1.6448536  # standard deviations between the 5th and the 95th percentile
ROUNDED = 1e-4


@dataclass(frozen=True, slots=True)
class OwnParameter:
    """One parameter.

    Attributes:
        value: that is used.
        source: "run.json", "stated" by the reader of the log, "fit" (to the weights), "log" (its records or
            steps), or "reference" where the log cannot tell.
        fitted: what the fit says beside it, None where it cannot tell.
    """

    value: float
    source: Source
    fitted: Estimate | None = None


@dataclass(frozen=True, slots=True)
class OwnParameters:
    """Everything a replay or a simulation beside the run starts from.

    Attributes:
        target: mean raw share of the fitted task.
        sigma: log-normal noise of the norms from step to step, see `noise_of`.
        fit: the whole fit.
    """

    beta: OwnParameter
    floor: OwnParameter
    warmup_steps: OwnParameter
    target: OwnParameter
    sigma: OwnParameter
    steps_per_epoch: OwnParameter
    fit: Fit


@cached(64 * 2**20)  # of the runs themselves too: one may hold a million records
def own_parameters(run: Run, prefer: Literal["run.json", "fit"] = "run.json") -> OwnParameters:
    """Return the parameters of a run, from `run.json` and the fit in the order preferred, else the reference.

    A fit in epochs is turned into steps by the steps an epoch that are used.
    """
    info, fit = run.info or RunInfo(), fit_run(run)
    per_epoch = _steps_per_epoch(run, info)
    scale = 1.0 if fit.unit == "steps" else per_epoch.value
    tau = _scaled(fit.time_constant, scale)
    beta = None if tau is None else Estimate(*(_beta(t) for t in (tau.value, tau.low, tau.high)))
    warmup = _scaled(fit.warmup, scale)
    first = prefer == "fit"
    return OwnParameters(
        beta=_chosen(info.beta, beta, REFERENCE.beta, first),
        floor=_floor(run, fit.floor, first),
        warmup_steps=_whole(_chosen(info.warmup_steps, warmup, REFERENCE.warmup_steps, first)),
        target=_target(run, fit),
        sigma=_sigma(run),
        steps_per_epoch=per_epoch,
        fit=fit,
    )


def noise_of(norms: FloatArray) -> float | None:
    """Return sigma of log-normal norms (N, K), from what changes between neighbouring steps.

    Differences of neighbours leave out how the norms drift over the training. What all tasks share cancels
    in the shares, and is left out too. None where fewer than three steps have norms above 0.
    """
    good = np.isfinite(norms).all(axis=1) & (norms > 0.0).all(axis=1)
    logs = np.log(norms[good])
    if len(logs) < 3:
        return None
    change = np.diff(logs - logs.mean(axis=1, keepdims=True), axis=0)
    tasks = norms.shape[1]
    return math.sqrt(float(change.var(axis=0).mean()) / 2.0 * tasks / (tasks - 1))


def _chosen(stated: float | None, fitted: Estimate | None, reference: float, fit_first: bool) -> OwnParameter:
    if fitted is not None and (fit_first or stated is None):
        return OwnParameter(_short(fitted), "fit", fitted)
    if stated is not None:
        return OwnParameter(stated, "run.json", fitted)
    return OwnParameter(reference, "reference")


def _floor(run: Run, fitted: Estimate | None, fit_first: bool) -> OwnParameter:
    chosen = _chosen(run.floor, fitted, _reference_floor(run), fit_first)
    is_logged = run.info is not None and run.info.floor is not None
    return chosen if chosen.source != "run.json" or is_logged else replace(chosen, source="stated")


def _short(fitted: Estimate) -> float:
    """Return the fitted value with as few digits as its interval bears."""
    for digits in range(1, 16):
        value = float(f"{fitted.value:.{digits}g}")
        if abs(value - fitted.value) <= 0.25 * min(fitted.high - fitted.value, fitted.value - fitted.low):
            return value
    return fitted.value


def _whole(parameter: OwnParameter) -> OwnParameter:
    return OwnParameter(max(0, round(parameter.value)), parameter.source, parameter.fitted)


def _steps_per_epoch(run: Run, info: RunInfo) -> OwnParameter:
    if info.steps_per_epoch:
        return OwnParameter(info.steps_per_epoch, "run.json")
    found = steps_per_epoch(run)
    if found is not None and round(found) >= 1:
        return OwnParameter(round(found), "log")
    return OwnParameter(REFERENCE.steps_per_epoch, "reference")


def _reference_floor(run: Run) -> float:
    """Return the reference floor; none where a recorded weight lies below what it allows."""
    if not is_gaba(run):
        return REFERENCE.floor
    tables = [run.weights, None if run.steps is None else run.steps.weights]
    lows = [float(np.nanmin(table)) for table in tables if table is not None and np.isfinite(table).any()]
    bound, _ = weight_bounds(max(2, len(run.tasks)), min(REFERENCE.floor, 1.0 / max(2, len(run.tasks))))
    return 0.0 if lows and min(lows) < bound - ROUNDED else REFERENCE.floor


def _target(run: Run, fit: Fit) -> OwnParameter:
    if fit.target is not None:
        return OwnParameter(_short(fit.target), "fit", fit.target)
    shares = target_shares(run)
    if shares is not None:
        return OwnParameter(float(f"{shares[0].min():.3g}"), "log")
    total = sum(REFERENCE.norms)
    return OwnParameter(1.0 - REFERENCE.norms[0] / total, "reference")


def _sigma(run: Run) -> OwnParameter:
    if run.steps is not None:
        found = noise_of(run.steps.norms)
        if found is not None:
            return OwnParameter(float(f"{found:.2g}"), "log")
    low, high = run.metrics.get("ratio_p05"), run.metrics.get("ratio_p95")
    if low is not None and high is not None and len(run.tasks) == 2:
        good = np.isfinite(low) & np.isfinite(high) & (low > 0.0) & (high > 0.0)
        if good.any():
            width = float(np.median(np.log(high[good] / low[good])))
            return OwnParameter(float(f"{width / NINETY / math.sqrt(2.0):.2g}"), "log")
    return OwnParameter(0.0, "reference")


def _scaled(found: Estimate | None, by: float) -> Estimate | None:
    return None if found is None else Estimate(found.value * by, found.low * by, found.high * by)


def _beta(time_constant: float) -> float:
    return math.exp(-1.0 / time_constant) if time_constant > 0.0 else 0.0
