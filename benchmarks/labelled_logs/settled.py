"""Weights that are at rest, with and without noise, and logs that make that hard to see."""

from __future__ import annotations

import numpy as np

from benchmarks.labelled_logs.draws import Draw, Floats, Log, codes, columns_of

REST, NOISY, EITHER = codes("converged"), codes("noisy"), codes("converged", "noisy")


def _level(d: Draw) -> float:
    return d.log(0.03, 0.8)


def _logged(d: Draw, values: Floats, right: frozenset[str], **more: float) -> Log:
    tasks = d.choose((2, 2, 3, 5)) if values.max() < 0.9 else 2
    return Log(columns_of(d, values.clip(1e-4, 0.9999), tasks), right, truth=more)


def constant(d: Draw) -> Log:
    """Fixed weights."""
    c = d.choose((0.8, 0.2, 0.1, 0.3, 0.7)) + d.between(0.0, 0.04)
    return _logged(d, np.full(d.whole(5, 5000), c), REST)


def small_noise(d: Draw) -> Log:
    """White noise of at most 0.8 % about a level."""
    n, c = d.whole(24, 5000), _level(d)
    return _logged(d, c * (1.0 + d.log(1e-4, 0.008) * d.noise(n)), REST)


def large_noise(d: Draw) -> Log:
    """White noise of 3.5 to 25 %."""
    n, c = d.whole(30, 5000), d.log(0.03, 0.5)
    return _logged(d, c * (1.0 + d.log(0.035, 0.25) * d.noise(n)), NOISY)


def uniform_noise(d: Draw) -> Log:
    """Uniform white noise over most of the range."""
    low = d.between(0.02, 0.2)
    high = low + d.between(0.3, 0.75)
    return _logged(d, low + (high - low) * d.rng.random(d.whole(30, 3000)), NOISY)


def heavy_tails(d: Draw) -> Log:
    """Noise of Student's t with three degrees of freedom, of a scale of at most 1 %."""
    n, c = d.whole(30, 3000), _level(d)
    return _logged(d, c * (1.0 + d.log(1e-3, 0.01) * d.rng.standard_t(3, n)), EITHER)


def small_memory(d: Draw) -> Log:
    """Correlated noise of at most 0.7 %; at least 15 independent values."""
    a, c = d.between(0.2, 0.9), _level(d)
    n = d.whole(20 * (1 + a) / (1 - a), 3000)
    return _logged(d, c * (1.0 + d.log(1e-3, 0.007) * d.correlated(n, a)), REST)


def large_memory(d: Draw) -> Log:
    """Correlated noise of 4 to 20 %; at least 30 independent values."""
    a, c = d.between(0.2, 0.9), d.log(0.03, 0.5)
    n = d.whole(30 * (1 + a) / (1 - a), 3000)
    return _logged(d, c * (1.0 + d.log(0.04, 0.2) * d.correlated(n, a)), NOISY)


def approach(d: Draw) -> Log:
    """An exponential approach that is over for ten time constants or more, noise at most 0.6 %."""
    n, c = d.whole(24, 3000), d.log(0.03, 0.7)
    path = c + (0.5 - c) * np.exp(-np.arange(n) / (n / d.log(14, 100)))
    return _logged(d, path * (1.0 + d.choose((0.0, d.log(1e-4, 0.006))) * d.noise(n)), REST)


def noisy_approach(d: Draw) -> Log:
    """The same with noise of 4 to 20 %."""
    n, c = d.whole(48, 3000), d.log(0.03, 0.5)
    path = c + (0.5 - c) * np.exp(-np.arange(n) / (n / d.log(14, 100)))
    return _logged(d, path * (1.0 + d.log(0.04, 0.2) * d.noise(n)), NOISY)


def rounded(d: Draw) -> Log:
    """An approach rounded to two or three digits."""
    n, c = d.whole(16, 3000), d.log(0.1, 0.7)
    path = c + (0.5 - c) * np.exp(-np.arange(n) / (n / d.log(14, 100)))
    digits = d.choose((2, 3, 3))
    log = _logged(d, path, REST)
    return Log({k: np.asarray(v).round(digits) for k, v in log.columns.items()}, REST)


def glitches(d: Draw) -> Log:
    """A level with a few damaged records well before the end."""
    n, c = d.whole(40, 3000), d.log(0.05, 0.5)
    path = c * (1.0 + d.log(1e-4, 0.005) * d.noise(n))
    at = d.rng.choice(np.arange(2, int(0.7 * n)), d.choose((1, 2)), replace=False)
    path[at] *= 1.0 + d.between(0.1, 0.9) * d.choose((-1.0, 1.0))
    return _logged(d, path, REST)


def sparse(d: Draw) -> Log:
    """Weights in every n-th row, losses in all of them."""
    every, n, c = d.whole(2, 20), d.whole(24, 300), _level(d)
    path = c + (0.5 - c) * np.exp(-np.arange(n) / (n / d.log(14, 60)))
    columns = columns_of(d, path * (1.0 + d.log(1e-4, 0.005) * d.noise(n)))
    last = d.whole(1, every)  # rows after the last one with weights
    rows = (n - 1) * every + last
    loss = 1.0 / (1.0 + np.arange(rows)) + 0.1
    full: dict[str, list[float | None]] = {"train_loss": loss.tolist()}
    for name, values in columns.items():
        cells: list[float | None] = [None] * rows
        cells[::every] = values.tolist()
        full[name] = cells
    return Log(full, REST)


def sums(d: Draw) -> Log:
    """Weights of another method at rest: they sum to K, or to anything."""
    n, tasks = d.whole(30, 3000), d.choose((2, 3, 4))
    level = d.rng.dirichlet(np.full(tasks, 4.0)) + 0.05
    total = d.choose((tasks, d.log(0.5, 20.0)))
    free = d.choose((True, False))
    path = level * (1.0 + d.log(1e-4, 0.004) * d.rng.standard_normal((n, tasks)))
    path = path if free else total * path / path.sum(axis=1, keepdims=True)
    return Log({f"lambda_{k}": path[:, k] * (total if free else 1.0) for k in range(tasks)}, REST)


KINDS = {
    f.__name__: f
    for f in (
        *(constant, small_noise, large_noise, uniform_noise, heavy_tails, small_memory, large_memory),
        *(approach, noisy_approach, rounded, glitches, sparse, sums),
    )
}
