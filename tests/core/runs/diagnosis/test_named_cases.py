"""The logs that reviews found misjudged, each with the code and the task that are right."""

import json
import math

import numpy as np
import pytest

from benchmarks.labelled_logs.of_gaba import Setting, logged
from benchmarks.labelled_logs.shipped import APPLIED, HOOK, folders, reduced
from gaba_core.runs import diagnose, read_run

TASKS = ("a", "b")


def log(first, prefix="lambda_", around=None, **columns):
    """A log of two tasks' weights; the second has what is left of 1."""
    first = np.asarray(first, dtype=float)
    rows = [
        {"epoch": e, f"{prefix}a": float(w), f"{prefix}b": float(1.0 - w)}
        | {name: float(values[e]) for name, values in columns.items()}
        for e, w in enumerate(first)
    ]
    return read_run(json.dumps({"history": rows} | (around or {})).encode())


def judged(run, siblings=()):
    found = diagnose(run, siblings).balancer
    return found.code, found.evidence.get("task")


def noise(n, seed):
    return np.random.default_rng(seed).standard_normal(n)


# What never rests.


@pytest.mark.parametrize("records", [11, 12, 13, 40, 201])
def test_a_flip_flop_oscillates_from_eleven_records_on(records):
    found = diagnose(log([(0.1, 0.9)[e % 2] for e in range(records)])).balancer
    assert found.code == "oscillating"
    assert found.evidence["period"] == pytest.approx(2.0)
    assert found.evidence["amplitude"] == pytest.approx(0.4, rel=0.02)


@pytest.mark.parametrize("period", [3, 7, 13, 25, 40, 50])
def test_a_sine_of_four_cycles_or_more_oscillates_with_its_period_and_amplitude(period):
    found = diagnose(log(0.5 + 0.4 * np.sin(2 * np.pi * np.arange(200) / period))).balancer
    assert found.code == "oscillating"
    assert found.evidence["period"] == pytest.approx(period, rel=0.05)
    assert found.evidence["amplitude"] == pytest.approx(0.4, rel=0.15)


@pytest.mark.parametrize("period", [70, 100, 150, 200, 400])
def test_a_sine_of_fewer_cycles_is_not_at_rest(period):
    code, _ = judged(log(0.5 + 0.4 * np.sin(2 * np.pi * np.arange(200) / period)))
    assert code not in ("converged", "balanced", "noisy")


def test_a_swing_that_grows_oscillates():
    wave = np.linspace(0.0, 0.45, 200) * np.sin(2 * np.pi * np.arange(200) / 12)
    assert judged(log(0.5 + wave))[0] == "oscillating"


def test_gaba_under_cycling_norms_oscillates():
    s = Setting(0.99, 0.05, 100, 49, 200)
    ratio = 10.0 ** np.sin(2 * np.pi * np.arange(s.steps) / 980)
    path = s.of(np.column_stack([ratio, np.ones(s.steps)]))
    columns = logged(TASKS, **{"lambda": path.weights}) | logged(TASKS, grad=path.norms)
    rows = [{"epoch": e} | {n: float(v[e]) for n, v in columns.items()} for e in range(s.epochs)]
    found = diagnose(read_run(json.dumps({"history": rows} | s.around()).encode())).balancer
    assert found.code == "oscillating"
    assert found.evidence["period"] == pytest.approx(20.0, rel=0.05)


def test_weights_that_sum_to_k_and_swing_oscillate():
    wave = 1.0 + 0.3 * np.sin(2 * np.pi * np.arange(100) / 9)
    rows = [{"epoch": e, "lambda_a": float(w), "lambda_b": float(2 - w)} for e, w in enumerate(wave)]
    assert judged(read_run(json.dumps(rows).encode()))[0] == "oscillating"


@pytest.mark.parametrize("seed", range(12))
def test_a_random_walk_is_not_at_rest(seed):
    path = (np.cumsum(0.02 * noise(200, seed)) + 0.45) % 1.8
    path = 0.05 + np.minimum(path, 1.8 - path)
    assert judged(log(path))[0] not in ("converged", "balanced")


