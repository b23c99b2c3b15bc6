"""What each task really contributes to the update: its weight times its gradient norm."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gaba_core.gradients import gradient_norms
from gaba_core.simulation import Trajectories


def gradient_share(run: Trajectories) -> npt.NDArray[np.float64]:
    """Return w_i g_i / sum_j w_j g_j at the sampled steps, shape (S, N, K); 1/K where every norm is 0.

    Unfloored GABA drives it to 1/K for two tasks; a floor on the weight lets the larger gradient keep more.
    """
    pull = run.weights * gradient_norms(run.params, run.steps)
    total = pull.sum(axis=-1, keepdims=True)
    share: npt.NDArray[np.float64] = np.where(
        total > 0.0, pull / np.where(total > 0.0, total, 1.0), 1.0 / run.params.tasks
    )
    return share
