"""What two tasks' state does under steady shares (r, 1 - r), all steps at once.

The first entry of every scheme's state then follows a growing map of its own: the free average
c + (x - c) beta^n, held, clipped, or joined to what the scheme does while it saturates. An orbit of a growing
map never turns back, so that it enters and leaves a saturation once.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from gaba_core.anti_windup.base import Gains, Scheme, averaged
from gaba_core.anti_windup.schemes import (
    BackCalculation,
    ConditionalIntegration,
    InputClamp,
    OutputClamp,
    StateClamp,
    StateProjection,
    Unnormalised,
    WriteBack,
)
from gaba_core.checks import FloatArray, IntArray

Orbit = tuple[FloatArray, FloatArray]
ClosedForm = Callable[[FloatArray, FloatArray, Gains, int], Orbit]
BLOCK = 64


def follow(scheme: Scheme, start: FloatArray, shares: FloatArray, gains: Gains, steps: int) -> Orbit:
    """Return the state at the start and after each step, (P, N + 1, E), and the first output, (P, N).

    The schemes of this package follow closed forms of the first entry alone, E = 1; any other is stepped.

    Args:
        scheme: only its class counts.
        start: state of each of P experiments, (P, 2), or a state that was returned, (P, E).
        shares: raw shares of each, (P, 2), the same at every step.
        gains: one of each a row, (P, 1).
        steps: N, at least 0.
    """
    if not steps:
        return start[:, None], np.empty((len(start), 0))
    closed_form = CLOSED_FORMS.get(type(scheme))  # a subclass may step otherwise
    if closed_form is not None:
        state, output = closed_form(start[:, :1], shares[:, :1], gains, steps)
        return state[..., None], output
    states, outputs = np.empty((steps + 1, *start.shape)), np.empty((steps, len(start)))
    states[0] = start
    for t in range(steps):
        states[t + 1], output = scheme.advance(states[t], shares, gains)
        outputs[t] = output[:, 0]
    return states.swapaxes(0, 1), outputs.T


def _output_clamp(start: FloatArray, share: FloatArray, gains: Gains, steps: int) -> Orbit:
    state = _free(start, share, gains.beta, steps)
    return state, np.maximum(state[:, 1:], gains.floor)


def _state_clamp(start: FloatArray, share: FloatArray, gains: Gains, steps: int) -> Orbit:
    return _clipped(start, share, gains, steps, np.inf)


def _conditional_integration(start: FloatArray, share: FloatArray, gains: Gains, steps: int) -> Orbit:
    free = _free(start, share, gains.beta, steps)
    sinks = (free[:, 1:] < gains.floor) & (share < start)
    held = free[np.arange(len(free)), _first(sinks)][:, None]  # where it held once it holds for good
    state = np.concatenate([start, np.where(sinks, held, free[:, 1:])], axis=1)
    return state, np.maximum(state[:, 1:], gains.floor)


def _back_calculation(start: FloatArray, share: FloatArray, gains: Gains, steps: int) -> Orbit:
    beta, floor, k = gains
    fed = (1.0 - k) * beta
    limit = floor + (1.0 - k) * (1.0 - beta) / (1.0 - fed) * (share - floor)  # exact where share is the floor

    def region(state: FloatArray) -> IntArray:
        return (averaged(state, share, gains) < floor).astype(np.int64)

    def piece(below: IntArray, begin: FloatArray) -> FloatArray:
        return _free(begin, np.where(below, limit, share), np.where(below, fed, beta), steps)

    state = _joined(start, region, piece)
    return state, np.maximum(state[:, 1:], floor)


def _write_back(start: FloatArray, share: FloatArray, gains: Gains, steps: int) -> Orbit:
    beta, floor = np.asarray(gains.beta), np.asarray(gains.floor)

    def region(state: FloatArray) -> IntArray:
        moved = averaged(state, share, gains)
        return (moved > 1.0 - floor).astype(np.int64) - (moved < floor)

    def piece(side: IntArray, begin: FloatArray) -> FloatArray:
        state = np.empty((len(begin), steps + 1))
        for of in np.unique(side).tolist():
            rows = side[:, 0] == of
            x, r, b, m = (column[rows] for column in (begin, share, beta, floor))
            if of == 0:
                state[rows] = _free(x, r, b, steps)
            elif of < 0:
                state[rows] = _renormalised(x, r, b, m, steps)
            else:  # the other task is on its floor
                mirrored = 1.0 - _renormalised(1.0 - x, 1.0 - r, b, m, steps)
                state[rows] = np.maximum(mirrored, np.nextafter(1.0 - m, 1.0))
        state[:, :1] = begin
        return state

    state = _joined(start, region, piece)
    return state, state[:, 1:]


def _input_clamp(start: FloatArray, share: FloatArray, gains: Gains, steps: int) -> Orbit:
    state = _free(start, np.maximum(share, gains.floor), gains.beta, steps)
    return state, state[:, 1:]


def _state_projection(start: FloatArray, share: FloatArray, gains: Gains, steps: int) -> Orbit:
    return _clipped(start, share, gains, steps, 1.0 - gains.floor)


def _clipped(
    start: FloatArray, share: FloatArray, gains: Gains, steps: int, ceiling: float | FloatArray
) -> Orbit:
    state = np.empty((len(start), steps + 1))
    state[:, :1] = start
    first = np.clip(_free(start, share, gains.beta, 1)[:, 1:], gains.floor, ceiling)
    np.clip(_free(first, share, gains.beta, steps - 1), gains.floor, ceiling, out=state[:, 1:])
    return state, state[:, 1:]


def _free(start: FloatArray, target: FloatArray, beta: float | FloatArray, steps: int) -> FloatArray:
    """Return target + (start - target) beta^n for n = 0 .. steps, (P, steps + 1).

    It nears its target and, unless beta is 0, never gets there: where rounding would have it arrive, it stays
    the last number before, so that what nears the floor from above does not count as having sat on it.
    """
    state = _powers(np.broadcast_to(beta, start.shape), steps)
    state *= start - target
    state += target
    moves = np.asarray(beta) > 0.0
    low = np.where(moves & (start > target), np.nextafter(target, np.inf), -np.inf)
    high = np.where(moves & (start < target), np.nextafter(target, -np.inf), np.inf)
    np.clip(state[:, 1:], low, high, out=state[:, 1:])
    state[:, :1] = start
    return state


def _renormalised(
    start: FloatArray, share: FloatArray, beta: FloatArray, floor: FloatArray, steps: int
) -> FloatArray:
    """Return the orbit of x <- m / (m + 1 - v) for n = 0 .. steps, right for as long as v < m.

    The n-th power of the Moebius map's matrix M = ((0, m), (-beta, m + 1 - (1 - beta) r)) is, by Cayley and
    Hamilton and up to a factor, s_n M - low s_(n-1) I, where low and high are M's eigenvalues and
    s_n = 1 + q + .. + q^(n-1) with q = low / high in [0, 1].
    """
    trace = floor + 1.0 - (1.0 - beta) * share
    root = np.sqrt(np.maximum(trace**2 - 4.0 * beta * floor, 0.0))
    high = (trace + root) / 2.0
    low = beta * floor / high
    sums = np.zeros((len(start), steps + 1))
    np.cumsum(_powers(low / high, steps - 1), axis=1, out=sums[:, 1:])
    now, before = sums[:, 1:], low * sums[:, :-1]
    state = np.empty((len(start), steps + 1))
    state[:, :1] = start
    state[:, 1:] = (floor * now - start * before) / ((trace - beta * start) * now - before)
    np.minimum(state[:, 1:], np.nextafter(floor, 0.0), out=state[:, 1:])  # v < m: the weight is below m too
    return state


def _joined(
    start: FloatArray,
    region: Callable[[FloatArray], IntArray],
    piece: Callable[[IntArray, FloatArray], FloatArray],
) -> FloatArray:
    """Return the orbit of a map made of pieces, each of which holds in one region of the state.

    Args:
        start: (P, 1).
        region: where each state is, by what the next step does to it.
        piece: the orbit of the region's own map from a state, (P, N + 1).
    """
    now = region(start)
    state = piece(now, start)
    steps, since = np.arange(state.shape[1]), np.zeros((len(start), 1), dtype=np.int64)
    for _ in range(2):  # below, between and above: an orbit that never turns back leaves two of them at most
        seen = region(state)
        leaves = (seen != now) & (steps >= since)
        since = _first(leaves)[:, None]
        changed = np.flatnonzero(since[:, 0] < len(steps))
        if not changed.size:
            break
        at = np.minimum(since, steps[-1])
        now = np.take_along_axis(seen, at, axis=1)
        tail = piece(now, np.take_along_axis(state, at, axis=1))
        for row in changed.tolist():
            state[row, since[row, 0] :] = tail[row, : len(steps) - since[row, 0]]
    return state


def _first(marks: npt.NDArray[np.bool_]) -> IntArray:
    """Return the place of the first mark of each row, (P,); the length of the row where it has none."""
    places: IntArray = np.where(marks.any(axis=1), marks.argmax(axis=1), marks.shape[1])
    return places


def _powers(base: FloatArray, highest: int) -> FloatArray:
    """Return base^n for n = 0 .. highest, (P, highest + 1), from base (P, 1) in [0, 1].

    Few powers are taken and multiplied in pairs: many times faster than all of them, as exact but for the
    last digit, and exact where a base is a power of 1/2.
    """
    blocks = -(-(highest + 1) // BLOCK)
    coarse = base ** (BLOCK * np.arange(float(blocks)))
    fine = base ** np.arange(float(BLOCK))
    whole = coarse[:, :, None] * fine[:, None, :]
    return whole.reshape(len(base), -1)[:, : highest + 1]


CLOSED_FORMS: dict[type[Scheme], ClosedForm] = {
    OutputClamp: _output_clamp,
    StateClamp: _state_clamp,
    ConditionalIntegration: _conditional_integration,
    BackCalculation: _back_calculation,
    WriteBack: _write_back,
    InputClamp: _input_clamp,
    StateProjection: _state_projection,
    Unnormalised: _output_clamp,
}
