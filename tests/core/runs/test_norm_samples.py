"""Any run that holds gradient norms is replayed, whoever logged them and how often."""

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from gaba_core.controller import Controller
from gaba_core.errors import ParameterError
from gaba_core.runs import read_run, replay
from gaba_core.runs.norm_samples import ERROR_OF_EPOCHS, ERROR_OF_TENTHS, norm_samples
from gaba_core.runs.recording import recording_of
from gaba_core.runs.replay_schemes import ANY_SUM, BY_LOSS, REPLAY_SCHEMES, available_schemes

SHIPPED = Path(__file__).parents[3] / "logs/FD002/gaba/seed_42"


@cache
def shipped():
    return read_run(SHIPPED)


def lines(rows):
    return "".join(json.dumps(row) + "\n" for row in rows)


def log_of(names, every=1, first=0):
    """The shipped run's norms as another logger writes them, every n-th step."""
    trace = shipped().steps
    pairs = zip(trace.step[first::every].tolist(), trace.norms[first::every].tolist(), strict=True)
    return lines({"step": step, **dict(zip(names, row, strict=True))} for step, row in pairs)


def own():
    info = shipped().info
    return {"beta": info.beta, "floor": info.floor, "warmup_steps": info.warmup_steps}


def test_a_log_of_every_step_replays_as_its_step_arrays_do():
    again = replay(read_run(log_of(("grad_rul", "grad_health"))), **own())
    np.testing.assert_allclose(again.weights, replay(shipped()).weights, rtol=0, atol=1e-6)
    np.testing.assert_allclose(again.weights[0], shipped().steps.weights, rtol=0, atol=1e-6)


NAMES = [
    ("rul_grad_norm", "health_grad_norm"),
    ("train/gradnorm_rul", "train/gradnorm_health"),
    ("grad_norm/rul", "grad_norm/health"),
    ("gradient_norms/rul", "gradient_norms/health"),
    ("gnorm_rul", "gnorm_health"),
    ("grads/rul/norm", "grads/health/norm"),
]


@pytest.mark.parametrize("names", NAMES, ids=lambda names: names[0])
def test_norms_of_any_name_replay_alike(names):
    run = read_run(log_of(names))
    np.testing.assert_array_equal(replay(run, **own()).weights, replay(shipped()).weights)


def test_shares_of_the_gradient_replay_as_the_norms_they_are_shares_of():
    norms = shipped().steps.norms
    shares = norms / norms.sum(axis=1, keepdims=True)
    text = lines({"step": i, "ratio_rul": a, "ratio_health": b} for i, (a, b) in enumerate(shares.tolist()))
    np.testing.assert_allclose(
        replay(read_run(text), **own()).weights, replay(shipped()).weights, rtol=0, atol=1e-12
    )


@pytest.mark.parametrize("first", [0, 9])
def test_of_every_tenth_step_beta_counts_ten_times_to_the_error_that_is_said(first):
    run = read_run(log_of(("grad_rul", "grad_health"), every=10, first=first))
    again = replay(run, **own())
    apart = np.abs(again.weights[0] - replay(shipped()).weights[0][again.steps])
    assert 0.4 * ERROR_OF_TENTHS < apart.max() <= ERROR_OF_TENTHS
    assert "every 10th step: each stands for 10 steps" in recording_of(run).sentence
    assert f"{ERROR_OF_TENTHS:.5f}" in recording_of(run).sentence


def test_of_epoch_means_the_weights_come_out_to_the_error_that_is_said():
    run = replace(shipped(), steps=None)
    again = replay(run)
    apart = np.abs(again.weights[0] - replay(shipped()).weights[0][again.steps])
    assert 0.5 * ERROR_OF_EPOCHS < apart.max() <= ERROR_OF_EPOCHS
    assert "one value of the norms an epoch" in recording_of(run).sentence


