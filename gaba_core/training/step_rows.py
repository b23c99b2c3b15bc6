"""What a balancer or a probe measured at one step, as a logger takes it over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from torch import Tensor


@dataclass
class StepRow:
    """One step of a training.

    Attributes:
        values: (C, K) one row for each of the source's columns.
        step: 0-based step number; None where the source makes a row of every step.
        gramian: (K, K) products of the task gradients, where they were measured.
        update: (1 + K,) norm of the summed gradient and its product with each task gradient; entered after
            ``backward``, None where it was not asked for.
    """

    values: Tensor
    step: int | None = None
    gramian: Tensor | None = None
    update: Tensor | None = None


class StepSource(Protocol):
    """What a logger listens to: a module that measures the steps of a training.

    Attributes:
        columns: what the rows of ``StepRow.values`` are: ``state``, ``weights``, ``norms``, ``losses``.
        task_names: the K names.
        row: the step that the last call completed; None where it completed none.
        step_count: steps completed so far, an int64 scalar.
    """

    columns: ClassVar[tuple[str, ...]]
    task_names: tuple[str, ...]
    row: StepRow | None
    step_count: Tensor

    def register_forward_hook(self, hook: Any) -> Any:
        """As ``torch.nn.Module`` has it."""

    def describe(self) -> dict[str, Any]:
        """Entries of ``run.json`` that say what was measured and how."""

    def counts(self) -> dict[str, int]:
        """Entries of ``run.json`` that grow while the training goes on."""
