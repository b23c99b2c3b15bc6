"""The weightings by the name that a run's folder and ``--methods`` use."""

from __future__ import annotations

from gaba_core.aggregators import AGGREGATORS
from gaba_core.training.weightings.base import State, Weighting
from gaba_core.training.weightings.dwa import DynamicWeightAverage
from gaba_core.training.weightings.equal import Equal
from gaba_core.training.weightings.gaba import Gaba, floor_and_renormalise, gradient_shares
from gaba_core.training.weightings.gradient_balancer import GradientBalancer
from gaba_core.training.weightings.gradnorm import GradNorm
from gaba_core.training.weightings.uncertainty import Uncertainty

WEIGHTINGS: dict[str, Weighting] = {
    rule.label: rule
    for rule in (
        Gaba(),
        Gaba(floor=0.0),
        Equal(),
        GradNorm(),
        GradNorm(parametrisation="softmax"),
        GradNorm(parametrisation="exp"),
        DynamicWeightAverage(),
        Uncertainty(),
        *(GradientBalancer(method) for method in AGGREGATORS),
    )
}

__all__ = [
    "WEIGHTINGS",
    "DynamicWeightAverage",
    "Equal",
    "Gaba",
    "GradNorm",
    "GradientBalancer",
    "State",
    "Uncertainty",
    "Weighting",
    "floor_and_renormalise",
    "gradient_shares",
]
