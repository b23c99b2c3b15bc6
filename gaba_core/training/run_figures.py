"""What the log of a run amounts to: its best epoch, where its weights settled, what the floor did."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from gaba_core.checks import FloatArray
from gaba_core.controller import Controller, raw_shares
from gaba_core.equilibrium import equilibrium
from gaba_core.parameters import SimulationParams
from gaba_core.runs import Run, StepTrace
from gaba_core.runs.outcomes import figures_on_test
from gaba_core.step_response import time_constant
from gaba_core.training.epoch_record import gradient_ratios

SETTLED_EPOCHS = 10
SETTLED_TIMES = 5.0

TESTED = {"rmse", "rmse_uncapped", "nasa", "health_accuracy"}


class Conflict(TypedDict):
    """Two fields of ``Balance``."""

    cosine: tuple[float, float, float] | None
    harmed: tuple[float, float, float, float] | None


@dataclass(frozen=True)
class RunFigures:
    """The figures of one finished run; None where the run has no such thing.

    Attributes:
        best_epoch: that of the smallest RMSE on the held-out engines, ``held_rmse``.
        rmse: on the test engines at that epoch, RUL capped; the next three likewise.
        settled_weight: median share of the first task's weight over the last ten epochs.
        floored_epoch: first step below the floor, in epochs.
        health_cv: coefficient of variation of the last task's applied weight from there on.
        harmed: share of the steps of the last ten epochs whose summed gradient points against a task's own.
    """

    subset: str
    method: str
    seed: int
    epochs: int
    stopped: str
    seconds: float
    best_epoch: int
    held_rmse: float
    rmse: float
    rmse_uncapped: float
    nasa: float
    health_accuracy: float
    settled_weight: float
    floored_epoch: float | None
    health_cv: float | None
    harmed: float | None
    balance: Balance | None


@dataclass(frozen=True)
class Balance:
    """What the gradients of a GABA run say from five time constants past the warm-up on.

    Attributes:
        ratio: 5th, 50th and 95th percentile of the per-step gradient ratio, first task over second.
        extremes: smallest and largest ratio of the whole run.
        within_epoch_sigma: standard deviation of ln(ratio) within an epoch, median over the epochs.
        mean_share: mean raw share of the first task.
        predicted: weight of the first task that ``equilibrium`` gives for log-normal norms of these medians.
        measured: mean applied weight of the first task over the last ten epochs.
        contribution: first task's share of sum w_i g_i, as trained.
        unfloored: the same with the recorded norms replayed without a floor.
        unweighted: the same with equal weights.
        cosine: 5th, 50th and 95th percentile of the cosine of the two gradients, or None.
        harmed: share of the steps whose summed gradient points against a task's own: as trained, without a
            floor, with equal weights, with the raw share of the step itself; or None.
    """

    ratio: tuple[float, float, float]
    extremes: tuple[float, float]
    within_epoch_sigma: float
    mean_share: float
    predicted: float
    measured: float
    contribution: float
    unfloored: float
    unweighted: float
    cosine: tuple[float, float, float] | None
    harmed: tuple[float, float, float, float] | None


def run_figures(run: Run) -> RunFigures | None:
    """The figures of a run; None where it is not finished, lacks its steps or was not tested."""
    info, trace, best = run.info, run.steps, run.best_index
    weights = None if trace is None else trace.weights
    if info is None or trace is None or best is None or info.finished is None or info.steps_per_epoch is None:
        return None
    test = figures_on_test(run.info)
    if weights is None or not test.keys() >= TESTED:
        return None
    floored = first_floored(trace, info.floor)
    health = weights[floored:, -1] if floored is not None else None
    shares = weights / weights.sum(1, keepdims=True)
    return RunFigures(
        subset=info.subset or "",
        method=info.method or "",
        seed=info.seed or 0,
        epochs=len(run.epochs),
        stopped=str(info.stopped),
        seconds=info.seconds or 0.0,
        best_epoch=int(run.epochs[best]),
        held_rmse=float(run.metrics["rmse_last"][best]),
        **{name: test[name] for name in TESTED},
        settled_weight=float(np.median(shares[-SETTLED_EPOCHS * info.steps_per_epoch :, 0])),
        floored_epoch=None if floored is None else float(trace.step[floored] / info.steps_per_epoch),
        health_cv=None if health is None else float(health.std(ddof=1) / health.mean()),
        harmed=harmed_share(trace.gramians, weights, SETTLED_EPOCHS * info.steps_per_epoch),
        balance=_balance(run, trace, weights),
    )


def first_floored(trace: StepTrace, floor: float | None) -> int | None:
    """Index of the first step whose state lies below the floor; None where there is none."""
    if floor is None or trace.state is None:
        return None
    below = np.flatnonzero((trace.state < floor).any(1))
    return int(below[0]) if len(below) else None


def contribution(weights: FloatArray, norms: FloatArray) -> float:
    """First task's share of sum w_i g_i, over means of (N, K) weights and norms."""
    sizes = np.asarray((np.abs(weights) * norms).mean(0))
    return float(sizes[0] / sizes.sum())


