"""A simulation beside a run, on the run's clock."""

import numpy as np
import pytest

from gaba_core import expected_shares, simulate
from gaba_core.errors import ParameterError
from gaba_core.runs import fit_run, read_run
from gaba_core.runs.own_parameters import own_parameters
from gaba_core.runs.simulated_twin import fitted_path, path_at, recorded_path, simulate_twin
from tests.paths import LOGS
from tests.run_cases import about, params, records, run_of
from tests.run_logs import info, trace, write

SHIPPED = sorted(path.parent for path in LOGS.rglob("convergence_log.json") if path.parts[-3] == "gaba")


def twin(run, steps, **changes):
    own = own_parameters(run, "fit")
    given = {name: getattr(own, name).value for name in ("beta", "floor", "warmup_steps", "target", "sigma")}
    return simulate_twin(run, **(given | {"steps": steps, "task": own.fit.task} | changes))


def test_a_record_is_the_state_at_the_end_of_its_epoch():
    settings = params(sigma=0.0)
    run = run_of(records(settings), **about(settings))
    path = recorded_path(run, 1.0)
    assert path.elapsed[:3].tolist() == [49.0, 98.0, 147.0]
    at_ends = simulate(settings, 49, 48).state[0, :, 0]
    np.testing.assert_allclose(path.state[:, 0], at_ends, rtol=0, atol=1e-12)
    again = twin(run, settings.steps, sigma=0.0)
    np.testing.assert_allclose(path_at(again.state[0, :, 0], path.elapsed), at_ends, rtol=0, atol=1e-4)
    assert path.state[2, 0] == pytest.approx(
        0.3125, abs=1e-3
    )  # theory.md 2: a start of epoch 2 would read .5


def test_steps_are_told_by_the_slider_where_the_log_does_not_say():
    run = run_of(records(params()))
    assert recorded_path(run, 10.0).elapsed[:2].tolist() == [10.0, 20.0]
    assert recorded_path(run_of([{"epoch": 0, "rmse_last": 1.0}]), 10.0) is None


def test_every_step_counts_where_it_was_recorded(tmp_path):
    path = recorded_path(read_run(write(tmp_path, run=info(), steps=trace(30))), 5.0)
    assert path.by_step
    assert path.elapsed.tolist() == list(range(1, 31))


@pytest.mark.parametrize("sigma", [0.0, 0.5, 2.0])
def test_the_mean_share_is_the_target_whatever_the_noise(sigma):
    run = run_of(records(params()))
    found = twin(run, 10, target=0.004, sigma=sigma)
    assert expected_shares(found.params)[0] == pytest.approx(0.004, rel=1e-6)


def test_three_tasks_share_the_rest_as_they_did_in_the_run(tmp_path):
    steps = trace(60, tasks=3)
    steps["norms"][:, 2] *= 4
    log = [{"epoch": e, "w_a": 0.1, "w_b": 0.4, "w_c": 0.5} for e in range(6)]
    run = read_run(write(tmp_path, log=log, run=info(), steps=steps))
    found = twin(run, 10, target=0.01, sigma=0.0, task="a")
    g = np.array(found.params.norms)
    assert (1 - g[0] / g.sum()) / 2 == pytest.approx(0.01, rel=1e-6)
    medians = np.median(steps["norms"], axis=0)
    assert g[2] / g[1] == pytest.approx(medians[2] / medians[1], rel=1e-6)


@pytest.mark.parametrize("folder", SHIPPED, ids=[str(path.relative_to(LOGS)) for path in SHIPPED])
def test_fit_and_simulation_lie_on_every_shipped_run(folder):
    run = read_run(folder)
    path, fit = recorded_path(run, 1.0), fit_run(run)
    weight = path.weights[:, 0]
    found = twin(run, len(weight)).weights[0, :, 0]
    assert np.abs(found - weight).max() < 2e-4
    fitted, state = fitted_path(fit, path.elapsed, 1.0, 0.05)
    assert np.abs(fitted - weight).max() < 2e-4
    assert np.abs(state - path.state[:, 0]).max() < 3e-3


def test_a_fit_in_epochs_is_drawn_on_the_clock_of_steps():
    settings = params(sigma=0.0)
    run = run_of(records(settings))
    path = recorded_path(run, 49.0)
    _, state = fitted_path(fit_run(run), path.elapsed, 49.0, 0.05)
    np.testing.assert_allclose(state, path.state[:, 0], rtol=0, atol=1e-6)
    assert fitted_path(fit_run(run_of([{"epoch": 0}])), path.elapsed, 49.0, 0.05) is None


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"target": 1.2}, "target must lie in"),
        ({"steps": 0}, "steps must be a whole number in"),
        ({"steps": 10**7}, "steps must be a whole number in"),
        ({"floor": 0.6}, "floor must lie in"),
    ],
)
def test_what_cannot_be_simulated_is_refused_by_name(changes, message):
    with pytest.raises(ParameterError, match=message):
        twin(run_of(records(params())), **({"steps": 10} | changes))


def test_outside_of_a_path_nothing_is_known():
    assert np.isnan(path_at(np.array([1.0, 2.0]), np.array([0.5, 2.5]))).all()
    assert path_at(np.array([1.0, 2.0]), np.array([1.0, 1.5])).tolist() == [1.0, 1.5]
