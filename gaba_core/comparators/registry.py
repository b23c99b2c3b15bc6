"""The comparators by key, with their default settings."""

from __future__ import annotations

from typing import Any

from gaba_core.comparators.base import Comparator
from gaba_core.comparators.gradnorm import GradNorm
from gaba_core.comparators.losses import DynamicWeightAverage, Uncertainty
from gaba_core.comparators.shares import Equal, Gaba, RawShares

COMPARATORS: dict[str, Comparator[Any]] = {
    "gaba": Gaba(),
    "gaba-unfloored": Gaba(floor=0.0),
    "raw": RawShares(),
    "equal": Equal(),
    "gradnorm-raw": GradNorm(),
    "gradnorm-softmax": GradNorm(parametrisation="softmax"),
    "gradnorm-exp": GradNorm(parametrisation="exp"),
    "dwa": DynamicWeightAverage(),
    "uncertainty": Uncertainty(),
}

LABELS = {
    "gaba": "GABA",
    "gaba-unfloored": "GABA without floor",
    "raw": "Raw shares",
    "equal": "Equal weights",
    "gradnorm-raw": "GradNorm (raw)",
    "gradnorm-softmax": "GradNorm (softmax)",
    "gradnorm-exp": "GradNorm (exp)",
    "dwa": "DWA",
    "uncertainty": "Uncertainty",
}