def harmed_share(gramians: FloatArray | None, weights: FloatArray, last: int | None = None) -> float | None:
    """Share of the steps whose sum w_i g_i has a negative product with some task's gradient; None if unknown.

    Args:
        gramians: (N, K, K), NaN where they were not measured.
        weights: (N, K).
        last: only of so many steps at the end.
    """
    if gramians is None:
        return None
    products = np.einsum("nij,nj->ni", gramians, weights)[0 if last is None else -last :]
    known = products[np.isfinite(products).all(1)]
    return float((known < 0).any(1).mean()) if len(known) else None


def _balance(run: Run, trace: StepTrace, applied: FloatArray) -> Balance | None:
    info = run.info
    known = info is not None and info.beta is not None and info.floor is not None
    if info is None or not known or len(run.tasks) != 2:
        return None
    per_epoch, warmup = info.steps_per_epoch or 1, info.warmup_steps or 0
    settled = warmup + math.ceil(SETTLED_TIMES * time_constant(info.beta or 0.0))
    start = min(settled, len(trace.step) // 2)
    chosen = (np.isfinite(trace.norms) & (trace.norms > 0)).all(1) & (np.arange(len(trace.step)) >= start)
    norms, weights = trace.norms[chosen], applied[chosen]
    ratios = gradient_ratios(norms)
    unfloored, _ = Controller(info.beta or 0.0, 0.0, warmup).run(trace.norms[None])
    return Balance(
        ratio=tuple(np.percentile(ratios, (5, 50, 95))),
        extremes=(float(gradient_ratios(trace.norms).min()), float(gradient_ratios(trace.norms).max())),
        within_epoch_sigma=_within_epochs(np.log(ratios), per_epoch),
        mean_share=float(raw_shares(norms)[:, 0].mean()),
        predicted=_predicted(norms, info.beta or 0.0, info.floor or 0.0),
        measured=float(applied[-SETTLED_EPOCHS * per_epoch :, 0].mean()),
        contribution=contribution(weights, norms),
        unfloored=contribution(unfloored[0][chosen], norms),
        unweighted=contribution(np.ones_like(norms), norms),
        **_conflict(trace, chosen, applied, unfloored[0]),
    )


def _conflict(
    trace: StepTrace, chosen: NDArray[np.bool_], applied: FloatArray, unfloored: FloatArray
) -> Conflict:
    if trace.gramians is None:
        return {"cosine": None, "harmed": None}
    gramians, norms = trace.gramians[chosen], trace.norms[chosen]
    cosines = gramians[:, 0, 1] / norms.prod(1)
    kinds = (applied[chosen], unfloored[chosen], np.full_like(norms, 0.5), raw_shares(norms))
    shares = [harmed_share(gramians, weights) or 0.0 for weights in kinds]
    low, middle, high = np.nanpercentile(cosines, (5, 50, 95))
    return {"cosine": (low, middle, high), "harmed": (shares[0], shares[1], shares[2], shares[3])}


def _within_epochs(logs: FloatArray, per_epoch: int) -> float:
    whole = logs[: len(logs) // per_epoch * per_epoch].reshape(-1, per_epoch)
    return float(np.median(whole.std(1, ddof=1)))


def _predicted(norms: FloatArray, beta: float, floor: float) -> float:
    logs = np.log(norms)
    medians = np.exp(logs.mean(0))
    spread = float(np.std(logs[:, 0] - logs[:, 1], ddof=1) / np.sqrt(2.0))
    params = SimulationParams(
        beta=beta, floor=floor, norms=(float(medians[0]), float(medians[1])), noise="lognormal", sigma=spread
    )
    return float(equilibrium(params)[0])
