"""Runs that are begun, gone on with and read, for the tests of what a logger leaves behind."""

import json

from gaba_core.runs import read_run
from gaba_core.training import ConvergenceLogger, GABALoss
from tests.training.inputs import Fixed

NAMES = {"convergence_log.json", "run.json", "steps.npz"}
STEPS = 3


def trained(log, loss, epochs):
    model = Fixed()
    for epoch in epochs:
        for step in range(STEPS):
            loss(model.losses((10.0 * (step + 1), 1.0)), [model.shared])
        log.epoch(epoch, rmse_last=9.0 - epoch)


def started(folder, epochs, **options):
    loss = GABALoss(beta=0.5, warmup_steps=1)
    log = ConvergenceLogger(folder, loss, **options)
    trained(log, loss, epochs)
    return log, loss


def epochs_of(path):
    return [record["epoch"] for record in json.loads(path.read_text())]


def agree(folder):
    """The last whole epoch of log, steps and run.json as they are read; None where there is none yet."""
    if not (folder / "convergence_log.json").exists():
        return None
    run = read_run(folder)
    assert run.epochs.tolist() == list(range(len(run.epochs)))
    assert run.info.epochs == len(run.epochs)
    assert run.info.best_epoch == run.epochs[-1]
    assert run.steps.step.tolist() == list(range(int(run.metrics["step"][-1]) + 1))
    return int(run.epochs[-1])
