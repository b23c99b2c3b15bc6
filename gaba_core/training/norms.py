"""Gradient norms of several losses on shared parameters."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, distributed


def gradient_norms(losses: Sequence[Tensor], parameters: Sequence[Tensor]) -> Tensor:
    """(K,) float32 L2 norms of each loss's gradient on the parameters, detached.

    The graph is kept for the backward pass that follows. A parameter that a loss does not reach adds
    nothing; a loss that reaches none has norm 0.
    """
    return torch.stack([_norm(loss, parameters) for loss in losses])


def _norm(loss: Tensor, parameters: Sequence[Tensor]) -> Tensor:
    if not loss.requires_grad:
        return torch.zeros((), device=loss.device)
    gradients = torch.autograd.grad(loss, parameters, retain_graph=True, allow_unused=True)
    reached = [torch.linalg.vector_norm(g, dtype=torch.float32) for g in gradients if g is not None]
    if not reached:
        return torch.zeros((), device=loss.device)
    whole: Tensor = torch.linalg.vector_norm(torch.stack([norm.to(loss.device) for norm in reached]))
    return whole


def mean_over_ranks(values: Tensor) -> Tensor:
    """The values averaged over the processes of a distributed run; the values themselves outside one."""
    if not (distributed.is_available() and distributed.is_initialized()):
        return values
    summed = values.clone()
    distributed.all_reduce(summed)
    return summed / distributed.get_world_size()
