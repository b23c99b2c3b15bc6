import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gaba_core import time_constant
from gaba_core.runs import diagnose
from tests.run_cases import (
    about,
    params,
    published,
    records,
    run_of,
    simulated,
)

EQUILIBRIUM = 0.0477097


def codes_of(found):
    return {finding.code for finding in found.findings}


# The teaching case: published numbers, simulated weights (see run_cases.published).


@pytest.fixture(scope="module")
def fd004():
    return published("FD004")


def test_of_fd004_seed_789_the_balancer_is_innocent_and_the_model_is_not(fd004):
    found = diagnose(fd004[789], list(fd004.values()))
    assert found.balancer.code == "converged"
    assert found.balancer.evidence["w"] == pytest.approx(EQUILIBRIUM, abs=2e-5)
    assert found.balancer.evidence["w_predicted"] == pytest.approx(EQUILIBRIUM, abs=2e-5)
    assert found.model.code == "outlier"
    assert found.model.evidence["best"] == 14.20
    assert found.model.evidence["best_epoch"] == 164
    assert found.model.evidence["siblings_median"] == pytest.approx((7.49 + 7.52) / 2)
    assert found.model.evidence["z"] == pytest.approx((14.20 - 7.505) / (1.4826 * 0.05 * 7.505))
    assert found.summary.startswith("The balancer is innocent")
    assert "like-siblings" in codes_of(found)


@pytest.mark.parametrize("subset", ["FD002", "FD004"])
def test_of_the_ten_published_runs_that_one_alone_is_an_outlier(subset):
    runs = published(subset)
    outliers = [s for s, run in runs.items() if diagnose(run, list(runs.values())).model.code == "outlier"]
    assert outliers == ([789] if subset == "FD004" else [])


def test_every_verdict_carries_its_evidence_and_its_rule(fd004):
    found = diagnose(fd004[789], list(fd004.values()))
    for item in (found.balancer, found.model, *found.findings):
        assert item.sentence.endswith(".")
        assert item.rule.endswith(".")
        assert item.evidence
    with pytest.raises(TypeError):
        found.balancer.evidence["w"] = 0.5


# The pitfalls of reading a convergence curve.


def test_the_best_epoch_is_not_when_the_weights_converged():
    found = diagnose(published("FD002")[123])
    assert found.model.evidence["best_epoch"] == 310
    assert found.balancer.evidence["epoch"] <= 15
    note = next(finding for finding in found.findings if finding.code == "best-epoch")
    assert "best epoch 310 is down to the model" in note.sentence


def test_an_ema_buffer_far_below_the_floor_is_not_taken_for_a_starved_weight():
    found = diagnose(run_of(records(params())))
    assert found.balancer.code == "converged"
    assert "the reference floor 0.05, which is assumed" in found.balancer.sentence
    assert found.balancer.evidence["w"] == pytest.approx(EQUILIBRIUM, abs=2e-5)
    assert found.balancer.evidence["w_predicted"] is None
    assert found.balancer.confidence == "likely"
    assert {"buffer-not-weight", "assumed"} <= codes_of(found)


def test_where_the_floor_is_known_the_weight_is_judged_and_the_buffer_pointed_out():
    found = diagnose(simulated())
    assert found.balancer.evidence["w"] == pytest.approx(EQUILIBRIUM, abs=2e-5)
    note = next(finding for finding in found.findings if finding.code == "buffer-not-weight")
    assert note.evidence["state"] == pytest.approx(0.002, abs=1e-4)


def test_applied_weights_give_the_same_verdict_and_no_note_on_a_buffer():
    found = diagnose(simulated("weights"))
    assert found.balancer.code == "converged"
    assert found.balancer.evidence["w"] == pytest.approx(EQUILIBRIUM, abs=2e-5)
    assert "buffer-not-weight" not in codes_of(found)


