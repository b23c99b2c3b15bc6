"""What a swing is said to measure, against the wave that it was made of."""

import numpy as np
import pytest

from gaba_core.runs.diagnosis.oscillation import swing_of
from gaba_core.runs.diagnosis.swing_measure import measured

SHAPES = {
    "sine": np.sin,
    "square": lambda angle: np.sign(np.sin(angle + 0.3) + 1e-9),
    "saw": lambda angle: (angle / np.pi) % 2.0 - 1.0,
}


def swing(path):
    found = swing_of(path)
    assert found is not None
    return measured(path, found)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("noise", [0.0, 0.02])
@pytest.mark.parametrize(
    ("records", "period"),
    [(60, 5.3), (60, 7.7), (90, 4.6), (100, 18.85), (600, 39.0), (600, 13.1), (3000, 170.0)],
)
def test_period_and_amplitude_are_those_of_the_wave(shape, noise, records, period):
    time, rng = np.arange(records), np.random.default_rng(records)
    wave = 0.15 * SHAPES[shape](2 * np.pi * time / period)
    found = swing(0.4 + wave + noise * rng.standard_normal(records))
    assert found.period == pytest.approx(period, rel=0.02 if shape == "sine" else 0.03)
    assert found.amplitude == pytest.approx(np.ptp(wave) / 2.0, rel=0.05 if shape == "sine" else 0.25)


@pytest.mark.parametrize("records", [60, 100, 240, 600])
@pytest.mark.parametrize("period", [2.5, 2.7, 3.3])
def test_a_fast_sine_is_no_flip_flop(records, period):
    found = swing(0.5 + 0.15 * np.sin(2 * np.pi * np.arange(records) / period))
    assert found.period == pytest.approx(period, rel=0.01)
    assert found.amplitude == pytest.approx(0.15, rel=0.05)


@pytest.mark.parametrize("records", [11, 12, 45, 200])
def test_a_flip_flop_has_a_period_of_two_records(records):
    found = swing(0.5 + 0.3 * (-1.0) ** np.arange(records))
    assert found.period == pytest.approx(2.0, rel=0.01)
    assert found.amplitude == pytest.approx(0.3, rel=0.05)


def test_a_swing_beside_a_slow_wander_has_the_period_of_the_swing():
    rng = np.random.default_rng(3)
    wander = np.zeros(400)
    for i in range(1, 400):
        wander[i] = 0.95 * wander[i - 1] + 0.02 * rng.standard_normal()
    found = swing(0.5 + wander + 0.1 * np.sin(2 * np.pi * np.arange(400) / 6.3))
    assert found.period == pytest.approx(6.3, rel=0.015)
    assert found.amplitude == pytest.approx(0.1, rel=0.2)
