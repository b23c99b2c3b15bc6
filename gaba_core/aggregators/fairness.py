"""The equation of the fair methods, G w = w^(-p) entry by entry, thousands at once.

It is the optimality condition of a strictly convex program, min w'Gw/2 - sum psi(w) over w > 0 with
psi' = w^(-p), so that there is one solution at most; there is none where a convex combination of the
gradients is zero. Solved by Newton's method with backtracking on the program's value.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gaba_core.aggregators.cholesky import factor, substitute, times
from gaba_core.aggregators.gramians import Scaled
from gaba_core.aggregators.mgda import shortest
from gaba_core.checks import FloatArray

STATIONARY = 1e-12  # squared length of the shortest combination of unit gradients at which it counts as zero
STEPS, HALVINGS = 200, 40
CLOSE = 1e-3  # relative step from which on Newton's method needs no guard
EXACT = 1e-13


def fair_weights(of: Scaled, power: float) -> FloatArray:
    """Return w (K, M) with G w = w^(-power) for all tasks whose gradient is not zero; 0 for the others.

    Where a convex combination of the other gradients is zero no such w exists, and all weights are 0.
    """
    zero = of.zero
    cosines = of.cosines.copy()
    for i in range(len(cosines)):
        cosines[i, i, zero[i]] = 1.0
    relative = np.where(zero, 1.0, of.norms)
    pull = relative ** (power - 1.0)  # with w = z / n the equation reads C z = pull z^(-power)
    ones = np.ones_like(pull)
    z = shortest(cosines, ones)
    z /= z.sum(axis=0)
    solvable = np.einsum("im,im->m", z, times(cosines, z)) > STATIONARY
    weights = np.zeros_like(pull)
    if solvable.any():
        solved = _newton(cosines[..., solvable], pull[:, solvable], power)
        weights[:, solvable] = solved * of.reciprocals[:, solvable]
    shrunk: FloatArray = weights * of.scale ** (-2.0 / (1.0 + power))
    return shrunk


def _newton(cosines: FloatArray, pull: FloatArray, power: float) -> FloatArray:
    z = _start(cosines, pull, power)
    at = np.arange(z.shape[-1])
    for _ in range(STEPS):
        matrices, here, wanted = cosines[..., at], z[:, at], pull[:, at]
        force = wanted * here**-power
        slope = times(matrices, here) - force
        curved = matrices.copy()
        for i in range(len(curved)):
            curved[i, i] += power * force[i] / here[i]
        step = -substitute(factor(curved)[0], slope)
        relative = np.abs(step / here).max(axis=0)
        z[:, at] = _moved(matrices, wanted, power, here, step, slope)
        at = at[relative > EXACT]
        if not at.size:
            break
    return z


def _start(cosines: FloatArray, pull: FloatArray, power: float) -> FloatArray:
    """Return the best multiple of the solution for tasks at right angles."""
    alone: FloatArray = pull ** (1.0 / (1.0 + power))
    length: FloatArray = np.einsum("im,im->m", alone, times(cosines, alone))
    aim = (pull * alone ** (1.0 - power)).sum(axis=0)
    scale = (aim / np.maximum(length, STATIONARY * aim)) ** (1.0 / (1.0 + power))
    start: FloatArray = alone * scale
    return start


def _moved(
    cosines: FloatArray, pull: FloatArray, power: float, z: FloatArray, step: FloatArray, slope: FloatArray
) -> FloatArray:
    """Return z after the step, halved until the program's value falls as its slope promises."""
    shrinking = (-step / z).max(axis=0)
    part = np.minimum(1.0, 0.9 / np.maximum(shrinking, 1e-300))
    promised = np.einsum("im,im->m", slope, step)
    guarded = np.abs(step / z).max(axis=0) > CLOSE
    before = _value(cosines, pull, power, z)
    for _ in range(HALVINGS):
        after = _value(cosines, pull, power, z + part * step)
        wrong: npt.NDArray[np.bool_] = guarded & ~(after <= before + 1e-4 * part * promised)
        if not wrong.any():
            break
        part[wrong] /= 2.0
    moved: FloatArray = z + part * step
    return moved


def _value(cosines: FloatArray, pull: FloatArray, power: float, z: FloatArray) -> FloatArray:
    gain = np.log(z) if power == 1.0 else z ** (1.0 - power) / (1.0 - power)
    value: FloatArray = np.einsum("im,im->m", z, times(cosines, z)) / 2.0 - (pull * gain).sum(axis=0)
    return value
