"""What a log tells of its controller, against the parameters that it was simulated with."""

import json
import math
from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gaba_core import expected_shares, simulate, time_constant
from gaba_core.runs import fit_run, read_run
from gaba_core.runs.fitting.estimate import student
from tests.paths import LOGS
from tests.run_cases import about, params, records, run_of

GABA = sorted(p.parent for p in LOGS.rglob("convergence_log.json") if p.parts[-3].startswith("gaba"))


def log_of(settings, form="state", places=17):
    """A log whose field names say which of the two it holds; both where `form` is "both"."""
    state = records(settings)
    log = state if form in ("state", "both") else [{"epoch": r["epoch"]} for r in state]
    if form in ("weights", "both"):
        for record, weights in zip(log, records(settings, "weights"), strict=True):
            record |= {name.replace("w_", "lambda_"): x for name, x in weights.items() if name != "epoch"}
    rounded = [{name: round(x, places) for name, x in record.items()} for record in log]
    return run_of(rounded, steps_per_epoch=settings.steps_per_epoch)


@pytest.mark.parametrize("form", ["state", "weights", "both"])
def test_the_reference_run_gives_its_controller_away(form):
    fit = fit_run(log_of(params(), form))
    assert fit.task == "rul"
    assert fit.unit == "steps"
    assert fit.time_constant.value == pytest.approx(99.499, rel=2e-3)
    assert fit.time_constant.covers(time_constant(0.99))
    assert fit.beta.covers(0.99)
    assert fit.target.covers(float(expected_shares(params())[0]))
    assert fit.warmup.value == pytest.approx(100.0, abs=0.1)
    assert fit.residual < 1e-4
    if form == "state":
        assert fit.floor is None
    else:
        assert fit.floor.value == pytest.approx(0.05, abs=1e-5)


def test_an_ema_log_holds_no_floor_even_where_run_json_states_one():
    settings = params()
    assert fit_run(run_of(records(settings), **about(settings))).floor is None


def test_without_noise_every_number_is_exact():
    settings = params(sigma=0.0, beta=0.97, floor=0.04, warmup_steps=60, steps_per_epoch=10)
    fit = fit_run(log_of(settings, "weights"))
    assert fit.beta.value == pytest.approx(0.97, abs=1e-9)
    assert fit.floor.value == pytest.approx(0.04, abs=1e-9)
    assert fit.warmup.value == pytest.approx(60.0, abs=1e-6)
    path = simulate(settings, 10, 9)
    np.testing.assert_allclose(fit.state_at(path.steps + 1), path.state[0, :, 0], rtol=0, atol=1e-9)


def test_without_steps_an_epoch_time_is_in_epochs_and_beta_is_not_told():
    fit = fit_run(run_of(records(params())))
    assert fit.unit == "epochs"
    assert fit.beta is None
    assert fit.time_constant.value == pytest.approx(99.499 / 49, rel=2e-3)
    assert fit.warmup.value == pytest.approx(100 / 49, rel=2e-3)


def test_a_transient_of_two_records_holds_no_time_constant():
    fit = fit_run(log_of(params(beta=0.95, warmup_steps=100, steps_per_epoch=40)))
    assert fit.transient == 2
    assert fit.time_constant is None
    assert fit.state_at([0.0]) is None
    assert fit.target.covers(float(expected_shares(params())[0]))
    assert "2 records on the way" in fit.notes[0]


def test_a_weight_that_arrived_unseen_tells_neither_floor_nor_target():
    fit = fit_run(log_of(params(beta=0.9, steps_per_epoch=200), "weights"))
    assert (fit.time_constant, fit.target, fit.floor, fit.warmup) == (None, None, None, None)


def test_records_may_lie_at_any_distance():
    settings = params(steps_per_epoch=10, epochs=120)
    retained = np.random.default_rng(1).random(120) < 0.5
    log = [record for record in records(settings) if retained[record["epoch"]]]
    fit = fit_run(run_of(log, steps_per_epoch=10))
    assert fit.time_constant.value == pytest.approx(99.499, rel=2e-3)
    assert fit.warmup.value == pytest.approx(100.0, abs=0.2)


