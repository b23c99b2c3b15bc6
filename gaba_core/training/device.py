"""Choice and description of the device that a run trains on."""

from __future__ import annotations

import platform
from pathlib import Path

import torch

from gaba_core.errors import ParameterError


def choose_device(name: str = "auto") -> torch.device:
    """The named device; ``auto`` takes the first of cuda, mps and cpu that is there."""
    if name != "auto":
        try:
            return torch.device(name)
        except RuntimeError as error:
            raise ParameterError(
                f"device must be auto or a torch device such as cpu; got {name!r}."
            ) from error
    if torch.cuda.is_available():
        return torch.device("cuda")
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


def describe_device(device: torch.device) -> str:
    """The device with the model of its chip, such as ``cuda (NVIDIA H100)``."""
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else _processor_name()
    return f"{device.type} ({name})" if name else device.type


def _processor_name() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()
