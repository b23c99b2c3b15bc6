"""Gradients of several losses on shared parameters: their norms, their Gramian, and the step they led to."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import torch
import torch._functorch.config as functorch
from torch import Tensor
from torch.optim.optimizer import register_optimizer_step_post_hook

from gaba_core.errors import ParameterError
from gaba_core.training.ranks import mean_over_ranks

CHUNK = 2**18
"""Columns of the gradients multiplied at a time, so that their float64 copies stay small."""


@dataclass(frozen=True)
class Measured:
    """(K,) float32 norms of the task gradients and, where asked for, their (K, K) float32 Gramian."""

    norms: Tensor
    gramian: Tensor | None = None


class GradientMeter:
    """Measures task gradients and leaves ``grad``, the graph, autocast and the random state as they were.

    A parameter that a loss does not reach adds nothing; a loss that reaches none has norm 0. Where a Gramian
    is measured, the (K, P) gradients stay in memory until ``update`` is called, an optimiser that owns one of
    the parameters has stepped, or the next measurement begins.

    Args:
        gramian: measure all products of the gradients, not the norms alone.
        average: average the gradients over the ranks of a distributed run before their products are taken.
    """

    def __init__(self, *, gramian: bool, average: bool = False) -> None:
        self.gramian = gramian
        self.average = average
        self._blocks: list[_Block] = []
        self._watched: set[int] = set()
        self._ended: weakref.WeakMethod[Callable[[], None]] | None = None
        self._hook: Any = None
        functorch.donated_buffer = False  # a model compiled from here on can go backward more than once

    def __getstate__(self) -> dict[str, bool]:
        return {"gramian": self.gramian, "average": self.average}

    def __setstate__(self, state: dict[str, bool]) -> None:
        self.__init__(**state)  # type: ignore[misc]  # a copy holds no gradients and no hook

    def measure(
        self, losses: Sequence[Tensor], parameters: Sequence[Tensor], scale: float | Tensor = 1.0
    ) -> Measured:
        """The norms, and the Gramian where one is measured.

        Args:
            losses: K scalar losses that still hold their graph, which is kept.
            parameters: the shared parameters; those without gradient are left out.
            scale: factor on the losses while their gradients are taken, divided out again: that of a
                GradScaler where half precision would lose small gradients.

        Raises:
            ParameterError: no parameter requires a gradient, ``backward`` was called before, or the model was
                compiled and trained before the meter was made.
        """
        if self.gramian:
            self.collect(losses, parameters, scale)
            return self.products()
        chosen = trainable(parameters)
        with _undisturbed(chosen):
            return Measured(torch.stack([_norm(loss, chosen, scale) for loss in losses]))

    def collect(
        self,
        losses: Sequence[Tensor],
        parameters: Sequence[Tensor],
        scale: float | Tensor = 1.0,
        *,
        add: bool = False,
    ) -> None:
        """Take the gradients into memory, or ``add`` them to those of the micro-batches before."""
        chosen = trainable(parameters)
        with _undisturbed(chosen):
            found = _gradients(losses, chosen, scale)
        if add and self._blocks:
            for one, before in zip(found, self._blocks, strict=True):
                one.rows += before.rows
        self._blocks = found
        self.watch(chosen)

    def products(self) -> Measured:
        """Norms and Gramian of the gradients in memory, on the device of the first parameter."""
        device = self._blocks[0].rows.device
        if self.average:
            for block in self._blocks:
                block.rows = mean_over_ranks(block.rows)
        gramian = torch.stack([block.products().to(device) for block in self._blocks]).sum(0)
        return Measured(gramian.diagonal().sqrt().float(), gramian.float())

    def update(self, scale: float | Tensor = 1.0) -> Tensor | None:
        """(1 + K,) norm of ``grad`` and its product with each task gradient; None where none is in memory.

        Args:
            scale: what ``grad`` is still multiplied by and is divided by here: that of a GradScaler before
                its ``unscale_``.
        """
        if not self._blocks:
            return None
        device = self._blocks[0].rows.device
        sums = torch.stack([block.against_update(scale).to(device) for block in self._blocks]).sum(0)
        self.release()
        return torch.cat([sums[:1].sqrt(), sums[1:]]).float()

    def release(self) -> None:
        """Give back the memory of the last measurement."""
        self._blocks = []

    def watch(self, parameters: Sequence[Tensor], ended: Callable[[], None] | None = None) -> None:
        """Let the step of every optimiser that owns one of these end the use of the gradients.

        ``update`` has its place before it.

        Args:
            parameters: those that are measured.
            ended: a method to call at each such step; the one before where it is None.
        """
        self._watched = {id(p) for p in parameters}
        self._ended = self._ended if ended is None else weakref.WeakMethod(ended)
        if self._hook is not None:
            return
        meter = weakref.ref(self)

        def done(optimiser: torch.optim.Optimizer, *_: object) -> None:
            one = meter()
            if one is None:
                return
            owned = (id(p) for group in optimiser.param_groups for p in group["params"])
            if any(name in one._watched for name in owned):
                one.release()
                ended = one._ended and one._ended()
                if ended:
                    ended()

        self._hook = register_optimizer_step_post_hook(done)
        weakref.finalize(self, self._hook.remove)


@dataclass
class _Block:
    """The gradients of every task on the parameters of one device, (K, P)."""

    parameters: list[Tensor]
    rows: Tensor

    def products(self) -> Tensor:
        """(K, K) products of the rows."""
        return torch.stack([_square(part) for part in torch.split(self.rows, CHUNK, 1)]).sum(0)

    def against_update(self, scale: float | Tensor) -> Tensor:
        """(1 + K,) square of the norm of ``grad`` / scale, and its product with each row."""
        step = _flat([p.grad for p in self.parameters], self.parameters) / scale
        sums = []
        for rows, part in zip(torch.split(self.rows, CHUNK, 1), torch.split(step, CHUNK), strict=True):
            wide = part.to(_wide(part.device))
            sums.append(torch.cat([wide[None], rows.to(wide.dtype)]) @ wide)
        return torch.stack(sums).sum(0)


def trainable(parameters: Sequence[Tensor]) -> list[Tensor]:
    """The parameters that require a gradient, each once.

    Raises:
        ParameterError: there is none, or what is handed over are no tensors.
    """
    given = [parameters] if isinstance(parameters, Tensor) else list(dict.fromkeys(parameters))
    for one in given:
        if not isinstance(one, Tensor):
            kind = type(one).__name__
            raise ParameterError(f"shared_parameters must hold tensors, as parameters() does; got {kind}.")
    chosen = [p for p in given if p.requires_grad]
    if not chosen:
        raise ParameterError("shared_parameters must hold a parameter that requires a gradient; got none.")
    return chosen


def _gradients(losses: Sequence[Tensor], parameters: list[Tensor], scale: float | Tensor) -> list[_Block]:
    devices = list(dict.fromkeys(p.device for p in parameters))
    members = [[i for i, p in enumerate(parameters) if p.device == device] for device in devices]
    blocks = [_Block([parameters[i] for i in chosen], torch.empty(0)) for chosen in members]
    for task, loss in enumerate(losses):
        found = _gradient(loss, parameters, scale)
        for block, chosen in zip(blocks, members, strict=True):
            row = _flat([found[i] for i in chosen], block.parameters)
            if not task:
                block.rows = row.new_empty(len(losses), len(row))
            block.rows[task] = row
    for block in blocks:
        block.rows /= scale
    return blocks


def _gradient(loss: Tensor, parameters: list[Tensor], scale: float | Tensor) -> Sequence[Tensor | None]:
    if not loss.requires_grad:
        return [None] * len(parameters)
    try:
        seed = torch.ones_like(loss) * scale
        return torch.autograd.grad(loss, parameters, seed, retain_graph=True, allow_unused=True)
    except RuntimeError as error:
        if "a second time" in str(error):
            raise ParameterError(
                "losses must still hold their graph; measure them before backward()."
            ) from error
        if "donated buffer" in str(error):
            raise ParameterError(
                "The model must be compiled after the balancer or probe is made; call torch.compiler.reset() "
                "and go on, and it is compiled again."
            ) from error
        raise


def _norm(loss: Tensor, parameters: list[Tensor], scale: float | Tensor) -> Tensor:
    gradients = [_dense(g) for g in _gradient(loss, parameters, scale) if g is not None]
    if not gradients:
        return torch.zeros((), device=loss.device)
    parts = [torch.linalg.vector_norm(g, dtype=torch.float32).to(loss.device) for g in gradients]
    whole: Tensor = torch.linalg.vector_norm(torch.stack(parts)) / scale
    return whole


def _flat(gradients: Sequence[Tensor | None], parameters: Sequence[Tensor]) -> Tensor:
    """(P,) gradients one after another, zeros where there is none."""
    parts = [
        _dense(torch.zeros_like(p) if g is None else g).reshape(-1)
        for g, p in zip(gradients, parameters, strict=True)
    ]
    return torch.cat([part if part.dtype == torch.float64 else part.float() for part in parts]).detach()


def _dense(gradient: Tensor) -> Tensor:
    whole = gradient.to_dense() if gradient.layout != torch.strided else gradient
    return torch.view_as_real(whole) if whole.is_complex() else whole


def _square(rows: Tensor) -> Tensor:
    wide = rows.to(_wide(rows.device))
    return wide @ wide.T


def _wide(device: torch.device) -> torch.dtype:
    """Float64 wherever it exists: products neither overflow nor follow the user's matmul precision."""
    return torch.float32 if device.type == "mps" else torch.float64


@contextmanager
def _undisturbed(parameters: Sequence[Tensor]) -> Iterator[None]:
    """Gradients on, autocast off, and the random state put back: a recomputed forward pass may draw."""
    kinds = {p.device.type for p in parameters}
    cards = {p.device.index for p in parameters if p.device.type == "cuda"}
    with ExitStack() as stack:
        stack.enter_context(torch.random.fork_rng(devices=[card for card in cards if card is not None]))
        stack.enter_context(torch.enable_grad())
        for kind in kinds:
            if torch.is_autocast_enabled(kind):
                stack.enter_context(torch.autocast(kind, enabled=False))
        yield
