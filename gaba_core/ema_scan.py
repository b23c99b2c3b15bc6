"""First-order recursions y <- decay y + input over a whole axis at once, without a loop over steps.

Powers of the decay only ever have exponents >= 0, so they stay in [0, 1]: nothing overflows for any decay in
[0, 1) and any length.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from gaba_core.checks import FloatArray

BLOCK = 64
SHORT = 256


def decay_scan(inputs: FloatArray, decay: float | FloatArray, stride: int = 1) -> FloatArray:
    """Return y with y_t = decay**stride y_(t-1) + inputs_t and y_(-1) = 0, along the last axis.

    Args:
        inputs: shape (..., T).
        decay: in [0, 1); an array (..., 1) gives each row its own.
        stride: steps of the decay between two inputs; powers are taken from `decay` itself, so that
            rounding does not build up over long axes.
    """
    length = inputs.shape[-1]
    if length <= SHORT or isinstance(decay, np.ndarray):
        return _doubling_scan(inputs, decay, stride)
    blocks = -(-length // BLOCK)
    padded = np.zeros((*inputs.shape[:-1], blocks * BLOCK))
    padded[..., :length] = inputs
    within = padded.reshape(*inputs.shape[:-1], blocks, BLOCK) @ _triangle(decay, stride)
    carried = decay_scan(within[..., :-1, -1], decay, stride * BLOCK)
    within[..., 1:, :] += carried[..., None] * decay ** (stride * np.arange(1.0, BLOCK + 1.0))
    return within.reshape(padded.shape)[..., :length]


@lru_cache(maxsize=64)  # the curves of one state, and of the next, decay alike
def _triangle(decay: float, stride: int) -> FloatArray:
    """Return how much of each input of a block is left at each step of it, shape (BLOCK, BLOCK)."""
    lags = np.subtract.outer(np.arange(BLOCK), np.arange(BLOCK)).T
    triangle: FloatArray = np.where(lags >= 0, decay ** (stride * np.maximum(lags, 0.0)), 0.0)
    triangle.flags.writeable = False
    return triangle


def _doubling_scan(inputs: FloatArray, decay: float | FloatArray, stride: int) -> FloatArray:
    result = inputs.copy()
    slowest, lag = float(np.max(decay, initial=0.0)), 1
    while lag < result.shape[-1] and slowest ** (stride * lag) > 0.0:
        result[..., lag:] += decay ** (stride * lag) * result[..., :-lag]
        lag *= 2
    return result


def sampled_average(inputs: FloatArray, beta: float, start: int, every: int, offset: int) -> FloatArray:
    """Return the exponential moving average of `inputs` at the steps offset, offset + every, ... only.

    y_t = beta y_(t-1) + (1 - beta) inputs_t from step `start` on; 0 before it. The steps between two samples
    enter as one dot product.

    Args:
        inputs: shape (..., T).
        beta: in [0, 1).
        start: first step that counts, >= 0.
        every: steps between two samples, >= 1.
        offset: step of the first sample, in [0, T).
    """
    length = inputs.shape[-1]
    samples = (length - offset - 1) // every + 1
    result = np.zeros((*inputs.shape[:-1], samples))
    first = max(0, -(-(start - offset) // every))  # first sample that has seen an input
    if first >= samples:
        return result
    at = offset + first * every
    result[..., first] = inputs[..., start : at + 1] @ _kernel(beta, at + 1 - start)
    later = inputs[..., at + 1 : at + 1 + (samples - first - 1) * every]
    blocks = later.reshape(*later.shape[:-1], -1, every)
    np.matmul(blocks, _kernel(beta, every), out=result[..., first + 1 :])
    result[..., first:] = decay_scan(result[..., first:], beta, every)
    return result


def _kernel(beta: float, length: int) -> FloatArray:
    kernel: FloatArray = (1.0 - beta) * beta ** np.arange(length - 1.0, -1.0, -1.0)
    return kernel
