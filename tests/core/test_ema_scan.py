"""The recursion without a loop against the loop."""

import numpy as np
import pytest
from asserts import assert_same
from hypothesis import given, settings
from hypothesis import strategies as st
from inputs import betas

from gaba_core.ema_scan import BLOCK, SHORT, decay_scan, sampled_average


def looped(inputs, decay):
    total, result = np.zeros(inputs.shape[:-1]), np.empty_like(inputs)
    for step in range(inputs.shape[-1]):
        total = decay * total + inputs[..., step]
        result[..., step] = total
    return result


@given(betas, st.integers(1, 3 * SHORT), st.integers(1, 5))
@settings(max_examples=60)
def test_the_scan_agrees_with_the_loop(decay, length, stride):
    inputs = np.random.default_rng(length).standard_normal((2, length)) * max(1e-12, 1.0 - decay)
    assert_same(decay_scan(inputs, decay, stride), looped(inputs, decay**stride), atol=1e-11)


@pytest.mark.parametrize("length", [1, SHORT, SHORT + 1, BLOCK * (SHORT + 1) + 1, BLOCK * SHORT * 2 - 1])
def test_every_depth_of_blocks_agrees_with_the_loop(length):
    inputs = np.random.default_rng(0).standard_normal((1, length))
    assert_same(decay_scan(inputs, 0.999), looped(inputs, 0.999), atol=1e-11)


def test_the_inputs_are_left_alone():
    inputs = np.ones((1, 10))
    decay_scan(inputs, 0.5)
    assert inputs.tolist() == [[1.0] * 10]


@pytest.mark.parametrize("start", [0, 1, 48, 49, 50, 99, 100, 10_000])
@pytest.mark.parametrize(
    ("every", "offset"), [(1, 0), (7, 3), (49, 0), (49, 48), (49, 99), (100, 0), (500, 499)]
)
def test_sampling_reads_the_average_of_what_came_after_the_start(start, every, offset):
    inputs = np.random.default_rng(1).standard_normal((2, 500))
    moving = np.where(np.arange(500) >= start, inputs, 0.0)
    expected = looped(0.05 * moving, 0.95)[:, offset::every]
    assert_same(sampled_average(inputs, 0.95, start, every, offset), expected)
