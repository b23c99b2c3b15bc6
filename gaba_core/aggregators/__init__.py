"""Gradient balancers as functions of the Gramian of the task gradients; harm and conflict."""

from gaba_core.aggregators.aligned_mtl import AlignedMtl
from gaba_core.aggregators.base import Aggregator
from gaba_core.aggregators.cagrad import CaGrad
from gaba_core.aggregators.conflict import (
    Conflict,
    ConflictCode,
    gradient_cosines,
    judge_conflict,
    magnitude_ratio,
)
from gaba_core.aggregators.cosine_histogram import CosineHistogram, cosine_histogram
from gaba_core.aggregators.dualproj import DualProj
from gaba_core.aggregators.fairgrad import FairGrad
from gaba_core.aggregators.gradvac import GradVac
from gaba_core.aggregators.gramians import check_gramians
from gaba_core.aggregators.harm import first_order_gain, harm_rates, harm_share, harms_any, is_harmed
from gaba_core.aggregators.imtl_g import ImtlG
from gaba_core.aggregators.mgda import Mgda
from gaba_core.aggregators.nash_mtl import NashMtl
from gaba_core.aggregators.pcgrad import PcGrad
from gaba_core.aggregators.registry import AGGREGATORS
from gaba_core.aggregators.upgrad import UpGrad

__all__ = [
    "AGGREGATORS",
    "Aggregator",
    "AlignedMtl",
    "CaGrad",
    "Conflict",
    "ConflictCode",
    "CosineHistogram",
    "DualProj",
    "FairGrad",
    "GradVac",
    "ImtlG",
    "Mgda",
    "NashMtl",
    "PcGrad",
    "UpGrad",
    "check_gramians",
    "cosine_histogram",
    "first_order_gain",
    "gradient_cosines",
    "harm_rates",
    "harm_share",
    "harms_any",
    "is_harmed",
    "judge_conflict",
    "magnitude_ratio",
]
