"""Eight ways to put a floor under a moving average, and the experiments that tell them apart."""

from gaba_core.anti_windup.base import Gains, Scheme
from gaba_core.anti_windup.noise_bias import noise_bias
from gaba_core.anti_windup.recovery import (
    Recovery,
    RecoverySettings,
    recovery_experiment,
    recovery_experiments,
    release_delay,
)
from gaba_core.anti_windup.schemes import (
    SCHEMES,
    BackCalculation,
    ConditionalIntegration,
    InputClamp,
    OutputClamp,
    StateClamp,
    StateProjection,
    Unnormalised,
    WriteBack,
)

__all__ = [
    "SCHEMES",
    "BackCalculation",
    "ConditionalIntegration",
    "Gains",
    "InputClamp",
    "OutputClamp",
    "Recovery",
    "RecoverySettings",
    "Scheme",
    "StateClamp",
    "StateProjection",
    "Unnormalised",
    "WriteBack",
    "noise_bias",
    "recovery_experiment",
    "recovery_experiments",
    "release_delay",
]
