"""Training engines held out: early stopping, learning rate and the choice of epoch look at them alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gaba_core.errors import ParameterError
from gaba_core.training.data import Histories

SHARE = 5
"""One engine in so many is held out: the 5th, the 10th and so on, whatever the seed of the run."""

CUTS = 5
"""Points at which each held-out engine is cut, as a test engine is cut at one."""

SEED = 0

Index = NDArray[np.int64]


def hold_out(rows: Histories) -> tuple[Histories, Histories]:
    """The engines to train on, and those held out; at least one of each.

    Raises:
        ParameterError: there are fewer than two engines.
    """
    engines = len(rows.lengths)
    if engines < 2:
        raise ParameterError(f"data must hold at least 2 training engines, one to hold out; got {engines}.")
    last = np.arange(engines) % SHARE == SHARE - 1
    if not last.any():
        last[-1] = True
    return rows.of_engines(~last), rows.of_engines(last)


def cut_points(rows: Histories) -> Index:
    """(E CUTS,) row numbers, the same at every call: each engine cut where at least a fifth of it was seen.

    No cut falls on the last cycle of an engine, which a test engine does not reach.
    """
    rng = np.random.default_rng(SEED)
    low = np.maximum(rows.lengths // 5, 1)
    high = np.maximum(rows.lengths, low + 1)
    seen = rng.integers(low[:, None], high[:, None], (len(low), CUTS))
    cuts: Index = (rows.starts[:-1, None] + np.minimum(seen, rows.lengths[:, None]) - 1).ravel()
    return cuts
