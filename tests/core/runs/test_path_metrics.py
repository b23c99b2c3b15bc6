"""A path of weights in a few numbers."""

import numpy as np
import pytest

from gaba_core import SimulationParams, predict_regimes, simulate
from gaba_core.runs.path_metrics import largest_difference, path_figures


def test_the_reference_run_reads_as_the_theory_says():
    params = SimulationParams(sigma=0.0, seeds=(42,))
    path = simulate(params)
    found = path_figures(path.weights[0, :, 0], path.state[0], 0.05)
    floored = next(r for r in predict_regimes(params) if r.name == "floor activation")
    assert found.clamped == floored.start == 332
    assert found.settled == 485
    assert found.last == pytest.approx(0.0477097, abs=1e-7)
    assert found.mean == pytest.approx(path.weights[0, :, 0].mean())


def test_what_never_happens_is_none():
    rising = np.linspace(0.1, 0.9, 40)
    state = np.column_stack([rising, 1.0 - rising])
    found = path_figures(rising, state, 0.05)
    assert (found.clamped, found.settled) == (None, None)
    assert path_figures(np.full(8, 0.5), np.full((8, 2), 0.5), 0.4).settled == 0


def test_a_floor_of_zero_clamps_nothing_not_even_negative_weights():
    weight = np.array([0.5, -0.2, -0.2, -0.2])
    state = np.column_stack([weight, 1.0 - weight])
    assert path_figures(weight, state, 0.0).clamped is None
    assert path_figures(weight, state, 0.05).clamped == 1


def test_the_largest_difference_keeps_its_sign_and_its_place():
    recorded = np.array([0.5, 0.4, np.nan, 0.3])
    assert largest_difference(np.array([0.5, 0.1, 9.0, 0.4]), recorded) == (pytest.approx(-0.3), 1)
    assert np.isnan(largest_difference(np.full(3, np.nan), np.zeros(3))[0])
