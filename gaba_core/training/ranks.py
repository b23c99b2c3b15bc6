"""Means over the processes of a distributed run."""

from __future__ import annotations

import torch
from torch import Tensor, distributed


def count_ranks() -> int:
    """Processes of the distributed run; 1 outside one."""
    if not (distributed.is_available() and distributed.is_initialized()):
        return 1
    return distributed.get_world_size()


def mean_over_ranks(values: Tensor) -> Tensor:
    """The values averaged over the ranks; the values themselves outside a distributed run."""
    if count_ranks() == 1:
        return values
    summed = values.clone()
    distributed.all_reduce(summed)
    return summed / count_ranks()


def any_rank(flag: bool, device: torch.device) -> bool:
    """Whether the flag is set on any rank of a distributed run; every rank must ask."""
    if count_ranks() == 1:
        return flag
    said = torch.tensor(float(flag), device=device)
    distributed.all_reduce(said)
    return bool(said)
