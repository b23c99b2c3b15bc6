"""Training in PyTorch: the balancer for any loop, its logger, and a trainer on engine data."""

from importlib.util import find_spec

if find_spec("torch") is None:
    raise ModuleNotFoundError(
        "gaba_core.training needs torch, which is not installed. "
        'Install it: pip install "gaba-dashboard[training]"',
        name="torch",
    )

from gaba_core.training.balancer import Balancer, FloorRenorm, GABALoss
from gaba_core.training.logger import ConvergenceLogger
from gaba_core.training.loss_recorder import LossRecorder
from gaba_core.training.probe import GradientProbe

__all__ = ["Balancer", "ConvergenceLogger", "FloorRenorm", "GABALoss", "GradientProbe", "LossRecorder"]
