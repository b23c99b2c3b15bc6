"""One training run, from settings to a log on disk."""

from __future__ import annotations

import dataclasses
import math
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from gaba_core.training.balancer import Balancer
from gaba_core.training.data import Fleet, read_fleet
from gaba_core.training.device import choose_device
from gaba_core.training.generated import generate_fleet
from gaba_core.training.holdout import CUTS
from gaba_core.training.logger import ConvergenceLogger, Stopped
from gaba_core.training.metrics import evaluate, evaluate_test
from gaba_core.training.model import HealthModel, WeightShadow, count_parameters
from gaba_core.training.settings import GENERATED, Optimisation, RunSettings
from gaba_core.training.windows import RUL_CAP, Dataset, make_dataset


class Progress(Protocol):
    """What a trainer tells the outside after each epoch, and asks before each batch."""

    def epoch(self, record: dict[str, Any]) -> None:
        """Take note of a finished epoch."""

    def should_stop(self) -> bool:
        """Whether the run is to end after this batch."""


def train(settings: RunSettings, out: Path, progress: Progress, *, overwrite: bool = False) -> Stopped:
    """Why the run ended; its log lies in ``settings.folder(out)``, whole after every epoch."""
    torch.set_num_threads(settings.threads)
    device = choose_device(settings.device)
    if device.type == "cuda":
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # cuBLAS repeats itself only with it
        torch.use_deterministic_algorithms(True, warn_only=True)
    fleet = load_fleet(settings)
    data = make_dataset(fleet, device, settings.window, settings.stride)
    torch.manual_seed(settings.seed)
    run = _Run(settings, data, device)
    info = _run_info(settings, fleet, data, run.model)
    with ConvergenceLogger(settings.folder(out), run.balancer, overwrite=overwrite, **info) as log:
        stopped = _epochs(run, log, progress)
        if stopped != "interrupted":
            log.run["test"] = run.test(log.best_epoch())
        log.close(stopped)
    return stopped


def load_fleet(settings: RunSettings) -> Fleet:
    """The engines a run is trained on."""
    if settings.data is None or settings.subset == GENERATED:
        return generate_fleet()
    return read_fleet(settings.data, settings.subset)


def _epochs(run: _Run, log: ConvergenceLogger, progress: Progress) -> Stopped:
    plan = run.settings.optimisation
    for epoch in range(plan.epochs):
        finite_steps = run.epoch(progress.should_stop)
        if finite_steps is None:
            return "interrupted"
        metrics = run.evaluate()
        record = log.epoch(epoch, **metrics)
        run.balancer.end_epoch()
        run.schedule.epoch_error(record["rmse_last"])
        progress.epoch(record)
        if finite_steps == 0 or not math.isfinite(metrics["rmse_last"]):
            return "diverged"
        best = log.best_epoch()
        if best == epoch:
            run.keep()
        if best is not None and epoch - best >= plan.patience:
            return "patience"
    return "epochs"