@pytest.mark.parametrize(
    ("log", "around", "quantity", "sure"),
    [
        (records(params()), {"controller": {"floor": 0.05}}, "EMA state", "sure"),
        (records(params()), {}, "EMA state", "a guess"),
        (records(params(), "weights"), {}, "applied weight", "a guess"),
        (records(params(norms=(2.0, 1.0))), {}, "EMA state", "a guess"),
    ],
)
def test_how_sure_the_reading_of_w_is_stands_among_the_findings(log, around, quantity, sure):
    found = diagnose(run_of(log, **around))
    note = next(finding for finding in found.findings if finding.code == "quantity")
    assert (note.evidence["quantity"], note.evidence["sure"]) == (quantity, sure)


def test_five_time_constants_without_the_warm_up_are_too_few():
    short = diagnose(simulated(epochs=11)).balancer  # 539 steps: above 5 tau, below 5 tau + 100
    assert short.code == "too-short"
    assert short.evidence["elapsed"] == 539
    assert short.evidence["needed"] == pytest.approx(597.5, abs=0.1)
    assert diagnose(simulated(epochs=13)).balancer.code != "too-short"


def test_a_bare_log_tells_by_its_own_transient_that_it_is_too_short():
    short = diagnose(run_of(records(params(epochs=9)))).balancer
    assert short.code == "too-short"
    assert short.evidence["unit"] == "epochs"
    assert short.evidence["needed"] == pytest.approx(12.19, abs=0.05)
    assert diagnose(run_of(records(params(epochs=40)))).balancer.code == "converged"


@settings(deadline=None, max_examples=30)
@given(
    beta=st.sampled_from([0.9, 0.95, 0.99]),
    warmup_steps=st.integers(0, 300),
    epochs=st.integers(2, 60),
    steps_per_epoch=st.integers(3, 60),
)
def test_a_run_is_too_short_exactly_below_warm_up_and_five_time_constants(
    beta, warmup_steps, epochs, steps_per_epoch
):
    settings = {
        "beta": beta,
        "warmup_steps": warmup_steps,
        "epochs": epochs,
        "steps_per_epoch": steps_per_epoch,
    }
    too_short = epochs * steps_per_epoch < warmup_steps + 5 * time_constant(beta)
    assert (diagnose(simulated(**settings)).balancer.code == "too-short") == too_short


def test_equal_weights_from_equal_gradients_are_balanced_and_not_broken():
    found = diagnose(simulated(norms=(3.0, 3.0)))
    assert found.balancer.code == "balanced"
    assert found.has_converged


def test_equal_weights_under_unequal_gradients_are_idle():
    log = [{"epoch": e, "w_a": 0.5, "w_b": 0.5, "grad_a": 50.0, "grad_b": 0.1} for e in range(40)]
    found = diagnose(run_of(log))
    assert found.balancer.code == "idle"
    assert found.balancer.evidence["norm_ratio"] == pytest.approx(500.0)
    assert not found.has_converged


# The other verdicts on the balancer.


def test_weights_that_follow_drifting_norms_are_still_drifting():
    found = diagnose(simulated(norms=(1.0, 1.0), norms_end=(8.0, 1.0)))
    assert found.balancer.code == "drifting"
    assert "was still moving" in found.summary


def test_a_weight_that_nothing_holds_up_is_starved_and_says_since_when():
    found = diagnose(simulated(floor=0.0)).balancer
    assert found.code == "starved"
    assert found.evidence["w"] == pytest.approx(0.002, abs=1e-4)
    assert found.evidence["epoch"] in (6, 7)


def test_a_weight_outside_0_to_1_has_diverged_from_its_first_such_epoch():
    log = [{"epoch": e, "w_a": 0.5 - 0.1 * e, "w_b": 0.5 + 0.1 * e} for e in range(20)]
    found = diagnose(run_of(log))
    assert found.balancer.code == "diverged"
    assert found.balancer.evidence["epoch"] == 6
    assert "suspect it first" in found.summary


