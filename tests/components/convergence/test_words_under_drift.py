"""Predicted and simulated name one quantity, and no equilibrium is painted where the seeds still move."""

import numpy as np
import pytest

from components.convergence.readouts import texts
from components.convergence.state import ConvergenceState
from gaba_core import SimulationParams, equilibrium, predict_regimes, simulate
from gaba_core.regime_prediction import settled_regimes


def params(**changes):
    return SimulationParams(**({"seeds": (42, 123, 456, 789, 1024)} | changes))


def start_of_equilibrium(settings):
    return next((r.start for r in settled_regimes(settings) if r.name == "equilibrium"), None)


DRIFTS = {
    "to 5 : 1": {"drift": 0.01},
    "log-normal": {"drift": 0.01, "noise": "lognormal", "sigma": 0.5},
    "from balanced": {"ratio": 1.0, "drift": 8.0, "epochs": 60},
}


@pytest.mark.parametrize("drift", DRIFTS.values(), ids=DRIFTS)
def test_under_drift_the_weight_of_the_last_step_is_predicted_and_no_time_constant_measured(drift):
    found = texts(ConvergenceState(**drift))
    assert found["tau-simulated"] == "not measured: the norms drift"
    last = float(found["equilibrium-predicted"].rpartition(" ")[2])
    simulated = float(found["equilibrium-simulated"])
    assert last == pytest.approx(simulated, rel=0.02)
    assert "at the last step" in found["equilibrium-predicted"]


@pytest.mark.parametrize("drift", DRIFTS.values(), ids=DRIFTS)
def test_no_equilibrium_is_painted_while_the_norms_move_the_weights(drift):
    assert start_of_equilibrium(ConvergenceState(**drift).params) is None


@pytest.mark.parametrize(
    "setting",
    [
        {"sigma": 1.0},
        {"noise": "lognormal", "sigma": 1.0},
        {"noise": "lognormal", "sigma": 2.0},
        {"floor": 0.0},
    ],
)
def test_where_equilibrium_is_painted_the_mean_of_many_seeds_is_at_its_end(setting):
    settings = params(**setting)
    begin = start_of_equilibrium(settings)
    many = simulate(params(**setting, seeds=tuple(range(40)), epochs=60), every=49)
    after = many.state[:, many.steps >= begin, 0]
    apart = after.mean(axis=0) - after[:, -10:].mean()
    sd = after[:, -10:].std()
    assert np.abs(apart).max() < 1.2 * sd  # half a standard deviation, and the error of the mean of 40 seeds


def test_without_noise_or_drift_the_painted_regimes_are_those_predicted():
    assert settled_regimes(params(sigma=0.0)) == predict_regimes(params(sigma=0.0))
    assert start_of_equilibrium(params()) == 713
    assert float(texts(ConvergenceState())["equilibrium-predicted"]) == pytest.approx(
        equilibrium(params())[0], abs=1e-5
    )
