"""Training in PyTorch: the balancer for any loop, its logger, and a trainer on engine data."""

from gaba_core.training.balancer import Balancer, FloorRenorm, GABALoss
from gaba_core.training.logger import ConvergenceLogger
from gaba_core.training.probe import GradientProbe

__all__ = ["Balancer", "ConvergenceLogger", "FloorRenorm", "GABALoss", "GradientProbe"]
