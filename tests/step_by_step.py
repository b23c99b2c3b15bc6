"""The controller written out one step and one task at a time from the equations; judge of every fast path."""

import math

import numpy as np


def evaluate(params):
    """Weights and state of every seed and step, each (S, T, K)."""
    runs = [_evaluate_seed(params, seed) for seed in params.seeds]
    return np.array([weights for weights, _ in runs]), np.array([state for _, state in runs])


def _evaluate_seed(params, seed):
    draws = np.random.default_rng(seed).standard_normal((params.steps, params.tasks)).tolist()
    norms = [[_norm(params, t, i, z) for i, z in enumerate(row)] for t, row in enumerate(draws)]
    return evaluate_norms(norms, params.beta, params.floor, params.warmup_steps)


def evaluate_norms(norms, beta, floor, warmup_steps):
    """Weights and state, each a list over steps, of one recording of norms."""
    count = len(norms[0])
    average = [1.0 / count] * count
    all_weights, all_states = [], []
    for t, row in enumerate(norms):
        weights = [1.0 / count] * count
        if t >= warmup_steps:
            if all(math.isfinite(norm) for norm in row):
                shares = _shares(row)
                average = [beta * x + (1.0 - beta) * r for x, r in zip(average, shares, strict=True)]
            raised = [max(x, floor) for x in average]
            weights = [u / math.fsum(raised) for u in raised]
        all_weights.append(weights)
        all_states.append(average)
    return all_weights, all_states


def _shares(row):
    count, biggest = len(row), max(row)
    if biggest == 0.0:
        return [1.0 / count] * count
    scaled = [norm / biggest for norm in row]
    total = math.fsum(scaled)
    return [(total - norm) / ((count - 1) * total) for norm in scaled]


def _norm(params, t, i, z):
    norm = params.norms[i]
    if params.norms_end is not None and norm > 0.0 and t > 0:
        elapsed = t / (params.steps - 1)
        norm = math.exp((1.0 - elapsed) * math.log(norm) + elapsed * math.log(params.norms_end[i]))
    if params.noise == "lognormal":
        return norm * math.exp(params.sigma * z)
    return max(0.0, norm * (1.0 + params.sigma * z))
