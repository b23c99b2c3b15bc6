"""How much noise one spacing adds to the state, told from the errors of predicting each record."""

from __future__ import annotations

import numpy as np

from gaba_core.checks import FloatArray
from gaba_core.runs.fitting.prediction import Prediction
from gaba_core.runs.schema import Bools

ALIKE = 0.5  # correlation of rounding errors from which neighbours say nothing of the noise
DROWNED = 9.0  # times the noise, or the least rounding, from which a record's rounding drowns the noise
GRID = np.linspace(0.0, 2.0, 21)


def telling(model: Prediction) -> Bools:
    """Return which errors tell how large the noise is.

    A weight at rest that scatters by less than a rounding step is logged as the same number all the time, and
    what is rounded coarsely in units of the state hides what it does.
    """
    own = np.diag(model.rounding)
    alike = np.diag(model.rounding, 1) / np.sqrt(own[1:] * own[:-1])
    coarse = np.maximum(own[1:], own[:-1]) > DROWNED * max(float(own.min()), model.variance)
    found = np.asarray((alike < ALIKE) & ~coarse)
    return found if found.sum() > 2 * model.slope.shape[1] else np.ones_like(found)


def next_variance(model: Prediction, variance: float) -> tuple[float, bool]:
    """Return the noise variance after one step of Fisher scoring, and whether it hardly moved."""
    retained = telling(model)
    inverse = np.linalg.inv(model.covariance[np.ix_(retained, retained)])
    growth, size = model.growth[retained], int(retained.sum())
    pulled = inverse @ model.errors[retained]
    share = (size - model.slope.shape[1]) / size
    root = np.sqrt(growth)
    score = float((growth * pulled**2).sum()) - share * float((np.diag(inverse) * growth).sum())
    information = share * float(((root[:, None] * inverse * root) ** 2).sum())
    found = max(0.0, variance + score / information)
    found = min(max(found, variance / 10.0), variance * 10.0) if variance else found
    return found, abs(found - variance) <= 1e-3 * max(found, variance)


def expected_variance(model: Prediction) -> float:
    """Return the mean noise variance over all noises, each as likely as it makes the errors.

    Beside a rounding as large, the likeliest noise is often none at all, which no interval may rest on.
    """
    retained = telling(model)
    errors, growth, slope = model.errors[retained], model.growth[retained], model.slope[retained]
    slope = slope[:, (slope != 0.0).any(axis=0)]  # unfloored records tell nothing of a floor
    bare = model.covariance[np.ix_(retained, retained)] - model.variance * np.diag(growth)
    tried = GRID * float(np.sqrt((errors**2 / growth).mean()))
    likely = np.array([_likelihood(bare + sd**2 * np.diag(growth), errors, slope) for sd in tried[1:]])
    tried, likely = tried[1:][np.isfinite(likely)], likely[np.isfinite(likely)]
    if not likely.size:
        return model.variance
    weight = np.exp(likely - likely.max())
    return float((weight * tried**2).sum() / weight.sum())


def _likelihood(covariance: FloatArray, errors: FloatArray, slope: FloatArray) -> float:
    """Return the restricted log-likelihood of the errors."""
    solved = np.linalg.solve(covariance, np.column_stack([errors, slope]))
    known = np.linalg.slogdet(covariance)[1] + np.linalg.slogdet(slope.T @ solved[:, 1:])[1]
    return -0.5 * float(known + errors @ solved[:, 0])