@pytest.mark.parametrize(("end", "sd"), [(0.2, 0.01), (0.3, 0.02), (0.5, 0.05)])
@pytest.mark.parametrize("seed", range(4))
def test_a_line_under_noise_is_drifting(end, sd, seed):
    code, task = judged(log(np.linspace(0.1, end, 200) + sd * noise(200, seed)))
    assert (code, task) == ("drifting", "a")


def test_uniform_noise_is_noisy_and_says_its_mean_and_its_scatter():
    found = diagnose(log(np.random.default_rng(3).uniform(0.05, 0.95, 200))).balancer
    assert (found.code, found.confidence) == ("noisy", "sure")
    assert found.evidence["sd"] == pytest.approx(0.9 / math.sqrt(12), rel=0.1)
    assert "standard deviation" in found.sentence
    assert "settled at" not in found.sentence


def test_gaba_whose_target_drifts_all_run_is_drifting_by_its_records_and_by_its_steps():
    s = Setting(0.9, 0.05, 20, 40, 120)
    target = np.linspace(0.24, 0.5, s.steps)
    draws = np.exp(np.random.default_rng(5).standard_normal((s.steps, 2)))
    path = s.of(np.column_stack([(1 - target) / target, np.ones(s.steps)]) * draws)
    rows = [
        {"epoch": e, "lambda_a": float(w[0]), "lambda_b": float(w[1])} for e, w in enumerate(path.weights)
    ]
    assert judged(read_run(json.dumps({"history": rows} | s.around()).encode())) == ("drifting", "a")


# Too little.


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_of_few_level_records_it_is_said_that_they_are_few(count):
    found = diagnose(log([0.3] * count))
    assert found.balancer.code == "unknown"
    assert "Too few records" in found.balancer.sentence
    assert "moving" not in found.summary


@pytest.mark.parametrize("value", [0.8, 0.05, 0.3])
def test_constant_weights_have_converged(value):
    assert judged(log([value] * 20))[0] == "converged"


@pytest.mark.parametrize("tasks", [2, 3, 6, 7])
@pytest.mark.parametrize("digits", [4, 6, 16])
def test_equal_weights_without_norms_cannot_be_told_from_a_dead_balancer(tasks, digits):
    value = round(1.0 / tasks, digits)
    rows = [{"epoch": e} | {f"w_{k}": value for k in range(tasks)} for e in range(40)]
    found = diagnose(read_run(json.dumps(rows).encode()))
    assert found.balancer.code == "unknown"
    assert "never updated" in found.balancer.sentence
    assert "nothing is broken" not in found.balancer.sentence + found.summary


def test_a_row_that_logs_no_weights_says_nothing_of_them_at_any_prefix():
    text = ["epoch,step,loss,weight_a,weight_b"]
    for e in range(12):
        text += [f"{e},{10 * e + k},{1 / (1 + e)},," for k in range(9)]
        text.append(f"{e},{10 * e + 9},,{0.3 + 0.2 * 0.5**e},{0.7 - 0.2 * 0.5**e}")
    for n in range(3, len(text) + 1):
        found = diagnose(read_run("\n".join(text[:n]).encode() + b"\n"))
        assert found.balancer.code in ("no-balancer", "unknown", "drifting", "too-short", "converged")
        assert "gaps" not in {f.code for f in found.findings}


# What is recorded stands.


def both(state, weight, around=None):
    rows = [
        {"epoch": e, "w_a": state, "w_b": 1 - state, "lambda_a": weight, "lambda_b": 1 - weight}
        for e in range(20)
    ]
    return diagnose(read_run(json.dumps({"history": rows} | (around or {})).encode()))


def said(found):
    return " ".join([found.balancer.sentence, *(f.sentence for f in found.findings)])


def test_a_recorded_weight_is_never_contradicted_by_a_computed_one():
    found = both(0.01, 0.2)
    assert found.balancer.code == "converged"
    assert found.balancer.evidence["w"] == pytest.approx(0.2)
    assert "0.0481" not in said(found)
    assert "%" not in said(found)
    note = next(f for f in found.findings if f.code == "buffer-not-weight")
    assert note.evidence["w"] == pytest.approx(0.2)
    assert "as recorded" in note.sentence


def test_an_assumed_floor_starves_nobody():
    assert both(0.002, 0.0099).balancer.code == "converged"


