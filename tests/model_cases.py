"""Logs of a model's metrics for the tests of its verdict, made up."""

import json
import math

import numpy as np

from gaba_core.runs import diagnose, read_run


def run_with(**columns):
    rows = len(next(iter(columns.values())))
    log = [
        {"epoch": e} | {k: float(v[e]) for k, v in columns.items() if math.isfinite(v[e])}
        for e in range(rows)
    ]
    return read_run(json.dumps(log))


def judged(metric=None, higher_is_better=None, **columns):
    return diagnose(run_with(**columns), metric=metric, higher_is_better=higher_is_better).model


def noise(rng, size, scale):
    return 1.0 + scale * rng.standard_normal(size)


def falling(rng, size, scale=0.01):
    """A training loss that falls by a decade over the run."""
    return 10.0 ** -(np.arange(size) / size) * noise(rng, size, scale)