def test_weights_that_are_lost_to_the_end_have_diverged_but_a_gap_has_not():
    log = records(params())
    for e in range(50, 60):
        log[e]["w_rul"] = None
    assert diagnose(run_of(log)).balancer.evidence["epoch"] == 50
    assert diagnose(run_of(log)).balancer.code == "diverged"
    gap = records(params())
    gap[30]["w_rul"] = None
    found = diagnose(run_of(gap))
    assert found.balancer.code == "converged"
    assert "gaps" in codes_of(found)


def test_weights_logged_every_third_epoch_have_not_diverged_after_the_last():
    log = [record if record["epoch"] % 3 == 0 else {"epoch": record["epoch"]} for record in records(params())]
    assert diagnose(run_of(log)).balancer.code == "converged"


def test_an_excursion_that_came_back_is_a_finding_and_no_verdict():
    log = [
        {"epoch": r["epoch"], "lambda_rul": r["w_rul"], "lambda_health": r["w_health"]}
        for r in records(params(), "weights")
    ]
    log[3] |= {"lambda_rul": -0.2, "lambda_health": 1.2}
    found = diagnose(run_of(log))
    assert found.balancer.code == "converged"
    assert "excursion" in codes_of(found)


@pytest.mark.parametrize("record", [{"loss": 1.0}, {"grad_a": 1.0, "grad_b": 2.0}])
def test_a_log_without_weights_is_not_a_balancers(record):
    found = diagnose(run_of([{"epoch": e} | record for e in range(5)]))
    assert found.balancer.code == "no-balancer"
    assert not found.has_converged


def test_a_single_record_is_too_bare_for_a_verdict():
    assert diagnose(run_of([{"epoch": 0, "w_a": 0.5, "w_b": 0.5}])).balancer.code == "unknown"


def test_of_a_restarted_run_the_last_record_of_an_epoch_is_judged():
    log = records(params())
    torn = [record | {"w_rul": 5.0} for record in log[:40]]
    found = diagnose(run_of([*torn, *log]))
    assert found.balancer.code == "converged"
    assert "restarted" in codes_of(found)


def test_weights_that_rest_elsewhere_than_those_of_the_siblings_are_not_called_innocent():
    settings = params()
    other = run_of(records(params(floor=0.2), "weights"), controller=about(params(floor=0.2))["controller"])
    siblings = [
        run_of(records(settings, "weights"), controller=about(settings)["controller"]) for _ in range(3)
    ]
    found = diagnose(other, siblings)
    assert "unlike-siblings" in codes_of(found)
    assert "innocent" not in found.summary
    assert "elsewhere" in found.summary


def test_a_floor_that_the_log_states_wrongly_is_noticed():
    log = records(params(), "weights")
    for record in log:
        record |= {"grad_rul": 100.0, "grad_health": 0.2}
    controller = {"beta": 0.99, "floor": 0.045, "warmup_steps": 100}
    assert "off-prediction" in codes_of(diagnose(run_of(log, controller=controller, steps_per_epoch=49)))
    controller["floor"] = 0.05
    assert "off-prediction" not in codes_of(diagnose(run_of(log, controller=controller, steps_per_epoch=49)))


@settings(deadline=None, max_examples=20)
@given(tasks=st.integers(2, 5), seed=st.integers(0, 50))
def test_the_verdict_does_not_depend_on_the_order_of_the_tasks(tasks, seed):
    order = np.random.default_rng(seed).permutation(tasks)
    rows = records(params(norms=tuple(10.0**k for k in range(tasks)), floor=0.05))
    names = [name for name in rows[0] if name != "epoch"]
    turned = [{"epoch": r["epoch"]} | {names[i]: r[names[i]] for i in order} for r in rows]
    one, other = diagnose(run_of(rows)).balancer, diagnose(run_of(turned)).balancer
    assert one.code == other.code == "converged"
    assert one.evidence["epoch"] == other.evidence["epoch"]
