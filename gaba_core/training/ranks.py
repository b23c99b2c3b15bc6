"""Means over the processes of a distributed run."""

from __future__ import annotations

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
