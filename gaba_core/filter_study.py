"""The moving average under test: its closed forms, the recursion itself, and its gain for white noise."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from gaba_core.checks import FloatArray, check_finite, check_whole
from gaba_core.lru_cache import OF_SETTINGS, cached
from gaba_core.parameters import check_beta
from gaba_core.step_response import noise_gain, settling_steps, step_response, time_constant
from gaba_core.white_noise import output_over_input

SHARES = (0.05, 0.02, 0.01)  # of the gap left, at which settling is judged
NOISE_STEPS = 400_000


@dataclass(frozen=True, slots=True, eq=False)
class ResponseStudy:
    """One step response, predicted and run.

    Attributes:
        analytic: closed form at steps 0 to T - 1, shape (T,).
        simulated: the recursion x <- beta x + (1 - beta) target from `start` on, same shape.
        difference: largest distance between the two.
        settled: first step of the recursion with less than each of SHARES left, None where it is not reached.
    """

    beta: float
    analytic: FloatArray
    simulated: FloatArray
    difference: float
    settled: tuple[int | None, ...]


@cached(OF_SETTINGS)
def study_response(beta: float, start: float, target: float, steps: int) -> ResponseStudy:
    """Return the step response in both ways, steps 0 to steps - 1.

    Raises:
        ParameterError: an argument is not legal.
    """
    analytic = step_response(beta, start, target, steps)
    simulated = simulated_response(beta, start, target, steps)
    gap = abs(start - target)
    left = np.abs(simulated - target)
    settled = [np.flatnonzero(left <= share * gap) if gap else np.empty(0, int) for share in SHARES]
    return ResponseStudy(
        beta=beta,
        analytic=analytic,
        simulated=simulated,
        difference=float(np.abs(analytic - simulated).max()),
        settled=tuple(int(found[0]) if found.size else None for found in settled),
    )


def simulated_response(beta: float, start: float, target: float, steps: int) -> FloatArray:
    """Return the recursion itself, one step after another, shape (steps,); the first value is start.

    Raises:
        ParameterError: an argument is not legal.
    """
    beta, steps = check_beta(beta), check_whole("steps", steps, 1)
    value, target = check_finite("start", start), check_finite("target", target)
    values = np.empty(steps)
    for t in range(steps):
        values[t] = value
        value = beta * value + (1.0 - beta) * target
    return values


def half_power_frequency(beta: float) -> float | None:
    """Return the frequency, in cycles a step, that keeps half of the power (-3.01 dB); None where none does.

    Below beta = 3 - sqrt(8) = .1716 even the fastest noise keeps more than half of its power.

    Raises:
        ParameterError: beta lies outside [0, 1).
    """
    beta = check_beta(beta)
    if beta < 3.0 - math.sqrt(8.0):
        return None
    # 1 - cos(w) = (1 - beta)^2 / (2 beta), solved by the half angle so that nothing cancels near beta = 1.
    return math.asin(min(1.0, (1.0 - beta) / (2.0 * math.sqrt(beta)))) / math.pi


@lru_cache(maxsize=512)
def measured_noise_gain(beta: float, seed: int, steps: int = NOISE_STEPS) -> float:
    """Return sd out over sd in of the moving average, fed with white Gaussian noise of one seed.

    Measured over `steps` steps after the first 100,000.

    Raises:
        ParameterError: an argument is not legal.
    """
    return output_over_input(check_beta(beta), check_whole("seed", seed, 0), check_whole("steps", steps, 2))


@dataclass(frozen=True, slots=True)
class FilterFigures:
    """What one beta means: steps, cycles a step, and gains."""

    beta: float
    time_constant: float
    settling: tuple[float, ...]
    half_power: float | None
    noise_gain: float
    measured_noise_gain: float


def filter_figures(beta: float, seed: int = 42) -> FilterFigures:
    """Return the figures of one beta, the noise gain both by formula and measured.

    Raises:
        ParameterError: an argument is not legal.
    """
    return FilterFigures(
        beta=check_beta(beta),
        time_constant=time_constant(beta),
        settling=tuple(settling_steps(beta, share) for share in SHARES),
        half_power=half_power_frequency(beta),
        noise_gain=noise_gain(beta),
        measured_noise_gain=measured_noise_gain(beta, seed),
    )
