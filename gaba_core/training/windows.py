"""Sliding windows over engine histories, as row numbers, and the data set that sits on the device."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gaba_core.checks import check_whole
from gaba_core.errors import ParameterError
from gaba_core.training.checks import check_positive
from gaba_core.training.conditions import Normaliser
from gaba_core.training.data import Fleet, Histories
from gaba_core.training.holdout import cut_points, hold_out

RUL_CAP = 125.0
HEALTHY_ABOVE, CRITICAL_UP_TO = 80.0, 30.0
"""Health classes: 0 healthy (RUL > 80 cycles), 1 degrading, 2 critical (RUL <= 30 cycles)."""

Index = NDArray[np.int64]


@dataclass(frozen=True)
class Windows:
    """Windows of one set of engines on the device; ``take`` gathers a batch.

    Attributes:
        features: (R, F) of every row of the engines.
        rows: (N, window) row numbers of each window.
        rul: (N,) remaining cycles after each window, capped.
        life: (N,) the same, not capped.
        health: (N,) class, by the capped cycles.
        engines: how many engines these are windows of.
    """

    features: Tensor
    rows: Tensor
    rul: Tensor
    life: Tensor
    health: Tensor
    engines: int

    def __len__(self) -> int:
        return len(self.rows)

    def take(self, chosen: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Features (B, window, F), capped RUL (B,) in cycles, health class (B,) of the chosen windows."""
        return self.features[self.rows[chosen]], self.rul[chosen], self.health[chosen]


@dataclass(frozen=True)
class Dataset:
    """What is trained on, what chooses the epoch, and what is looked at once, at the end.

    Attributes:
        train: windows of the training engines but for those held out.
        held: every window of the held-out engines.
        cuts: their windows at the points where they are cut.
        test: every window of the test engines.
        last: the last window of each test engine.
    """

    train: Windows
    held: Windows
    cuts: Windows
    test: Windows
    last: Windows


def make_dataset(
    fleet: Fleet, device: torch.device, window: int = 30, stride: int = 1, cap: float = RUL_CAP
) -> Dataset:
    """The fleet's windows, a fifth of the training engines held out, normalised by the others, on the device.

    Raises:
        ParameterError: a setting is out of range, the window fits no engine, or there is none to hold out.
    """
    check_whole("window", window, 1)
    check_whole("stride", stride, 1)
    check_positive("cap", cap)
    train, held = hold_out(fleet.train)
    normaliser = Normaliser.fit(train)
    ends = ends_from_first_row(train, window, stride)
    if not len(ends):
        longest = int(train.lengths.max())
        raise ParameterError(f"window must fit an engine of {longest} cycles; got {window}.")
    make = _Maker(normaliser, device, window, cap)
    return Dataset(
        train=make(train, ends),
        held=make(held, ends_from_last_row(held, window, stride)),
        cuts=make(held, cut_points(held)),
        test=make(fleet.test, ends_from_last_row(fleet.test, window, stride)),
        last=make(fleet.test, fleet.test.starts[1:] - 1),
    )


def ends_from_first_row(rows: Histories, window: int, stride: int) -> Index:
    """Row numbers where windows end: floor((n - window) / stride) + 1 for an engine of n >= window rows."""
    first = rows.starts[:-1] + window - 1
    spans = [np.arange(low, high, stride) for low, high in zip(first, rows.starts[1:], strict=True)]
    return np.concatenate(spans)


def ends_from_last_row(rows: Histories, window: int, stride: int) -> Index:
    """Row numbers where test windows end: the last row of each engine and back from there by the stride.

    An engine shorter than the window has its last row alone.
    """
    first = np.minimum(rows.starts[:-1] + window - 1, rows.starts[1:] - 1)
    spans = [
        np.arange(last - 1, low - 1, -stride)[::-1] for low, last in zip(first, rows.starts[1:], strict=True)
    ]
    return np.concatenate(spans)


def window_rows(rows: Histories, ends: Index, window: int) -> Index:
    """(N, window) row numbers; a window that begins before its engine repeats the engine's first row."""
    engine = np.searchsorted(rows.starts, ends, side="right") - 1
    index: Index = np.maximum(ends[:, None] + np.arange(1 - window, 1), rows.starts[engine][:, None])
    return index


def health_classes(rul: NDArray[np.float64]) -> Index:
    """0 healthy, 1 degrading or 2 critical for each RUL in cycles."""
    return (rul <= HEALTHY_ABOVE).astype(np.int64) + (rul <= CRITICAL_UP_TO)


@dataclass(frozen=True)
class _Maker:
    normaliser: Normaliser
    device: torch.device
    window: int
    cap: float

    def __call__(self, rows: Histories, ends: Index) -> Windows:
        rul = np.minimum(rows.rul[ends], self.cap)
        return Windows(
            features=torch.from_numpy(self.normaliser.apply(rows)).to(self.device),
            rows=torch.from_numpy(window_rows(rows, ends, self.window)).to(self.device),
            rul=torch.from_numpy(rul.astype(np.float32)).to(self.device),
            life=torch.from_numpy(rows.rul[ends].astype(np.float32)).to(self.device),
            health=torch.from_numpy(health_classes(rul)).to(self.device),
            engines=len(rows.lengths),
        )
