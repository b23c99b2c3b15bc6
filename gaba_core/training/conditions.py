"""Operating conditions found from the settings, and normalisation within each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from gaba_core.checks import FloatArray
from gaba_core.training.data import Histories

SPANS = np.array([50.0, 1.0, 100.0])
"""Scale of altitude (kft), Mach number and throttle angle that makes them comparable."""

TOLERANCE = 0.02
"""Largest scaled distance within one condition: 1 kft, Mach 0.02 or 2 degrees."""

SMALLEST_SPREAD = 1e-6
"""A sensor that varies less than this share of its mean within a condition carries nothing."""


@dataclass(frozen=True)
class Normaliser:
    """Mean and spread of each sensor in each condition of the training engines."""

    centres: FloatArray
    means: FloatArray
    spreads: FloatArray

    @classmethod
    def fit(cls, train: Histories) -> Self:
        """The normaliser of these rows, with as many conditions as their settings show (six in FD002)."""
        centres = find_conditions(train.settings)
        label = assign_conditions(train.settings, centres)
        groups = [train.sensors[label == i] for i in range(len(centres))]
        means = np.array([group.mean(0) for group in groups])
        spreads = np.array([group.std(0) for group in groups])
        constant = spreads <= SMALLEST_SPREAD * np.abs(means)
        return cls(centres, means, np.where(constant, np.inf, spreads))

    def apply(self, rows: Histories) -> NDArray[np.float32]:
        """(R, 24) float32 features: 21 sensors as deviations in their condition, then 3 scaled settings."""
        label = assign_conditions(rows.settings, self.centres)
        sensors = (rows.sensors - self.means[label]) / self.spreads[label]
        return np.hstack([sensors, rows.settings / SPANS]).astype(np.float32)


def find_conditions(settings: FloatArray) -> FloatArray:
    """(C, 3) scaled centres such that every row lies within the tolerance of one, in order of altitude."""
    left = np.unique(np.round(settings / SPANS, 3), axis=0)
    centres = []
    while len(left):
        near = np.abs(left - left[0]).max(1) <= TOLERANCE
        centres.append(left[near].mean(0))
        left = left[~near]
    return np.array(centres)


def assign_conditions(settings: FloatArray, centres: FloatArray) -> NDArray[np.int64]:
    """(R,) index of the nearest centre."""
    distance = np.abs(settings[:, None, :] / SPANS - centres).max(-1)
    nearest: NDArray[np.int64] = distance.argmin(1)
    return nearest
