"""GABA, a balancer of multi-task losses: its controller, its projection and its theory, in NumPy."""

from gaba_core.controller import Controller, ControllerState, raw_shares
from gaba_core.errors import GabaError, LogFormatError, ParameterError
from gaba_core.gradients import gradient_norms
from gaba_core.parameters import REFERENCE_SEEDS, SimulationParams
from gaba_core.projection import (
    BoundsCheck,
    check_bounds,
    floor_renormalise,
    nominal_bounds,
    project_to_floored_simplex,
    weight_bounds,
)
from gaba_core.simulation import Trajectories, simulate

__all__ = [
    "REFERENCE_SEEDS",
    "BoundsCheck",
    "Controller",
    "ControllerState",
    "GabaError",
    "LogFormatError",
    "ParameterError",
    "SimulationParams",
    "Trajectories",
    "check_bounds",
    "floor_renormalise",
    "gradient_norms",
    "nominal_bounds",
    "project_to_floored_simplex",
    "raw_shares",
    "simulate",
    "weight_bounds",
]
