"""Small logs for the tests of the reader, made by hand."""

import json

import numpy as np

BETA, FLOOR, WARMUP, PER_EPOCH = 0.9, 0.05, 3, 5


def records(epochs=6, **extra):
    """The reference form: EMA state falling from .5 to .002, RMSE smallest at epoch 4."""
    out = []
    for e in range(epochs):
        share = 0.002 + 0.498 * 0.5**e
        record = {"epoch": e, "rmse_last": 9.0 + abs(e - 4), "nasa": 200.0 + e}
        out.append(record | {"w_rul": share, "w_health": 1.0 - share} | extra)
    return out


def info(**changes):
    return {
        "subset": "FD002",
        "method": "gaba",
        "seed": 42,
        "device": "cpu",
        "controller": {"beta": BETA, "floor": FLOOR, "warmup_steps": WARMUP},
        "steps_per_epoch": PER_EPOCH,
        "best_epoch": 4,
        "epochs": 6,
        "stopped": "epochs",
    } | changes


def trace(n=30, tasks=2, seed=0):
    """Step arrays as a logger writes them, by a plain loop over equations 4 to 6 in float32.

    The first task's gradient is 500 times as large as the others'.
    """
    z = np.random.default_rng(seed).standard_normal((n, tasks))
    norms = (np.array([100.0] + [0.2] * (tasks - 1)) * np.exp(0.2 * z)).astype(np.float32)
    state = np.full(tasks, 1.0 / tasks)
    states, weights = [], []
    for t, g in enumerate(norms.astype(float)):
        if t >= WARMUP:
            shares = (g.sum() - g) / ((tasks - 1) * g.sum())
            state = BETA * state + (1 - BETA) * shares
        clamped = np.maximum(state, FLOOR)
        states.append(state)
        weights.append(clamped / clamped.sum())
    return {
        "step": np.arange(n),
        "state": np.array(states, np.float32),
        "weights": np.array(weights, np.float32),
        "norms": norms,
        "losses": np.ones((n, tasks), np.float32),
    }


def write(folder, log=None, run=None, steps=None):
    """A run's folder; `log` and `run` may be text to write as it stands."""
    folder.mkdir(parents=True, exist_ok=True)
    log = records() if log is None else log
    (folder / "convergence_log.json").write_text(log if isinstance(log, str) else json.dumps(log))
    if run is not None:
        (folder / "run.json").write_text(run if isinstance(run, str) else json.dumps(run))
    if steps is not None:
        np.savez(folder / "steps.npz", **steps)
    return folder