class _Run:
    """Model, balancer and optimiser of one run on its device."""

    def __init__(self, settings: RunSettings, data: Dataset, device: torch.device) -> None:
        plan = settings.optimisation
        self.settings = settings
        self.data = data
        self.model = HealthModel(settings.model).to(device)
        self.balancer = Balancer(settings.weighting, update_every=settings.update_every, gramian=True)
        self.balancer.to(device)
        self.shadow = WeightShadow(self.model, plan.shadow_decay)
        self.judged = HealthModel(settings.model).to(device)
        self.chosen = self.shadow.copied()
        self.shared = list(self.model.trunk.parameters())
        self.optimiser = torch.optim.AdamW(
            self.model.parameters(), lr=plan.rate, weight_decay=plan.weight_decay
        )
        self.schedule = RateSchedule(self.optimiser, plan)
        self.order = torch.Generator().manual_seed(settings.seed)

    def epoch(self, should_stop: Callable[[], bool]) -> int | None:
        """How many optimiser steps the epoch took with finite gradients; None when stopped within."""
        self.model.train()
        finite = 0
        for chosen in self._batches():
            finite += self._step(chosen)
            if should_stop():
                return None
        return finite

    def evaluate(self) -> dict[str, float]:
        """Metrics of the averaged weights on the held-out engines."""
        self.judged.load_state_dict(self.shadow.values)
        return evaluate(self.judged, self.data)

    def keep(self) -> None:
        """Take these averaged weights for those of the best epoch."""
        self.chosen = self.shadow.copied()

    def test(self, epoch: int | None) -> dict[str, float] | None:
        """Metrics of the best epoch on the test engines; None where no epoch had a finite error."""
        if epoch is None:
            return None
        self.judged.load_state_dict(self.chosen)
        return {"epoch": epoch, **evaluate_test(self.judged, self.data)}

    def _batches(self) -> Iterator[Tensor]:
        order = torch.randperm(len(self.data.train), generator=self.order)
        return iter(torch.split(order.to(self.data.train.rul.device), self.settings.optimisation.batch))

    def _step(self, chosen: Tensor) -> bool:
        self.schedule.step()
        self.optimiser.zero_grad()
        losses = self.model.losses(*self.data.train.take(chosen))
        self.balancer(losses, self.shared).backward()
        self.balancer.record_update()
        norm = nn.utils.clip_grad_norm_(self.model.parameters(), self.settings.optimisation.clip)
        usable = bool(norm.isfinite())
        if usable:
            self.optimiser.step()
            self.shadow.update(self.model)
        return usable


class RateSchedule:
    """Learning rate: a straight rise over the first steps, then cut while the error is on a plateau."""

    def __init__(self, optimiser: torch.optim.Optimizer, plan: Optimisation) -> None:
        self.optimiser = optimiser
        self.plan = plan
        self.steps = 0
        self.factor = 1.0
        self.best = math.inf
        self.waited = 0

    def step(self) -> None:
        """Set the rate of the coming step."""
        self.steps += 1
        rise = min(1.0, self.steps / max(1, self.plan.rate_warmup_steps))
        for group in self.optimiser.param_groups:
            group["lr"] = self.plan.rate * self.factor * rise

    def epoch_error(self, error: float | None) -> None:
        """Take note of an epoch's error; None (not finite) counts as no progress."""
        if error is not None and error < 0.999 * self.best:
            self.best, self.waited = error, 0
            return
        self.waited += 1
        if self.waited > self.plan.plateau_patience:
            self.factor *= self.plan.plateau_factor
            self.waited = 0


def _run_info(settings: RunSettings, fleet: Fleet, data: Dataset, model: HealthModel) -> dict[str, Any]:
    size = settings.model
    return {
        "subset": settings.subset,
        "seed": settings.seed,
        "data": fleet.origin,
        "data_sha256": next(iter(fleet.sha256.values())),
        "files_sha256": fleet.sha256,
        "window": settings.window,
        "stride": settings.stride,
        "batch": settings.optimisation.batch,
        "train_windows": len(data.train),
        "train_engines": data.train.engines,
        "held_out_engines": data.held.engines,
        "test_engines": data.last.engines,
        "max_epochs": settings.optimisation.epochs,
        "threads": settings.threads,
        "model": {
            "trunk": f"LSTM, {size.layers} x {size.hidden} units, dropout {size.dropout:g}",
            "shared_parameters": count_parameters(model.trunk),
            "parameters": count_parameters(model),
        },
        "optimisation": {"optimiser": "AdamW", **dataclasses.asdict(settings.optimisation)},
        "evaluated_on": f"{data.held.engines} held-out training engines, each cut at {CUTS} points; "
        f"RUL capped at {RUL_CAP:g} cycles; weight average of the model",
        "tested_on": f"{data.last.engines} test engines, once, at the best epoch of the held-out ones",
    }