@pytest.mark.parametrize("form", ["state", "weights"])
def test_several_tasks_are_told_apart_from_their_floor(form):
    settings = params(norms=(1000.0, 2.0, 1.0), steps_per_epoch=20, epochs=80)
    fit = fit_run(log_of(settings, form))
    assert fit.time_constant.value == pytest.approx(99.499, rel=2e-3)
    assert (fit.floor is None) == (form == "state")


def test_two_smallest_weights_that_are_the_same_cannot_be_told_from_floored_ones():
    fit = fit_run(log_of(params(norms=(9.0, 9.0, 1.0), sigma=0.0, floor=0.3), "weights"))
    assert fit.time_constant is None
    assert "Several tasks" in fit.notes[0]


@pytest.mark.parametrize(
    ("log", "reason"),
    [
        ([{"epoch": e, "loss": 1.0} for e in range(9)], "no weights"),
        ([{"epoch": e, "w_a": 0.5, "w_b": 0.5} for e in range(9)], "never leave"),
        ([{"epoch": e, "w_a": 0.5 - 0.1 * e, "w_b": 0.5 + 0.1 * e} for e in range(3)], "Too few"),
        ([{"epoch": e, "w_a": 0.5 - 0.1 * e, "w_b": 0.5 + 0.1 * e} for e in range(9)], "outside"),
        ([{"epoch": e, "w_a": 0.3, "w_b": 0.7} for e in range(9)], "do not determine"),
    ],
)
def test_a_log_that_cannot_tell_says_why(log, reason):
    fit = fit_run(run_of(log))
    assert fit.time_constant is None
    assert reason in fit.notes[0]


@settings(deadline=None, max_examples=60, derandomize=True)
@given(
    st.lists(st.floats(-0.2, 1.2) | st.sampled_from([0.0, 1.0, 0.5, 0.05, 1e-300]), min_size=1, max_size=12),
    st.sampled_from(["w_", "lambda_"]),
)
def test_no_log_of_numbers_is_too_odd_to_be_read(values, prefix):
    log = [{"epoch": e, f"{prefix}a": x, f"{prefix}b": 1.0 - x} for e, x in enumerate(values)]
    fit = fit_run(run_of(log))
    for name in ("time_constant", "target", "floor", "warmup"):
        found = getattr(fit, name)
        assert found is None or found.low <= found.value <= found.high


def test_intervals_are_those_of_students_t():
    assert student(1) == pytest.approx(12.7062, abs=1e-3)
    assert student(9) == pytest.approx(2.2622, abs=1e-3)
    assert student(30) == pytest.approx(2.0423, abs=1e-3)
    assert student(10**6) == pytest.approx(1.95996, abs=1e-3)


@settings(deadline=None, max_examples=40, derandomize=True)
@given(
    beta=st.sampled_from([0.95, 0.98, 0.99, 0.995]),
    warmup=st.integers(0, 200),
    ratio=st.floats(10.0, 1000.0),
    form=st.sampled_from(["state", "weights"]),
    seed=st.integers(0, 1000),
)
def test_a_transient_of_20_records_gives_the_time_constant_within_2_percent(beta, warmup, ratio, form, seed):
    tau = time_constant(beta)
    apart = max(1, int(tau / 12))
    case = params(
        beta=beta,
        warmup_steps=warmup,
        norms=(ratio, 1.0),
        seeds=(seed,),
        steps_per_epoch=apart,
        epochs=math.ceil((warmup + 10 * tau) / apart),
    )
    fit = fit_run(log_of(case, form))
    assert fit.transient >= 20
    assert fit.time_constant.value == pytest.approx(tau, rel=0.02)


def random_case(rng):
    beta = float(rng.choice([0.9, 0.95, 0.98, 0.99, 0.995]))
    tau, warmup = time_constant(beta), int(rng.integers(0, 200))
    apart = max(1, int(tau * rng.uniform(0.1, 1.2)))  # 3 records in the transient to 46
    noise = str(rng.choice(["gaussian", "lognormal"]))
    return params(
        beta=beta,
        warmup_steps=warmup,
        steps_per_epoch=apart,
        noise=noise,
        sigma=float(rng.choice([0.0, 0.05, 0.2] if noise == "gaussian" else [0.05, 0.2, 0.5, 1.0])),
        norms=(10 ** rng.uniform(0.3, 3.0), 1.0),
        floor=float(rng.choice([0.0, 0.02, 0.05, 0.1])),
        epochs=math.ceil((warmup + tau * rng.uniform(5.0, 12.0)) / apart) + 3,
        seeds=(int(rng.integers(10**6)),),
    )


