"""The aggregators by key, each with its published defaults."""

from __future__ import annotations

from gaba_core.aggregators.aligned_mtl import AlignedMtl
from gaba_core.aggregators.base import Aggregator
from gaba_core.aggregators.cagrad import CaGrad
from gaba_core.aggregators.dualproj import DualProj
from gaba_core.aggregators.fairgrad import FairGrad
from gaba_core.aggregators.gradvac import GradVac
from gaba_core.aggregators.imtl_g import ImtlG
from gaba_core.aggregators.mgda import Mgda
from gaba_core.aggregators.nash_mtl import NashMtl
from gaba_core.aggregators.pcgrad import PcGrad
from gaba_core.aggregators.upgrad import UpGrad

AGGREGATORS: dict[str, Aggregator] = {
    "mgda": Mgda(),
    "pcgrad": PcGrad(),
    "cagrad": CaGrad(),
    "imtl-g": ImtlG(),
    "aligned-mtl": AlignedMtl(),
    "gradvac": GradVac(),
    "upgrad": UpGrad(),
    "dualproj": DualProj(),
    "fairgrad": FairGrad(),
    "nash-mtl": NashMtl(),
}
