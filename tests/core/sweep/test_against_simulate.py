"""A cell is what `simulate` gives for its parameters and seeds, however it was computed."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaba_core import SimulationParams, arrival_tolerance, equilibrium, simulate
from gaba_core.anti_windup import SCHEMES, Gains, recovery_experiment, release_delay
from gaba_core.sweep import Grid, sweep
from gaba_core.sweep.measures import release_steps
from gaba_core.sweep.stepping import run_scheme
from gaba_core.thresholds import arrival
from tests.inputs import parts_of_floor, simulation_params

SHORT = SimulationParams(epochs=20, steps_per_epoch=49, warmup_steps=30, noise="lognormal", sigma=0.5)
BETAS, FLOORS, SEEDS = (0.0, 0.9, 0.97), (0.0, 0.05, 0.5), (42, 7, 1024)


def ends_of_epochs(params):
    return simulate(params, every=params.steps_per_epoch, offset=params.steps_per_epoch - 1)


def settled_steps(params):
    """The step at which each seed arrives, judged at every step of its simulation; None where it does not."""
    run, reach, target = simulate(params), arrival_tolerance(params), equilibrium(params)
    return [arrival(np.abs(weights - target), reach, params.warmup_steps) for weights in run.weights]


@pytest.mark.parametrize("changes", [{}, {"sigma": 2.0}, {"noise": "gaussian"}, {"norms": (3.0, 1.0)}])
@pytest.mark.parametrize("seed", SEEDS)
def test_the_weight_of_a_cell_is_bit_for_bit_that_of_simulate_for_its_seed(changes, seed):
    grid = Grid({"beta": BETAS, "floor": FLOORS}, replace(SHORT, **changes))
    found = sweep(grid, (seed,), "equilibrium")
    for i in range(len(BETAS)):
        for j in range(len(FLOORS)):
            assert found["equilibrium"][i, j] == ends_of_epochs(found.params(i, j)).weights[0, -1, 0]


def test_a_seed_means_the_same_among_others_as_alone():
    grid = Grid({"floor": FLOORS, "sigma": (0.1, 1.0)}, SHORT)
    apart = [sweep(grid, (seed,), "equilibrium")["equilibrium"] for seed in SEEDS]
    assert np.array_equal(sweep(grid, SEEDS, "equilibrium")["equilibrium"], np.stack(apart, -1).mean(-1))


@given(simulation_params(), st.lists(parts_of_floor, min_size=1, max_size=4, unique=True))
def test_steps_to_settle_are_those_found_in_the_simulation(params, parts):
    floors = sorted({part / params.tasks for part in parts})
    seeds = tuple(dict.fromkeys(params.seeds))
    found = sweep(Grid({"floor": floors}, params), seeds, ("settle", "failure_rate"))
    for i in range(len(floors)):
        steps = settled_steps(found.params(i))
        arrived = [step for step in steps if step is not None]
        assert found["failure_rate"][i] == pytest.approx(1.0 - len(arrived) / len(steps), abs=1e-12)
        if arrived:
            assert found["settle"][i] == pytest.approx(np.mean(arrived), rel=1e-12)
        else:
            assert np.isnan(found["settle"][i])


@pytest.mark.parametrize("sigma", [0.0, 0.05, 1.0, 2.5])
def test_long_runs_settle_at_every_floor_where_the_simulation_does(sigma):
    base = replace(SHORT, epochs=60, sigma=sigma)
    grid = Grid({"beta": (0.5, 0.95, 0.995), "floor": (0.0, 0.01, 0.05, 0.3)}, base)
    for seed in SEEDS:
        found = sweep(grid, (seed,), "settle")["settle"]
        expected = [[settled_steps(grid.params(i, j, seeds=(seed,)))[0] for j in range(4)] for i in range(3)]
        assert np.array_equal(found, np.array(expected, dtype=float), equal_nan=True)


def test_noise_and_smallest_share_are_those_of_the_last_weights():
    found = sweep(Grid({"beta": BETAS, "floor": FLOORS}, SHORT), 20, ("noise", "smallest_share"))
    for place in np.ndindex(3, 3):
        last = ends_of_epochs(found.params(*place)).weights[:, -1]
        pull = last * SHORT.norms
        assert found["noise"][place] == pytest.approx(last[:, 0].std(ddof=1), rel=1e-9)
        assert found["smallest_share"][place] == pytest.approx(
            (pull.min(axis=1) / pull.sum(axis=1)).mean(), rel=1e-12
        )


def test_of_one_seed_there_is_no_noise_to_tell():
    assert np.isnan(sweep({"beta": (0.9,)}, 1, "noise")["noise"]).all()


def test_three_tasks_are_swept_as_two_are():
    base = SimulationParams(norms=(50.0, 1.0, 8.0), epochs=10, warmup_steps=20)
    found = sweep(Grid({"beta": (0.9, 0.99), "floor": (0.02, 0.2)}, base), (5,), ("equilibrium", "settle"))
    for place in np.ndindex(2, 2):
        params = found.params(*place)
        assert found["equilibrium"][place] == ends_of_epochs(params).weights[0, -1, 0]
        (step,) = settled_steps(params)
        assert found["settle"][place] == step if step is not None else np.isnan(found["settle"][place])


@given(
    st.floats(0.01, 0.999), st.floats(0.001, 0.499), st.floats(0.0, 1.0), st.sampled_from([0.06, 0.1, 0.5])
)
def test_release_is_the_whole_steps_of_the_closed_form(beta, floor, part, target):
    state = part * floor
    exact = release_delay(beta, floor, target, state)
    found = float(release_steps(beta, np.array(floor), np.array(state), target))
    assert found == exact if np.isinf(exact) or exact == 0.0 else 0.0 <= exact - found <= 1.0 + 1e-6


@pytest.mark.parametrize(("after", "samples"), [(0.06, 174), (0.10, 66), (0.50, 10)])
def test_release_counts_the_samples_on_the_floor_as_the_recovery_experiment_does(after, samples):
    state = recovery_experiment("A", after=after).state[799]
    assert release_steps(0.99, np.array(0.05), np.array(state), after) == samples


@pytest.mark.parametrize("scheme", "BCDEFGN")
def test_every_scheme_takes_the_steps_that_it_takes_alone(scheme):
    base = replace(SHORT, epochs=4)
    grid = Grid({"beta": (0.9, 0.99), "floor": (0.05, 0.3)}, base, scheme, k=0.2)
    found = sweep(grid, (3, 4), "equilibrium")["equilibrium"]
    for place in np.ndindex(2, 2):
        params = grid.params(*place, seeds=(3, 4))
        shares = (simulate(replace(params, beta=0.0, floor=0.0, warmup_steps=0))).state
        extra = {"k": 0.2} if scheme == "D" else {}
        one = type(SCHEMES[scheme])(beta=params.beta, floor=params.floor, **extra)
        state = one.init(2, (2,))
        for step in range(params.warmup_steps, params.steps):
            state, output = one.step(state, shares[:, step])
        assert found[place] == pytest.approx(one.weights(output)[:, 0].mean(), rel=1e-12)


def test_the_output_clamp_stepped_is_the_simulation():
    params = replace(SHORT, epochs=4, seeds=(1, 2), beta=0.95)
    shares = simulate(replace(params, beta=0.0, floor=0.0, warmup_steps=0)).state.swapaxes(1, 2)
    gains = Gains(np.full((1, 1, 1, 1), 0.95), np.full((1, 1, 1, 1), params.floor))
    weights, _ = run_scheme(SCHEMES["A"], shares, gains, params.warmup_steps)
    assert np.allclose(weights[0, 0], simulate(params).weights, rtol=0, atol=1e-13)


def test_schemes_without_windup_release_at_once_and_the_output_clamp_does_not():
    grid = Grid({"scheme": "ABDEF"}, replace(SHORT, sigma=0.05, beta=0.99, epochs=60), k=0.01)
    delays = sweep(grid, 3, "release_delay")["release_delay"]
    assert delays[0] == 10
    assert (delays[[1, 3, 4]] == 0).all()
    assert 0 < delays[2] < delays[0]


def test_a_run_that_ends_in_its_warm_up_never_settles():
    found = sweep(Grid({"beta": BETAS, "floor": FLOORS}, replace(SHORT, warmup_steps=980)), 3)
    assert (found["failure_rate"] == 1.0).all()
    assert np.isnan(found["settle"]).all()
    assert (found["equilibrium"] == 0.5).all()
