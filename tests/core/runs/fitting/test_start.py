"""Logs that do not begin at 1/K: resumed and trimmed runs, averages that were set, warm-ups with noise."""

import json

import numpy as np
import pytest

from gaba_core.runs import fit_run, read_run
from tests.run_cases import params, records, run_of

PER_EPOCH = 20
TAU = 100.0


def path(start, target, held=0, noise=0.0, seed=1, records=60):
    """An average at one level for so many records, on the way to its target from then on."""
    rng = np.random.default_rng(seed)
    kept = np.exp(-PER_EPOCH / TAU)
    state = np.full(held + records, start) + noise * rng.standard_normal(held + records)
    at = start
    for i in range(held, held + records):
        at = target + kept * (at - target) + noise * np.sqrt(1 - kept**2) * rng.standard_normal()
        state[i] = at
    return state


def log(share, tasks=2, floor=0.0, digits=6, first=0):
    """The applied weights of a task and its equal others, under a floor that it alone meets."""
    share = np.where(share < floor, floor / (1.0 + floor - share), share).round(digits)
    names = [f"lambda_{k}" for k in range(tasks)]
    others = (1.0 - share) / (tasks - 1)
    rows = [
        {"epoch": first + e} | dict(zip(names, [w, *[o] * (tasks - 1)], strict=True))
        for e, (w, o) in enumerate(zip(share.tolist(), others.tolist(), strict=True))
    ]
    return read_run(json.dumps({"history": rows, "steps_per_epoch": PER_EPOCH}))


def told(fit, word):
    return [note for note in fit.notes if word in note]


@pytest.mark.parametrize(
    ("held", "noise"), [*((n, 0.0) for n in (2, 5, 30, 300)), *((n, 1e-3) for n in (6, 30, 300))]
)
@pytest.mark.parametrize(
    ("start", "target", "tasks", "floor"),
    [
        *[(0.503, 0.1, 2, 0.0), (0.503, 0.004, 2, 0.05), (0.61, 0.2, 2, 0.03)],
        *[(0.4, 0.1, 3, 0.0), (0.29, 0.01, 4, 0.04)],
    ],
)
def test_a_fit_starts_at_the_level_that_the_first_records_hold(start, target, tasks, floor, held, noise):
    fit = fit_run(log(path(start, target, held, noise), tasks, floor))
    assert fit.time_constant.value == pytest.approx(TAU, rel=0.05)
    assert fit.start == pytest.approx(start, abs=max(1e-6, 2.0 * noise))
    assert fit.warmup.value == pytest.approx(held * PER_EPOCH, abs=3.0)
    assert told(fit, f"begins at {fit.start:.3g} and not at 1/K")


@pytest.mark.parametrize("held", [3, 10, 40])
def test_noise_on_a_warm_up_at_1_k_is_no_other_start(held):
    fits = [fit_run(log(path(0.5, 0.1, held, 2e-3, seed))) for seed in range(10)]
    assert sum(fit.start == 0.5 for fit in fits) >= 9
    for fit in fits:
        assert fit.time_constant.value == pytest.approx(TAU, rel=0.08)
        assert fit.warmup.value == pytest.approx(held * PER_EPOCH, abs=5.0)


@pytest.mark.parametrize("noise", [0.0, 2e-3])
@pytest.mark.parametrize(("start", "target"), [(0.9, 0.1), (0.3, 0.1), (0.1, 0.4), (0.02, 0.3)])
def test_the_rest_of_a_run_tells_its_time_constant_and_no_warm_up(start, target, noise):
    state = path(start, target, noise=noise)
    fit = fit_run(log(state))
    assert fit.time_constant.value == pytest.approx(TAU, rel=0.12)
    assert fit.warmup is None
    assert told(fit, "where an average that left 1/K cannot have been by then")
    elapsed = PER_EPOCH * np.arange(1.0, len(state) + 1.0)
    np.testing.assert_allclose(fit.state_at(elapsed), path(start, target), rtol=0, atol=1e-5 + 4 * noise)


def test_a_trimmed_log_that_kept_its_epochs_still_tells_its_warm_up():
    whole = log(path(0.5, 0.1, 4))
    trimmed = log(path(0.5, 0.1, 4)[9:], first=9)
    for fit in (fit_run(whole), fit_run(trimmed)):
        assert fit.warmup.value == pytest.approx(4 * PER_EPOCH, abs=0.01)
        assert fit.notes == ()


@pytest.mark.parametrize("warmup", [0, 7, 49, 100])
def test_of_a_log_that_begins_at_1_k_no_note_says_otherwise(warmup):
    for seed in range(20):
        settings = params(warmup_steps=warmup, sigma=0.3, noise="lognormal", seeds=(seed,))
        assert not told(fit_run(run_of(records(settings), steps_per_epoch=49)), "begins")
