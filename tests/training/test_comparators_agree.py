"""The NumPy comparators and the weightings of a real training run give the same numbers."""

import numpy as np
import pytest
import torch

from gaba_core.comparators import COMPARATORS, DynamicWeightAverage
from gaba_core.comparators.base import in_precision
from gaba_core.training.weightings import WEIGHTINGS

LEARNT = ("gradnorm-raw", "gradnorm-softmax", "gradnorm-exp", "dwa", "uncertainty")
NAMES = {key: key.removesuffix("-raw") for key in COMPARATORS if key != "raw"}
STEPS, EPOCH = 150, 49
ROUNDING = 8 * np.finfo(np.float32).eps


@pytest.mark.parametrize(("key", "label"), NAMES.items(), ids=NAMES)
def test_numpy_and_torch_agree_over_random_steps(key, label):
    generator = np.random.default_rng(7)
    norms = np.array([3.0, 0.5]) * np.exp(0.5 * generator.standard_normal((STEPS, 2)))
    losses = np.exp(0.3 * generator.standard_normal((STEPS, 2)))
    rule, comparator = WEIGHTINGS[label], COMPARATORS[key]
    state, mine = rule.init(2), comparator.init(2)
    for t in range(STEPS):
        double = {name: one.double() if one.is_floating_point() else one for name, one in state.items()}
        state, expected = rule.step(
            double, torch.tensor(t), torch.from_numpy(norms[t]), torch.from_numpy(losses[t])
        )
        mine, weights = comparator.step(mine, norms[t], losses[t])
        if isinstance(comparator, DynamicWeightAverage) and (t + 1) % EPOCH == 0:
            state = rule.end_epoch(state)
        np.testing.assert_allclose(
            weights, expected.numpy(), rtol=0, atol=2e-5
        )  # torch counts updates in float32


@pytest.mark.parametrize("key", LEARNT)
def test_in_float32_numpy_and_a_training_differ_by_rounding_alone(key):
    generator = np.random.default_rng(8)
    drawn = np.exp(generator.standard_normal((2, STEPS, 2))).astype(np.float32)
    rule, comparator = WEIGHTINGS[NAMES[key]], COMPARATORS[key]
    state, mine = rule.init(2), in_precision(comparator.init(2), np.float32)
    for t, (norms, losses) in enumerate(zip(*drawn, strict=True)):
        state, expected = rule.step(state, torch.tensor(t), torch.from_numpy(norms), torch.from_numpy(losses))
        mine, weights = comparator.step(mine, norms.astype(np.float64), losses)
        if key == "dwa" and (t + 1) % EPOCH == 0:
            state = rule.end_epoch(state)
        assert weights.dtype == np.float32
        np.testing.assert_allclose(weights, expected.numpy(), rtol=ROUNDING, atol=ROUNDING)
