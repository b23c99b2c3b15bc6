"""Comparators and recordings that several tests send through them."""

import dataclasses

import numpy as np
import pytest

from gaba_core.comparators import COMPARATORS, run_comparator

KEYS = ("gaba", "gaba-unfloored", "raw", "equal")
KEYS += ("gradnorm-raw", "gradnorm-softmax", "gradnorm-exp", "dwa", "uncertainty")
EVERY = pytest.mark.parametrize("key", KEYS)


def comparator_for(key, count):
    """A comparator that serves any number of tasks, its memory short enough to matter in a short run."""
    changes = {"uncertainty": {"kinds": ("regression",) * count, "rate": 0.05}, "dwa": {"steps_per_epoch": 4}}
    if key.startswith("gaba"):
        changes[key] = {"beta": 0.9, "warmup_steps": 3}
    if key == "gaba":
        changes[key]["floor"] = 0.05
    return dataclasses.replace(COMPARATORS[key], **changes.get(key, {}))


def draws(count, seed=0, batch=(), steps=30):
    """Norms and losses (..., T, K)."""
    generator = np.random.default_rng(seed)
    shape = (*batch, steps, count)
    return np.exp(2.0 * generator.standard_normal(shape)), np.exp(0.5 * generator.standard_normal(shape))


def run(comparator, norms, losses):
    state = comparator.init(norms.shape[-1], (*norms.shape[:-2],))
    return run_comparator(comparator, norms, losses, state)