@pytest.mark.slow
def test_95_percent_intervals_cover_the_truth_in_9_of_10_of_500_cases():
    rng = np.random.default_rng(20)
    covered = defaultdict(list)
    for _ in range(500):
        case = random_case(rng)
        fit = fit_run(
            log_of(case, str(rng.choice(["state", "weights", "weights"])), int(rng.choice([4, 6, 17])))
        )
        truth = {
            "time_constant": time_constant(case.beta),
            "beta": case.beta,
            "target": float(expected_shares(case)[0]),
            "floor": case.floor,
            "warmup": case.warmup_steps,
        }
        for name, value in truth.items():
            found = getattr(fit, name)
            if found is not None:
                covered[name].append(found.covers(value))
    assert {name: len(reason) > 80 for name, reason in covered.items()} == dict.fromkeys(truth, True)
    assert {name: np.mean(reason) >= 0.9 for name, reason in covered.items()} == dict.fromkeys(truth, True)


@pytest.mark.parametrize("folder", GABA, ids=[str(path.relative_to(LOGS)) for path in GABA])
@pytest.mark.parametrize("with_steps", [True, False])
def test_a_shipped_run_gives_its_controller_away(folder, with_steps):
    """Training moves the target by a little, so its interval is not asked to cover."""
    fit = fit_run(read_run(folder, with_steps=with_steps))
    assert fit.time_constant.value == pytest.approx(time_constant(0.99), rel=4e-3)
    assert fit.warmup.value == pytest.approx(100.0, abs=0.1)
    if folder.parent.name == "gaba":
        assert fit.floor.value == pytest.approx(0.05, abs=1e-7)
    else:
        assert fit.floor is None


def test_a_target_that_moved_is_noted_and_one_that_did_not_is_not():
    moved = fit_run(log_of(params(norms=(50.0, 1.0), norms_end=(5.0, 1.0), steps_per_epoch=20)))
    assert "the target moved" in moved.notes[0]
    assert fit_run(log_of(params(norms=(50.0, 1.0), steps_per_epoch=20))).notes == ()


def test_a_long_plateau_of_rounded_records_does_not_drown_the_transient():
    fit = fit_run(log_of(params(epochs=4000, steps_per_epoch=20), places=4))
    assert fit.time_constant.value == pytest.approx(99.499, rel=2e-3)
    assert fit.time_constant.covers(time_constant(0.99))


def test_a_rival_without_a_moving_average_is_not_fitted():
    fit = fit_run(read_run(LOGS / "FD002" / "uncertainty" / "seed_42"))
    assert fit.time_constant is None
    assert fit.notes


def test_a_long_transient_of_weights_is_thinned_and_gives_the_same():
    settings = params(beta=0.999, steps_per_epoch=1, epochs=9800)
    rows = simulate(settings).weights[0]
    log = [{"epoch": e, "lambda_a": a, "lambda_b": b} for e, (a, b) in enumerate(rows.tolist())]
    fit = fit_run(read_run(json.dumps(log)))
    assert fit.time_constant.value == pytest.approx(999.5, rel=2e-3)
    assert fit.floor.value == pytest.approx(0.05, abs=1e-5)


@pytest.mark.parametrize("folder", GABA, ids=[str(path.relative_to(LOGS)) for path in GABA])
def test_the_interval_of_beta_of_a_shipped_run_holds_it_or_a_note_says_why_not(folder):
    fit = fit_run(read_run(folder))
    assert fit.beta.covers(0.99) or any("the target moved" in note for note in fit.notes)


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("sigma", [0.0, 0.2, 1.0])
def test_of_a_target_that_rests_no_note_says_that_it_moved(seed, sigma):
    fit = fit_run(log_of(params(seeds=(seed,), sigma=sigma, noise="lognormal"), places=9))
    assert not any("the target moved" in note for note in fit.notes)
