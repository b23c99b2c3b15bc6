"""The moving average as a first-order filter: how fast it follows, and how much noise it lets through."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from gaba_core.checks import FloatArray, check_array, check_finite, check_whole
from gaba_core.errors import ParameterError
from gaba_core.parameters import check_beta


def time_constant(beta: float) -> float:
    """Return -1/ln(beta), the steps in which a gap closes by 63.2 %; 0 for beta = 0, which has no memory.

    Raises:
        ParameterError: beta lies outside [0, 1).
    """
    beta = check_beta(beta)
    return 0.0 if beta == 0.0 else -1.0 / math.log(beta)


def step_response(beta: float, start: float, target: float, steps: int) -> FloatArray:
    """Return target + (start - target) beta**t for t = 0 to steps - 1, shape (steps,); the first is start.

    Raises:
        ParameterError: beta lies outside [0, 1), start or target is not finite, or steps is below 1.
    """
    beta = check_beta(beta)
    start, target = check_finite("start", start), check_finite("target", target)
    decay = beta ** np.arange(float(check_whole("steps", steps, 1)))
    return start * decay + target * (1.0 - decay)


def settling_steps(beta: float, share: float = 0.01) -> float:
    """Return the steps, a real number, after which only `share` of the gap is left: ln(share) / ln(beta).

    Raises:
        ParameterError: beta lies outside [0, 1) or share outside (0, 1).
    """
    tau = time_constant(beta)
    share = check_finite("share", share)
    if not 0.0 < share < 1.0:
        raise ParameterError(f"share must lie between 0 and 1, both excluded; got {share!r}.")
    return -tau * math.log(share)


def noise_gain(beta: float) -> float:
    """Return sd out over sd in for independent noise, sqrt((1 - beta) / (1 + beta)).

    Raises:
        ParameterError: beta lies outside [0, 1).
    """
    beta = check_beta(beta)
    return math.sqrt((1.0 - beta) / (1.0 + beta))


def frequency_response(beta: float, omega: Any) -> FloatArray:
    """Return the gain |H| = (1 - beta) / sqrt(1 - 2 beta cos(omega) + beta^2), the shape of omega.

    Args:
        beta: in [0, 1).
        omega: angular frequencies in radians a step, shape (..., N).

    Raises:
        ParameterError: beta lies outside [0, 1) or omega does not hold finite numbers.
    """
    beta = check_beta(beta)
    angles = check_array("omega", np.atleast_1d(omega), "... N")
    if not np.isfinite(angles).all():
        raise ParameterError(f"omega must hold finite numbers; got {angles[~np.isfinite(angles)][0]}.")
    # The same square root, written as a sum of squares so that nothing cancels as beta nears 1.
    gain: FloatArray = (1.0 - beta) / np.sqrt((1.0 - beta) ** 2 + 4.0 * beta * np.sin(angles / 2.0) ** 2)
    return gain
