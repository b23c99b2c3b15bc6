"""A made-up fleet with the columns of C-MAPSS, so that training can be tried without NASA's files."""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.random import Generator

from gaba_core.checks import FloatArray, check_whole
from gaba_core.training.data import COLUMNS, SENSORS, Fleet, Histories, histories

CONDITIONS = np.array(
    [[0, 0.0, 100], [10, 0.25, 100], [20, 0.7, 100], [25, 0.62, 60], [35, 0.84, 100], [42, 0.84, 100]]
)
"""Altitude (kft), Mach number and throttle angle of the six conditions an engine moves between."""

INFORMATIVE = 14
"""Sensors that follow the wear; the others show their condition only."""


def generate_fleet(seed: int = 0, train_engines: int = 240, test_engines: int = 100) -> Fleet:
    """A fleet whose wear grows monotonically to failure, the same for the same seed."""
    check_whole("train_engines", train_engines, 1)
    check_whole("test_engines", test_engines, 1)
    rng = np.random.default_rng(seed)
    sensors = SENSORS.stop - SENSORS.start
    levels = rng.uniform(20, 600, size=(len(CONDITIONS), sensors))
    slopes = 0.02 * levels.mean(0) * rng.choice([-1, 1], sensors) * (np.arange(sensors) < INFORMATIVE)
    train = _engines(rng, levels, slopes, train_engines)
    test = _engines(rng, levels, slopes, test_engines)
    seen = [int(rng.integers(max(1, len(table) // 5), len(table))) for table in test]
    cut = [table[:n] for table, n in zip(test, seen, strict=True)]
    left = np.array([len(table) - n for table, n in zip(test, seen, strict=True)], dtype=np.float64)
    digest = hashlib.sha256(np.concatenate(train + cut).tobytes()).hexdigest()
    return Fleet(
        train=_joined(train, np.zeros(train_engines)),
        test=_joined(cut, left),
        origin=f"generated fleet, seed {seed} (not NASA data)",
        sha256={"generated": digest},
    )


def _engines(rng: Generator, levels: FloatArray, slopes: FloatArray, engines: int) -> list[FloatArray]:
    return [_one_engine(rng, levels, slopes) for _ in range(engines)]


def _one_engine(rng: Generator, levels: FloatArray, slopes: FloatArray) -> FloatArray:
    life = int(rng.integers(130, 260))
    age = np.arange(1, life + 1) / life
    wear = rng.uniform(0, 0.1) + age ** rng.uniform(2, 4)
    condition = rng.integers(0, len(CONDITIONS), life)
    noise = 0.004 * levels.mean(0) * rng.standard_normal((life, len(slopes)))
    table = np.zeros((life, COLUMNS))
    table[:, 1] = np.arange(1, life + 1)
    table[:, 2:5] = CONDITIONS[condition]
    table[:, SENSORS] = levels[condition] + wear[:, None] * slopes + noise * (slopes != 0)
    return table


def _joined(tables: list[FloatArray], left: FloatArray) -> Histories:
    starts = np.cumsum([0, *(len(table) for table in tables)])
    return histories(np.concatenate(tables), starts, left)
