"""Siblings in a folder share one reading of `w_NAME`."""

import json

import numpy as np
import pytest

from gaba_core import SimulationParams, simulate
from gaba_core.runs import diagnose, read_run
from gaba_core.runs.shared_reading import read_alike

REST = {"beta": 0.99, "sigma": 0.2, "noise": "lognormal", "steps_per_epoch": 50, "epochs": 40}


def run_of(kind, norms, name="a run", floor=0.05, mapping=None, seed=0, prefix="w_"):
    params = SimulationParams(norms=norms, floor=floor, seeds=(seed,), **REST)
    rows = getattr(simulate(params, 50, 49), kind)[0].tolist()
    log = [
        {"epoch": e} | {f"{prefix}{k}": x for k, x in zip("abcd", row, strict=False)}
        for e, row in enumerate(rows)
    ]
    return read_run(json.dumps(log), name, mapping=mapping)


def quantities(runs):
    return [run.origins.judged.quantity for run in runs]


def test_the_one_seed_that_met_its_floor_settles_it_for_the_four_that_did_not():
    good = [run_of("weights", (4.0, 1.0), f"seed {i}", seed=i) for i in range(4)]
    bad = run_of("weights", (1600.0, 1.0), "seed 4")
    assert quantities([*good, bad]) == ["EMA state"] * 4 + ["applied weight"]
    alike = read_alike([*good, bad])
    assert quantities(alike) == ["applied weight"] * 5
    assert all(run.weights is not None and run.origins.weights == "recorded" for run in alike)
    assert "its sibling seed 4 shows" in alike[0].origins.judged.why
    assert alike[0].origins.judged.sure == "a guess"
    assert alike[4] is bad


@pytest.mark.parametrize("seed", range(20))
def test_a_folder_of_either_quantity_is_read_as_one(seed):
    rng = np.random.default_rng(seed)
    kind = ("state", "weights")[seed % 2]
    tasks, bad = int(rng.integers(2, 5)), int(rng.integers(5))
    others = tuple(rng.uniform(0.8, 1.2, tasks - 1))
    runs = [
        run_of(kind, ((1000.0 if i == bad else rng.uniform(1.5, 3.0)), *others), f"seed {i}", seed=i)
        for i in range(5)
    ]
    expected = {"state": "EMA state", "weights": "applied weight"}[kind]
    assert quantities(read_alike(runs)) == [expected] * 5


def test_what_the_reader_chose_for_one_run_counts_for_its_siblings():
    plain = [run_of("weights", (4.0, 1.0), f"seed {i}", seed=i) for i in range(3)]
    chosen = run_of("weights", (4.0, 1.0), "chosen", mapping="@w=weight")
    assert quantities(read_alike([*plain, chosen])) == ["applied weight"] * 4


def test_a_choice_is_not_overruled_by_a_sibling():
    chosen = run_of("weights", (4.0, 1.0), "chosen", mapping="@w=state")
    floored = run_of("weights", (1600.0, 1.0))
    assert quantities(read_alike([chosen, floored])) == ["EMA state", "EMA state"]


def test_columns_of_other_names_have_no_say():
    other = run_of("weights", (1600.0, 1.0), prefix="train/w_")
    own = run_of("weights", (4.0, 1.0))
    assert read_alike([own, other])[0] is own


def test_where_no_sibling_tells_anything_each_stays_as_it_was():
    runs = [run_of("weights", (2.0, 1.0), seed=i) for i in range(3)]
    assert all(new is old for new, old in zip(read_alike(runs), runs, strict=True))


def test_the_bad_seed_is_compared_with_the_good_ones_and_found():
    good = [run_of("weights", (4.0, 1.0), f"seed {i}", seed=i) for i in range(4)]
    bad = run_of("weights", (1600.0, 1.0), "seed 4")
    found = diagnose(bad, [*good, bad])
    assert "unlike-siblings" in {finding.code for finding in found.findings}
    for run in good:
        assert "unlike-siblings" not in {f.code for f in diagnose(run, [*good, bad]).findings}


@pytest.mark.parametrize("floor", [0.0, 0.005, 0.01, 0.02, 0.03, 0.08, 0.15, 0.2, 0.3, 0.45])
@pytest.mark.parametrize("kind", ["state", "weights"])
def test_without_a_known_floor_a_legal_log_is_never_more_than_a_guess(floor, kind):
    found = run_of(kind, (500.0, 1.0), floor=floor).origins.judged
    assert found.sure == "a guess"


@pytest.mark.parametrize("target", [0.0476, 0.048, 0.0485, 0.0495])
def test_a_state_that_rests_where_a_floored_weight_would_is_called_a_guess(target):
    share = target + (0.5 - target) * 0.7 ** np.arange(60)
    log = [{"epoch": e, "w_a": x, "w_b": 1.0 - x} for e, x in enumerate(share.tolist())]
    run = read_run(json.dumps(log))
    assert run.origins.judged.sure == "a guess"
    assert "guessed to hold" in diagnose(run).balancer.sentence


def test_below_the_bound_of_a_stated_floor_it_is_sure():
    log = [{"epoch": e, "w_a": x, "w_b": 1.0 - x} for e, x in enumerate([0.5, 0.2, 0.05, 0.01, 0.002])]
    run = read_run(json.dumps({"history": log, "controller": {"floor": 0.05}}))
    assert (run.origins.judged.quantity, run.origins.judged.sure) == ("EMA state", "sure")
