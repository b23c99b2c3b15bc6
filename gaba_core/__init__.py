"""GABA, a balancer of multi-task losses: its controller, its projection and its theory, in NumPy."""

from gaba_core.bounds_check import BoundsCheck, check_bounds
from gaba_core.controller import Controller, ControllerState, raw_shares
from gaba_core.equilibrium import (
    MeanTrajectory,
    equilibrium,
    expected_shares,
    mean_trajectory,
    mean_weight_sd,
    stationary_sd,
    stationary_weight_sd,
)
from gaba_core.errors import GabaError, LogFormatError, ParameterError
from gaba_core.gradients import gradient_norms
from gaba_core.parameters import REFERENCE_SEEDS, SimulationParams
from gaba_core.projection import (
    floor_renormalise,
    nominal_bounds,
    project_to_floored_simplex,
    weight_bounds,
)
from gaba_core.regime_prediction import arrival_tolerance, predict_events, predict_regimes
from gaba_core.regimes import Events, Regime, find_regimes, measure_events
from gaba_core.simulation import Trajectories, simulate, simulate_chunks
from gaba_core.step_response import (
    frequency_response,
    noise_gain,
    settling_steps,
    step_response,
    time_constant,
)

__version__ = "0.1.0"  # the one place of it

__all__ = [
    "REFERENCE_SEEDS",
    "BoundsCheck",
    "Controller",
    "ControllerState",
    "Events",
    "GabaError",
    "LogFormatError",
    "MeanTrajectory",
    "ParameterError",
    "Regime",
    "SimulationParams",
    "Trajectories",
    "arrival_tolerance",
    "check_bounds",
    "equilibrium",
    "expected_shares",
    "find_regimes",
    "floor_renormalise",
    "frequency_response",
    "gradient_norms",
    "mean_trajectory",
    "mean_weight_sd",
    "measure_events",
    "noise_gain",
    "nominal_bounds",
    "predict_events",
    "predict_regimes",
    "project_to_floored_simplex",
    "raw_shares",
    "settling_steps",
    "simulate",
    "simulate_chunks",
    "stationary_sd",
    "stationary_weight_sd",
    "step_response",
    "time_constant",
    "weight_bounds",
]
