"""Logs of a few dozen records, as a newcomer has them: healthy runs, steps, a last record that strays."""

from collections import Counter

import numpy as np
import pytest

from benchmarks.labelled_logs.draws import Draw
from benchmarks.labelled_logs.of_gaba import Setting, lognormal
from gaba_core.runs import diagnose
from gaba_core.runs.diagnosis.rest import rest_of
from tests.core.runs.diagnosis.test_named_cases import judged, log, noise


def healthy(seed, ratio, epochs, per_epoch, sigma=0.2):
    """The applied weights of a GABA run under steady gradients."""
    s = Setting(0.99, 0.05, 100, per_epoch, epochs)
    norms = lognormal(Draw(seed, "unseen"), np.array([ratio, 1.0]), sigma, s.steps)
    return log(s.of(norms).weights[:, 0])


@pytest.mark.parametrize(
    ("ratio", "epochs", "per_epoch", "undecided"),
    [(4.0, 40, 50, 6), (6.0, 50, 40, 6), (10.0, 30, 100, 6), (4.0, 100, 50, 2)],
)
def test_the_memory_that_a_transient_shows_decides_healthy_runs(ratio, epochs, per_epoch, undecided):
    codes = Counter(judged(healthy(seed, ratio, epochs, per_epoch))[0] for seed in range(30))
    assert codes["unknown"] <= undecided
    assert codes["converged"] + codes["noisy"] >= 29 - undecided


@pytest.mark.parametrize(("records", "at"), [(20, 10), (24, 12), (24, 18), (30, 15), (36, 24), (60, 45)])
@pytest.mark.parametrize("jump", [-0.15, 0.15, 0.3])
def test_a_step_between_two_short_plateaus_is_found(records, at, jump):
    codes = Counter()
    for seed in range(20):
        path = np.where(np.arange(records) < at, 0.3, 0.3 + jump) + abs(jump) / 15.0 * noise(records, seed)
        codes[judged(log(path))[0]] += 1
    assert codes["moved"] >= 18
    assert not codes["converged"]


@pytest.mark.parametrize(("records", "at"), [(40, 30), (80, 60), (80, 68), (150, 75)])
@pytest.mark.parametrize("end", [0.08, 0.3])
def test_a_step_that_the_average_follows_slowly_is_found_once_it_has_arrived(records, at, end):
    time = np.arange(records)
    first = 0.2 + 0.3 * np.exp(-np.maximum(0, time - 2) / 2.0)
    path = np.where(time < at, first, end + (first[at] - end) * np.exp(-(time - at + 1) / 2.0))
    codes = [judged(log(path + 0.003 * noise(records, seed) * (time >= 2)))[0] for seed in range(10)]
    assert codes.count("moved") >= 9


@pytest.mark.parametrize(
    ("slow", "scatter"), [(1.0, 0.0), (1.0, 0.01), (2.5, 0.004), (2.5, 0.008), (4.0, 0.0), (4.0, 0.004)]
)
def test_a_weight_left_its_level_when_it_began_to_and_not_when_it_was_a_quarter_of_the_way(slow, scatter):
    time, at = np.arange(60), 30
    path = np.where(time < at, 0.26, 0.05 + 0.21 * np.exp(-(time - at + 1) / slow))
    for seed in range(10):
        dice = np.where(time < at, 0.8, 0.5) + 0.01 * noise(60, seed + 50)
        found = diagnose(log(path + scatter * noise(60, seed), val_dice=dice))
        (changes,) = [finding for finding in found.findings if finding.code == "changes"]
        assert changes.evidence["order"] == "weight and metric at the same time"
        assert changes.evidence["weight_epoch"] == at


@pytest.mark.parametrize("records", [9, 12, 20, 40, 100])
def test_of_one_last_record_that_left_the_level_nothing_can_be_told(records):
    for seed in range(10):
        run = log(np.append(0.2 + 0.003 * noise(records - 1, seed), 0.35))
        assert judged(run)[0] == "unknown"


@pytest.mark.parametrize("records", [9, 12, 20, 40, 100])
@pytest.mark.parametrize("last", [2, 3, 4])
def test_several_last_records_that_left_the_level_are_a_drift(records, last):
    for seed in range(10):
        run = log(np.append(0.2 + 0.003 * noise(records - last, seed), [0.35] * last))
        assert judged(run)[0] == "drifting"


@pytest.mark.parametrize("records", [12, 14, 16, 20, 24, 30])
@pytest.mark.parametrize(("alike", "most"), [(0.0, 3), (0.5, 8)])
def test_few_records_of_stationary_noise_do_not_wander(records, alike, most):
    codes = Counter()
    for seed in range(100):
        path = noise(records + 20, seed)
        for i in range(1, len(path)):
            path[i] += alike * path[i - 1]
        codes[rest_of(0.25 + 0.03 * path[20:]).code] += 1
    assert codes["drifting"] + codes["moved"] + codes["oscillating"] <= most


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize(
    ("drop", "lag", "order"),
    [(0.25, 0, "weight and metric at the same time"), (0.25, 3, "weight first, then metric")],
)
def test_a_metric_that_falls_while_it_was_still_rising_has_its_place_in_the_order(seed, drop, lag, order):
    time, rng = np.arange(50), np.random.default_rng(seed)
    miou = 0.7 - 0.3 * np.exp(-time / 8.0) - drop * (time >= 25 + lag) + 0.01 * rng.standard_normal(50)
    found = diagnose(log(np.where(time < 25, 0.2, 0.05) + 0.002 * noise(50, seed), val_miou=miou))
    (changes,) = [finding for finding in found.findings if finding.code == "changes"]
    assert changes.evidence["order"] == order
    assert changes.evidence["metric_epoch"] == pytest.approx(25.0 + lag, abs=1.0)
    assert f"({order})" in found.summary


def stationary(seed, tasks, records, memory):
    """The weights of a settled average of so many tasks, each with its noise, (N, K)."""
    rng = np.random.default_rng(seed)
    decay = np.exp(-1.0 / memory)
    state = rng.standard_normal((records, tasks))
    for i in range(1, records):
        state[i] = decay * state[i - 1] + np.sqrt(1.0 - decay**2) * state[i]
    weights = np.exp(0.04 * state)
    return weights / weights.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("tasks", [2, 3, 5, 8])
@pytest.mark.parametrize(("records", "memory"), [(16, 0.3), (40, 1.5), (120, 4.0), (300, 12.0)])
def test_stationary_weights_are_not_called_drifting_however_many_tasks_are_looked_at(tasks, records, memory):
    codes = Counter()
    for seed in range(60):
        paths = stationary(1_000 * tasks + seed, tasks, records, memory).T
        rests = [rest_of(np.ascontiguousarray(path), paths=max(1, tasks - 1)).code for path in paths]
        codes["drifting" if "drifting" in rests else "other"] += 1
    assert codes["drifting"] <= 4