def test_a_weight_that_falls_without_end_is_starved():
    found = diagnose(log(0.5 * 10.0 ** (-np.arange(60) / 20))).balancer
    assert (found.code, found.evidence["task"]) == ("starved", "a")
    assert "falls without end" in found.sentence


def test_negative_weights_whose_sum_is_not_constant_have_not_diverged():
    rows = [{"epoch": e, "lambda_a": 1.0 + 0.1 * (e % 3), "lambda_b": -0.2} for e in range(20)]
    assert judged(read_run(json.dumps(rows).encode()))[0] != "diverged"


# The reference hook.


@pytest.mark.parametrize("fields", [HOOK, APPLIED], ids=["hook", "applied"])
def test_a_reduced_shipped_run_gets_the_verdict_of_its_full_log(fields):
    for subset in ("FD002", "FD004"):
        ten = [path for path in folders() if path.parent.name == "gaba" and path.parts[-3] == subset]
        runs = [reduced(path, fields) for path in ten]
        for run in runs:
            found = diagnose(run, runs)
            assert found.balancer.code == "converged"
            assert found.balancer.evidence["w"] == pytest.approx(0.0477, abs=1e-4)
            assert "like-siblings" in {f.code for f in found.findings}


def test_of_the_teaching_case_in_five_fields_the_balancer_is_innocent():
    runs = []
    for path in (p for p in folders() if p.parent.name == "gaba" and p.parts[-3] == "FD004"):
        rows = json.loads((path / "convergence_log.json").read_text())
        rows = [{name: row[name] for name in HOOK} for row in rows]
        if path.name == "seed_789":
            rows = [row | {"rmse_last": 1.9 * row["rmse_last"]} for row in rows]
        runs.append(read_run(json.dumps(rows).encode(), path.name))
    bad = next(run for run in runs if run.name == "seed_789")
    found = diagnose(bad, runs)
    assert (found.balancer.code, found.model.code) == ("converged", "outlier")
    assert found.summary.startswith("The balancer is innocent")


# Siblings, and the order of events.


def seeds(bad=3):
    """Five seeds of one set-up; of one the gradient of a task grows 400-fold at epoch 18."""
    runs = []
    for k in range(5):
        rng = np.random.default_rng(100 + k)
        norms = np.column_stack([np.full(2000, 4.0), np.ones(2000)]) * np.exp(
            0.2 * rng.standard_normal((2000, 2))
        )
        score = 0.75 * (1 - np.exp(-(np.arange(40) + 4) / 4)) + 0.003 * rng.standard_normal(40)
        if k == bad:
            norms[18 * 50 :, 0] *= 400.0
            score[18:] = 0.45 + 0.003 * rng.standard_normal(22)
        path = Setting(0.98, 0.05, 0, 50, 40).of(norms)
        columns = logged(("seg", "depth"), w=path.weights, grad=path.norms) | {"val_miou": score}
        rows = [{"epoch": e} | {n: float(v[e]) for n, v in columns.items()} for e in range(40)]
        runs.append(read_run(json.dumps(rows).encode(), f"seed {k}"))
    return runs


def test_the_bad_one_of_five_seeds_is_named_and_no_good_one_is():
    runs = seeds()
    for k, run in enumerate(runs):
        found = diagnose(run, runs)
        codes = {f.code for f in found.findings}
        assert ("unlike-siblings" in codes) == (k == 3), found.summary
        assert found.balancer.code in (("moved",) if k == 3 else ("converged", "noisy", "unknown"))


def test_what_changed_is_told_in_its_order():
    found = diagnose(seeds()[3], seeds()[:3])
    assert (found.balancer.code, found.balancer.evidence["task"]) == ("moved", "seg")
    assert found.balancer.evidence["epoch"] == pytest.approx(18.0, abs=1.0)
    change = next(f for f in found.findings if f.code == "changes")
    assert change.evidence["norm_epoch"] == 18.0
    assert change.evidence["metric_epoch"] == 18.0
    assert change.evidence["weight_epoch"] == pytest.approx(18.0, abs=1.0)
    assert change.evidence["metric"] == "val_miou"
    assert "Order: " in change.sentence
    away = next(f for f in found.findings if f.code == "unlike-siblings")
    assert away.evidence["left"] == pytest.approx(18.0, abs=1.0)
