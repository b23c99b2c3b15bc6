"""A module that counts the steps of a training, in a buffer that its `state_dict` holds."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class StepCounter(nn.Module):
    """Counts steps in ``step_count`` and holds the number on the host too: reading it off a GPU waits."""

    step_count: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("step_count", torch.zeros((), dtype=torch.int64))
        self._seen: tuple[Tensor, int] | None = None
        self._steps = 0

    @property
    def steps_done(self) -> int:
        """Steps counted so far; read off the buffer where somebody else wrote to it."""
        count = self.step_count
        if self._seen is None or self._seen[0] is not count or self._seen[1] != count._version:
            self._remember(int(count))
        return self._steps

    def count_step(self) -> None:
        """One step more."""
        done = self.steps_done + 1
        with torch.no_grad():
            self.step_count += 1
        self._remember(done)

    def _remember(self, steps: int) -> None:
        self._seen, self._steps = (self.step_count, self.step_count._version), steps
