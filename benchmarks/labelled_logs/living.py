"""Healthy runs as they grow, and groups of siblings with and without one that differs."""

from __future__ import annotations

import json
import math

import numpy as np

from benchmarks.labelled_logs.draws import Draw
from benchmarks.labelled_logs.limits import FATAL, Share
from benchmarks.labelled_logs.of_gaba import NAMES, Setting, logged, lognormal
from gaba_core.runs import diagnose, read_run

SETTLED = 8.0  # time constants after the warm-up


def healthy(d: Draw) -> tuple[list[dict[str, object]], dict[str, object], float]:
    """Return the records of a healthy run, what stands around them, and the epoch by which it has settled.

    One in three is the reference hook's, one logs applied weights alone, one states its controller.
    """
    beta = 1.0 - d.log(0.005, 0.05)
    s = Setting(beta, 0.05, d.choose((0, 50, 100)), d.whole(20, 120), d.whole(24, 200))
    sigma = d.between(0.05, 0.8)
    path = s.of(lognormal(d, np.array([d.choose((d.log(1.5, 10), d.log(40, 1000))), 1.0]), sigma, s.steps))
    form = d.choose(("hook", "applied", "stated"))
    columns = (
        logged(NAMES[0], w=path.state) if form != "applied" else logged(NAMES[0], **{"lambda": path.weights})
    )
    error = 14.0 + 40.0 * np.exp(-np.arange(s.epochs) / 6.0) + 0.2 * d.noise(s.epochs)
    columns = {"rmse_last": error} | columns
    rows = [{"epoch": e} | {k: float(v[e]) for k, v in columns.items()} for e in range(s.epochs)]
    settled = (s.warmup + SETTLED * -1.0 / math.log(beta)) / s.per_epoch
    return rows, s.around() if form == "stated" else {}, settled


def prefixes(half: str, runs: int) -> list[Share]:
    """Return how many prefixes of healthy runs are accused, and how many settled ones are called drifting."""
    accused = drifting = whole = late = 0
    for i in range(runs):
        rows, around, settled = healthy(Draw(50_000 + i, half))  # type: ignore[arg-type]  # one of two words
        for n in range(1, len(rows) + 1):
            code = diagnose(read_run(json.dumps({"history": rows[:n]} | around).encode())).balancer.code
            whole += 1
            accused += code in FATAL
            if n > settled:
                late += 1
                drifting += code == "drifting"
    return [
        Share("prefixes of healthy runs accused", 0.0, accused, whole),
        Share("settled prefixes called drifting", 0.01, drifting, late),
    ]


def _seeds(rng: np.random.Generator, off: float, scatter: float) -> list[bytes]:
    """Return five logs of weights about one level that seeds scatter about; the last is off by a factor."""
    level, n = float(rng.uniform(0.06, 0.45)), int(rng.integers(30, 200))
    logs = []
    for k in range(5):
        w = level * (1.0 + (off if k == 4 else 0.0)) * (1.0 + 0.25 * scatter * float(rng.standard_normal()))
        path = w + (0.5 - w) * np.exp(-np.arange(n) / (0.04 * n)) + scatter * level * rng.standard_normal(n)
        rows = [{"epoch": e, "lambda_a": float(x), "lambda_b": float(1.0 - x)} for e, x in enumerate(path)]
        logs.append(json.dumps(rows).encode())
    return logs


def false_groups(groups: int) -> list[Share]:
    """Return how many groups of five healthy runs hold one that is called unlike."""
    rng, false = np.random.default_rng(7), 0
    for _ in range(groups):
        runs = [read_run(text) for text in _seeds(rng, 0.0, float(rng.uniform(0.002, 0.04)))]
        found = [diagnose(run, runs) for run in runs]
        false += any(f.code == "unlike-siblings" for d in found for f in d.findings)
    return [Share("groups of five healthy runs with one called unlike", 0.01, false, groups)]


def found_outliers(groups: int) -> list[Share]:
    """Return in how many groups the run that is off by 10 %, at 1.6 % of scatter, is called unlike."""
    rng, found = np.random.default_rng(8), 0
    for _ in range(groups):
        runs = [read_run(text) for text in _seeds(rng, float(rng.choice((-0.1, 0.1))), 0.016)]
        found += any(f.code == "unlike-siblings" for f in diagnose(runs[4], runs).findings)
    return [Share("outliers of 10 % at 1.6 % of scatter found", 0.75, found, groups, most=False)]
