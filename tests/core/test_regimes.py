"""The four regimes and the milestones: predicted, found, and both at the edges of what can happen."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from inputs import REFERENCE, changed, simulation_params

from gaba_core import (
    Events,
    ParameterError,
    Regime,
    arrival_tolerance,
    equilibrium,
    find_regimes,
    mean_trajectory,
    measure_events,
    predict_events,
    predict_regimes,
    settling_steps,
    simulate,
    stationary_weight_sd,
)

QUIET = changed(REFERENCE, sigma=0.0, seeds=(42,))
EDGES = {
    "reference": (
        REFERENCE,
        [("warm-up", 0), ("rapid drift", 100), ("floor activation", 332), ("equilibrium", 713)],
    ),
    "no warm-up": (
        changed(REFERENCE, warmup_steps=0),
        [("rapid drift", 0), ("floor activation", 232), ("equilibrium", 613)],
    ),
    "run too short for the floor": (changed(REFERENCE, epochs=5), [("warm-up", 0), ("rapid drift", 100)]),
    "run too short to settle": (
        changed(REFERENCE, epochs=12),
        [("warm-up", 0), ("rapid drift", 100), ("floor activation", 332)],
    ),
    "run shorter than its warm-up": (changed(REFERENCE, epochs=1), [("warm-up", 0)]),
    "no floor": (
        changed(QUIET, floor=0.0),
        [("warm-up", 0), ("rapid drift", 100), ("equilibrium", 1336)],
    ),
    "floor of one over K": (
        changed(REFERENCE, floor=0.5),
        [("warm-up", 0), ("floor activation", 100), ("equilibrium", 677)],
    ),
    "balanced": (changed(REFERENCE, norms=(3.0, 3.0)), [("warm-up", 0), ("equilibrium", 100)]),
    "no memory": (changed(REFERENCE, beta=0.0), [("warm-up", 0), ("equilibrium", 100)]),
    "long memory": (changed(REFERENCE, beta=0.9999), [("warm-up", 0), ("rapid drift", 100)]),
    "one task dead": (
        changed(QUIET, norms=(1.0, 0.0), floor=0.0),
        [("warm-up", 0), ("rapid drift", 100)],
    ),
}


def starts(regimes):
    return [(regime.name, regime.start) for regime in regimes]


def found(run, seed=0, **known):
    return find_regimes(run.weights[seed], run.state[seed], run.params.floor, run.steps, **known)


@pytest.mark.parametrize("case", EDGES)
def test_regimes_are_predicted_from_parameters(case):
    params, expected = EDGES[case]
    assert starts(predict_regimes(params)) == expected


@pytest.mark.parametrize("case", [case for case in EDGES if case != "one task dead"])
def test_regimes_found_in_a_run_are_those_predicted(case):
    params, expected = EDGES[case]
    for seed, _ in enumerate(params.seeds):
        regimes = starts(found(simulate(params), seed))
        assert [name for name, _ in regimes] == [name for name, _ in expected]
        assert [start for _, start in regimes] == pytest.approx([start for _, start in expected], abs=2)


def test_the_reference_edges_in_epochs_are_the_published_ones():
    assert [round(regime.start / 49, 2) for regime in predict_regimes(REFERENCE)] == [0.0, 2.04, 6.78, 14.55]


def test_milestones_are_predicted_at_the_known_steps():
    assert predict_events(changed(REFERENCE, sigma=0.0)) == Events(332, 485, 713)
    assert predict_events(REFERENCE) == Events(332, 485, 713)


@pytest.mark.parametrize(
    ("weight", "elapsed", "epoch", "digits"),
    [(None, 332.76, 6.79, 2), (1.01, 485.2, 9.90, 1), (1.001, 713.4, 14.56, 1)],
)
def test_the_step_response_reaches_the_milestones_at_the_known_fraction_of_a_step(
    weight, elapsed, epoch, digits
):
    share, floor = 0.2 / 100.2, 0.05
    target = floor / (floor + 1.0 - share)
    state = floor if weight is None else 1.0 - (floor / (weight * target) - floor)
    found = 100 + settling_steps(0.99, (state - share) / (0.5 - share))
    assert round(found, digits) == elapsed
    assert round(found / 49, 2) == epoch


def test_milestones_are_measured_at_the_known_steps_in_every_seed():
    events = measure_events(simulate(REFERENCE))
    assert [event.first_clamped for event in events] == [332] * 5
    assert [event.within_1_percent for event in events] == [485] * 5
    target = equilibrium(changed(REFERENCE, sigma=0.0))[0]
    off = np.abs(simulate(REFERENCE).weights[..., 0] / target - 1.0) > 0.001
    last_off = [int(np.flatnonzero(row)[-1]) for row in off]
    assert min(last_off) + 1 == 712
    assert max(last_off) + 1 == 714
    assert [event.within_tenth_percent for event in events] == pytest.approx([713] * 5, abs=2)


def test_with_a_tolerance_of_one_percent_equilibrium_begins_at_epoch_ten():
    run = simulate(REFERENCE)
    target = equilibrium(REFERENCE)
    assert round(found(run, target=target, tolerance=0.01 * target)[-1].start / 49, 1) == 9.9


def test_what_never_happens_is_none():
    assert predict_events(changed(REFERENCE, epochs=5)) == Events(None, None, None)
    assert predict_events(changed(REFERENCE, floor=0.0)).first_clamped is None


def test_tolerance_is_a_tenth_of_a_percent_or_four_sd():
    assert arrival_tolerance(REFERENCE) == pytest.approx(0.001 * equilibrium(REFERENCE))
    noisy = changed(REFERENCE, floor=0.0)
    assert arrival_tolerance(noisy)[0] == pytest.approx(4.0 * stationary_weight_sd(noisy)[0])


@given(simulation_params(most_epochs=100))
@settings(max_examples=50)
def test_looking_no_further_than_needed_predicts_what_the_whole_run_holds(params):
    assume(equilibrium(params).min() > 1e-9)  # an equilibrium of 0 is reached by underflow
    mean = mean_trajectory(params, np.arange(params.steps))
    known = {"target": equilibrium(params), "tolerance": arrival_tolerance(params)}
    whole = find_regimes(
        mean.weights,
        mean.state,
        params.floor,
        np.arange(params.steps),
        warmup_steps=params.warmup_steps,
        **known,
    )
    assert predict_regimes(params) == whole


@given(simulation_params())
@settings(max_examples=25)
def test_predicted_regimes_follow_each_other_without_a_gap(params):
    check_chain(predict_regimes(params), params.steps)


@given(simulation_params(), st.integers(1, 20), st.booleans(), st.booleans())
def test_found_regimes_follow_each_other_without_a_gap(params, every, with_weights, with_warmup):
    run = simulate(params, every)
    weights, state = (run.weights[0], None) if with_weights else (None, run.state[0])
    known = {"warmup_steps": params.warmup_steps} if with_warmup else {}
    check_chain(find_regimes(weights, state, params.floor, run.steps, **known), params.steps)


def check_chain(regimes, steps):
    assert regimes[0].start == 0
    assert regimes[-1].end is None
    assert regimes[-1].start < steps
    order = ["warm-up", "rapid drift", "floor activation", "equilibrium"]
    assert [regime.name for regime in regimes] == sorted((r.name for r in regimes), key=order.index)
    for before, after in pairwise(regimes):
        assert before.start < before.end == after.start


@pytest.mark.parametrize("offset", [0, 48])
def test_sampled_runs_show_their_regimes_to_the_resolution_of_the_samples(offset):
    edges = starts(found(simulate(REFERENCE, every=49, offset=offset)))
    assert [name for name, _ in edges] == ["warm-up", "rapid drift", "floor activation", "equilibrium"]
    for (_, start), exact in zip(edges[1:], [100, 332, 713], strict=True):
        assert exact - 2 <= start < exact + 51


def test_weights_alone_and_the_state_alone_show_the_same_regimes():
    run = simulate(REFERENCE)
    from_weights = find_regimes(run.weights[0], None, 0.05, run.steps)
    from_state = find_regimes(None, run.state[0], 0.05, run.steps)
    assert from_weights == from_state == found(run)


def test_a_target_alone_has_the_tolerance_of_the_recording_and_a_tolerance_alone_its_level():
    run = simulate(REFERENCE)
    target = run.weights[0, -200:].mean(axis=0)
    near = np.maximum(0.001 * target, 4.0 * run.weights[0, -200:].std(axis=0))
    assert found(run, target=target) == found(run, target=target, tolerance=near)
    close = np.full(2, 0.1)
    wide = found(run, target=target, tolerance=close)
    assert found(run, tolerance=close) == wide
    assert starts(wide)[-1][1] < starts(found(run, target=target))[-1][1]


def test_a_recording_in_single_precision_shows_the_same_regimes():
    run = simulate(REFERENCE)
    single = find_regimes(run.weights[0].astype(np.float32), run.state[0].astype(np.float32), 0.05, run.steps)
    assert [start for _, start in starts(single)] == pytest.approx([0, 100, 332, 713], abs=2)


def test_steps_need_not_begin_at_zero():
    run = simulate(REFERENCE)
    regimes = find_regimes(run.weights[0, 200:], run.state[0, 200:], 0.05, run.steps[200:])
    assert regimes[0] == Regime("rapid drift", 200, 332)


def test_a_run_that_never_moves_is_still_warming_up_unless_told_otherwise():
    run = simulate(changed(QUIET, norms=(1.0, 1.0)))
    assert starts(found(run)) == [("warm-up", 0)]
    assert starts(found(run, warmup_steps=100)) == [("warm-up", 0), ("equilibrium", 100)]


def test_a_lone_gust_does_not_undo_an_arrival_but_leaving_does():
    run = simulate(QUIET)
    target = equilibrium(QUIET)
    gust, left = run.weights[0].copy(), run.weights[0].copy()
    gust[2000] = target * 1.0015
    left[2000] = target * 1.003
    known = {"target": target, "tolerance": 0.001 * target}
    steps, state = run.steps, run.state[0]
    assert find_regimes(gust, state, 0.05, steps, **known)[-1].start == 713
    assert find_regimes(left, state, 0.05, steps, **known)[-1].start == 2001


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((None, None, 0.05, [0]), "weights or state must be given"),
        (([0.5, 0.5], None, 0.05, [0]), r"weights must have shape \(N, K\); got shape \(2,\)"),
        ((np.ones((2, 2, 2)), None, 0.05, [0]), r"weights must have shape \(N, K\)"),
        (
            ([[0.5, np.nan]], None, 0.05, [0]),
            r"weights must hold finite .* got nan at index \(0, 1\)",
        ),
        (([[0.5, 0.5]], [[0.5, 0.5]] * 2, 0.05, [0]), "weights and state must have one shape"),
        (([[0.5, 0.5]], None, 0.6, [0]), "floor must lie in"),
        (([[0.5, 0.5]] * 2, None, 0.05, [0]), "steps must be 2 ascending whole numbers"),
        (([[0.5, 0.5]] * 2, None, 0.05, [1, 1]), "steps must be 2 ascending whole numbers"),
        (([[0.5, 0.5]] * 2, None, 0.05, [-1, 1]), "steps must be 2 ascending whole numbers"),
        (([[0.5, 0.5]] * 2, None, 0.05, [0.0, 1.0]), "steps must be 2 ascending whole numbers"),
        (([], None, 0.05, []), "weights must"),
    ],
)
def test_bad_recordings_are_named(arguments, message):
    with pytest.raises(ParameterError, match=message):
        find_regimes(*arguments)


def test_a_bad_warm_up_or_target_is_named():
    run = simulate(changed(QUIET, epochs=2))
    with pytest.raises(ParameterError, match="warmup_steps must be a whole number of at least 0; got -1"):
        found(run, warmup_steps=-1)
    with pytest.raises(ParameterError, match="target must hold one number for each of 2 tasks"):
        found(run, target=[0.1, 0.2, 0.7])
    with pytest.raises(ParameterError, match="tolerance must hold finite numbers only"):
        found(run, tolerance=[0.1, float("nan")])