def test_a_share_that_is_held_gives_what_so_many_equal_steps_give():
    rng = np.random.default_rng(0)
    norms = rng.uniform(0.1, 5.0, (20, 3))
    for every, warmup in ((1, 0), (4, 0), (5, 7), (3, 30)):
        steps = np.arange(20) * every + every - 1
        rows = ({"step": int(s), "grad_a": a, "grad_b": b, "grad_c": c}
                for s, (a, b, c) in zip(steps, norms.tolist(), strict=True))  # fmt: skip
        again = replay(read_run(lines(rows)), 0.9, 0.1, warmup)
        weights, state = Controller(0.9, 0.1, warmup).run(np.repeat(norms, every, axis=0)[None])
        np.testing.assert_allclose(again.weights[0], weights[0, every - 1 :: every], rtol=0, atol=1e-12)
        np.testing.assert_allclose(again.state[0], state[0, every - 1 :: every], rtol=0, atol=1e-12)


def test_samples_at_uneven_distances_each_stand_for_their_steps():
    steps, norms = [0, 1, 5, 6, 16], [[1.0, 2.0], [3.0, 1.0], [2.0, 2.0], [5.0, 1.0], [1.0, 4.0]]
    rows = ({"step": s, "grad_a": a, "grad_b": b} for s, (a, b) in zip(steps, norms, strict=True))
    again = replay(read_run(lines(rows)), 0.8, 0.0, 2)
    whole = np.repeat(norms, np.diff([-1, *steps]), axis=0)
    _, state = Controller(0.8, 0.0, 2).run(whole[None])
    np.testing.assert_allclose(again.state[0], state[0, steps], rtol=0, atol=1e-14)


@pytest.mark.parametrize("scheme", [key for key in REPLAY_SCHEMES if key not in ANY_SUM])
def test_every_scheme_of_norms_alone_takes_samples_of_any_cadence(scheme):
    run = read_run(log_of(("grad_rul", "grad_health"), every=20))
    assert scheme in available_schemes(recording_of(run))
    again = replay(run, **own(), scheme=scheme)
    whole = replay(shipped(), **own(), scheme=scheme).weights[0][again.steps]
    assert np.isfinite(again.weights).all()
    if scheme != "raw":
        assert np.abs(again.weights[0] - whole).max() < 0.02


def test_methods_that_step_by_losses_need_every_step():
    run = read_run(log_of(("grad_rul", "grad_health"), every=20))
    assert not set(BY_LOSS) & set(available_schemes(recording_of(run)))
    with pytest.raises(ParameterError, match="every step"):
        replay(run, scheme="gradnorm-raw")


def test_rows_that_log_no_norms_say_nothing_and_a_resumed_run_counts_once():
    rows = [
        {"step": s, "loss": 1.0} | ({"grad_a": 1.0 + s, "grad_b": 2.0} if s % 4 == 3 else {})
        for s in range(20)
    ]
    samples = norm_samples(read_run(lines(rows)))
    assert samples.step.tolist() == [3, 7, 11, 15, 19]
    assert samples.held.tolist() == [4] * 5
    twice = [*range(10), *range(5, 15)]
    again = norm_samples(
        read_run(lines({"step": s, "grad_a": float(i), "grad_b": 1.0} for i, s in enumerate(twice)))
    )
    assert again.step.tolist() == list(range(15))
    assert again.norms[5, 0] == 10.0


def test_records_of_unknown_length_are_taken_as_a_step_each_and_that_is_said():
    run = read_run(lines({"epoch": e, "grad_a": 1.0 + e, "grad_b": 2.0} for e in range(9)))
    assert recording_of(run).held is None
    assert "does not say how many steps" in recording_of(run).sentence
    assert replay(run, 0.5, 0.1, 0).weights.shape == (1, 9, 2)


def test_a_run_that_states_no_warm_up_is_taken_to_have_none():
    run = read_run(log_of(("grad_rul", "grad_health"), every=40))
    np.testing.assert_array_equal(replay(run, beta=0.9, floor=0.1).weights, replay(run, 0.9, 0.1, 0).weights)
    stated = replay(shipped(), beta=0.9, floor=0.1)
    assert stated.params.warmup_steps == shipped().info.warmup_steps > 0


def test_a_run_without_norms_is_refused():
    with pytest.raises(ParameterError, match="gradient norms"):
        replay(read_run(lines({"epoch": e, "w_a": 0.5, "w_b": 0.5} for e in range(3))), 0.9, 0.1, 0)
