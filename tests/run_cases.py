"""Runs for the tests of diagnosis and fitting: simulated weights in the log of a made-up model."""

import json

import numpy as np

from gaba_core import SimulationParams, simulate
from gaba_core.published import PUBLISHED_RUNS
from gaba_core.runs import read_run


def errors(best, at, epochs):
    """An error that falls from 40 to `best` at epoch `at` and rises by 2 % to the end; made up between."""
    epoch = np.arange(epochs, dtype=float)
    falling = best + (40.0 - best) * (1.0 - epoch / at) ** 2
    return np.where(epoch <= at, falling, best * (1.0 + 0.02 * (epoch - at) / max(1, epochs - 1 - at)))


def params(**changes):
    return SimulationParams(**({"seeds": (42,), "epochs": 60} | changes))


def records(settings, form="state", rmse=None):
    """A log as our logger writes it at the end of every epoch; `form` is what w_NAME holds."""
    paths = simulate(settings, settings.steps_per_epoch, settings.steps_per_epoch - 1)
    rows = getattr(paths, form)[0]
    names = ["rul", "health", *(f"task{k}" for k in range(2, settings.tasks))]
    log = [
        {"epoch": e} | {f"w_{n}": float(x) for n, x in zip(names, row, strict=True)}
        for e, row in enumerate(rows)
    ]
    for e, value in enumerate([] if rmse is None else rmse):
        log[e]["rmse_last"] = float(value)
    return log


def about(settings, **entries):
    return {
        "controller": {
            "beta": settings.beta,
            "floor": settings.floor,
            "warmup_steps": settings.warmup_steps,
        },
        "steps_per_epoch": settings.steps_per_epoch,
    } | entries


def run_of(log, name="a run", **around):
    return read_run(json.dumps({"history": log} | around), name)


def simulated(form="state", **changes):
    settings = params(**changes)
    return run_of(records(settings, form), **about(settings))


def with_errors(rmse, **changes):
    settings = params(epochs=len(rmse), **changes)
    return run_of(records(settings, rmse=rmse), **about(settings))


def published(subset):
    """The published runs of a subset by seed.

    Published are best epoch, RMSE and NASA score there; the weights are simulated with the reference
    parameters, the errors of other epochs made up, and the run is taken to end 80 epochs after its best.
    """
    runs = {}
    for fact in (fact for fact in PUBLISHED_RUNS if fact.subset == subset):
        length = fact.best_epoch + 80
        settings = params(seeds=(fact.seed,), epochs=length)
        log = records(settings, rmse=errors(fact.rmse_last, fact.best_epoch, length))
        log[fact.best_epoch]["nasa"] = fact.nasa
        log[fact.best_epoch]["rmse_last"] = fact.rmse_last
        around = about(settings, subset=subset, method="gaba", seed=fact.seed)
        runs[fact.seed] = run_of(log, f"{subset} seed {fact.seed}", **around)
    return runs
