"""Gramians that try every aggregator: of whole numbers, so that they are the same on every machine."""

import numpy as np

SEED = 20
SCALES = (1.0, 1.0, 1.0, 1e-12, 1e12, 1e-6, 1e6)
FULL = 1000  # of full rank, as many of each K from 2 to 8
DEFICIENT = 400


def full_rank():
    """Gramians of full rank, tiny, huge and lopsided ones among them, in order of K."""
    rng = np.random.default_rng(SEED)
    return [_full(rng, 2 + i * 7 // FULL, SCALES[i % len(SCALES)]) for i in range(FULL)]


def _full(rng, tasks, scale):
    while True:
        jacobian = _opposed(rng, rng.integers(-64, 65, (tasks, tasks + int(rng.integers(1, 24)))))
        sizes = 2.0 ** rng.integers(-4, 5, (tasks, 1))
        gramian = _gramian(jacobian * sizes)
        norms = np.sqrt(np.diag(gramian))
        if np.linalg.eigvalsh(gramian / np.outer(norms, norms))[0] > 1e-3:
            return gramian * scale


def _opposed(rng, jacobian):
    """Half of the Jacobians pull their tasks apart: the mean is taken from every gradient, much of it."""
    if rng.random() < 0.5:
        return jacobian
    return 4 * jacobian - 3 * np.round(jacobian.mean(axis=0)).astype(int)


def deficient():
    """Gramians of a lower rank: few dimensions, twins, multiples, zero tasks, gradients that cancel."""
    rng = np.random.default_rng(SEED + 1)
    kinds = (_few_dimensions, _twins, _multiples, _zero_task, _cancelling, _all_zero)
    return [kinds[i % len(kinds)](rng, 2 + i % 7) * SCALES[i % len(SCALES)] for i in range(DEFICIENT)]


def _few_dimensions(rng, tasks):
    return _gramian(rng.integers(-64, 65, (tasks, max(1, tasks - 1 - int(rng.integers(0, 2))))))


def _twins(rng, tasks):
    jacobian = rng.integers(-64, 65, (tasks, tasks + 4))
    jacobian[-1] = jacobian[0]
    return _gramian(jacobian)


def _multiples(rng, tasks):
    jacobian = rng.integers(-64, 65, (tasks, tasks + 4))
    jacobian[-1] = 3 * jacobian[0]
    return _gramian(jacobian)


def _zero_task(rng, tasks):
    jacobian = rng.integers(-64, 65, (tasks, tasks + 4))
    jacobian[int(rng.integers(0, tasks))] = 0
    return _gramian(jacobian)


def _cancelling(rng, tasks):
    jacobian = rng.integers(-64, 65, (tasks, tasks + 4))
    jacobian[-1] = -jacobian[:-1].sum(axis=0)
    return _gramian(jacobian)


def _all_zero(rng, tasks):
    return np.zeros((tasks, tasks))


def _gramian(jacobian):
    return (jacobian @ jacobian.T).astype(float)


def by_tasks(gramians):
    """The Gramians stacked by K, each with its places in the list."""
    sizes = {tasks: [i for i, g in enumerate(gramians) if len(g) == tasks] for tasks in range(2, 9)}
    return [(places, np.array([gramians[i] for i in places])) for places in sizes.values() if places]


def orders_of(gramians):
    """An order of the other tasks for each task of each Gramian."""
    rng = np.random.default_rng(SEED + 2)
    return [rng.permuted(np.tile(np.arange(len(g)), (len(g), 1)), axis=1) for g in gramians]


def made_run(rng, tasks):
    """Gramians of a run and the code of their conflict, which is known.

    A step's correlations are those of the run or random signs, mixed: positive semidefinite, and their mean
    is known. The norms are log-normal, sigma 0 to 1.
    """
    steps, mixed = int(rng.integers(100, 1000)), rng.uniform(0.0, 0.5)
    rows = rng.standard_normal((tasks, 2 * tasks))
    rows += rng.uniform(-0.5, 2.0) * rng.standard_normal(2 * tasks)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    signs = rng.choice([-1.0, 1.0], (steps, tasks))
    cosines = (1.0 - mixed) * (rows @ rows.T) + mixed * signs[:, :, None] * signs[:, None, :]
    mean = (1.0 - mixed) * (rows @ rows.T) + mixed * np.eye(tasks)
    sizes = np.exp(rng.uniform(0.0, np.log(300.0)) * rng.permutation(np.linspace(0.0, 1.0, tasks)))
    norms = sizes * np.exp(rng.uniform(0.0, 1.0) * rng.standard_normal((steps, tasks)))
    return norms[:, :, None] * norms[:, None, :] * cosines, conflict_code(mean, sizes)


def conflict_code(cosines, sizes):
    """The verdict that mean cosines (K, K) and norms (K,) ask for: the worst pair of each decides."""
    cosine, ratio = cosines[np.triu_indices(len(sizes), 1)].min(), sizes.max() / sizes.min()
    if cosine < -0.1:
        return "conflict"
    if cosine > -0.02 and ratio > 5.0:
        return "scale-only"
    return "neither" if cosine > -0.02 and ratio < 2.0 else "mixed"
