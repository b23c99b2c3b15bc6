"""Published ways to weigh losses, compared with GABA: one protocol, one experiment, four failures."""

from gaba_core.comparators.base import Comparator
from gaba_core.comparators.draws import LossModel
from gaba_core.comparators.experiment import Divergence, DivergenceSettings, run_divergence, run_divergences
from gaba_core.comparators.failures import (
    FAILURE_KINDS,
    FailureKind,
    FailureRates,
    Failures,
    Judged,
    failure_rates,
    failures_of,
    find_failures,
    judge,
)
from gaba_core.comparators.gradnorm import GradNorm
from gaba_core.comparators.losses import DynamicWeightAverage, Uncertainty
from gaba_core.comparators.registry import COMPARATORS, LABELS
from gaba_core.comparators.running import run_comparator
from gaba_core.comparators.shares import Equal, Gaba, RawShares

__all__ = [
    "COMPARATORS",
    "FAILURE_KINDS",
    "LABELS",
    "Comparator",
    "Divergence",
    "DivergenceSettings",
    "DynamicWeightAverage",
    "Equal",
    "FailureKind",
    "FailureRates",
    "Failures",
    "Gaba",
    "GradNorm",
    "Judged",
    "LossModel",
    "RawShares",
    "Uncertainty",
    "failure_rates",
    "failures_of",
    "find_failures",
    "judge",
    "run_comparator",
    "run_divergence",
    "run_divergences",
]
