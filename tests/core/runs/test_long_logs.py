"""Verdicts and fits of long logs: bounded work, and what a log of every n-th record says."""

import json

import numpy as np
import pytest

from gaba_core.runs import diagnose, fit_run, read_run
from gaba_core.runs.diagnosis import subject
from gaba_core.runs.fitting import floor
from gaba_core.runs.fitting.fit import LONGEST

TAU, TARGET, FLOOR = 20_000.0, 0.002, 0.05


def log(records, every=1, prefix="w"):
    """A run of an average with noise, in EMA states or in floored weights, logged at every n-th step."""
    rng, keep = np.random.default_rng(0), np.exp(-1.0 / TAU)
    state, x = np.empty(records), 0.5
    for i, z in enumerate(rng.normal(0.0, 2e-6, records).tolist()):
        x = TARGET + keep * (x - TARGET) + z
        state[i] = x
    if prefix == "lambda":
        low, high = np.maximum(state, FLOOR), np.maximum(1.0 - state, FLOOR)
        state = low / (low + high)
    rows = [
        {"epoch": i, "rmse_last": 14.0 - 1e-6 * i, f"{prefix}_rul": w, f"{prefix}_health": 1 - w}
        for i, w in enumerate(state.tolist())
    ]
    return read_run(json.dumps(rows[every - 1 :: every]).encode())


@pytest.fixture(scope="module", params=["w", "lambda"])
def pair(request):
    """A long log, and what a logger of every 40th record would have written of it."""
    return log(200_000, prefix=request.param), log(200_000, every=40, prefix=request.param)


def test_a_long_log_is_judged_as_one_of_every_fortieth_record(pair):
    long, short = map(diagnose, pair)
    assert (long.balancer.code, long.model.code) == (short.balancer.code, short.model.code)
    assert {f.code for f in long.findings} == {f.code for f in short.findings}
    assert long.balancer.evidence["w"] == pytest.approx(short.balancer.evidence["w"], rel=1e-3)
    assert long.balancer.evidence["epoch"] == pytest.approx(short.balancer.evidence["epoch"], rel=0.02)


def test_a_long_log_is_fitted_by_a_bounded_number_of_records_and_that_is_said(pair, monkeypatch):
    sizes, original = [], floor.regress

    def counted(pairs, floor):
        sizes.append(pairs.after.size)
        return original(pairs, floor)

    monkeypatch.setattr(floor, "regress", counted)
    fit = fit_run(pair[0])
    assert max(sizes) <= LONGEST
    assert any(note.startswith("Of 200,000 records one in ") for note in fit.notes)
    assert fit.time_constant.low <= TAU <= fit.time_constant.high
    assert fit.time_constant.high < 1.05 * fit.time_constant.low
    assert not any(note.startswith("Of ") for note in fit_run(log(200)).notes)


def test_a_verdict_reads_the_path_once_and_fits_it_once_at_most(pair, monkeypatch):
    calls = []
    for name in ("series_of", "fitted_length"):
        original = getattr(subject, name)
        monkeypatch.setattr(
            subject,
            name,
            lambda *args, name=name, original=original: calls.append(name) or original(*args),
        )
    diagnose(pair[0])
    assert calls.count("series_of") == 1
    assert calls.count("fitted_length") <= 1
