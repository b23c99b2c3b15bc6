"""GABA in the HuggingFace Trainer: a callback that logs, and a mix-in that hands it each loss."""

from importlib.util import find_spec

if find_spec("transformers") is None:
    raise ModuleNotFoundError(
        "gaba_core.training.huggingface needs transformers, which is not installed. "
        'Install it: pip install "gaba-dashboard[huggingface]"',
        name="transformers",
    )

from gaba_core.training.huggingface.callback import GABACallback
from gaba_core.training.huggingface.mixin import GABATrainerMixin

__all__ = ["GABACallback", "GABATrainerMixin"]
