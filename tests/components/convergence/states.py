"""Settings of the Convergence view for properties that must hold at all of them."""

from dataclasses import replace

from hypothesis import strategies as st

from components.convergence.presets import PRESETS
from components.convergence.state import (
    AXES,
    CURVES,
    NOISES,
    NORM_FIELDS,
    SHOWS,
    WINDOWS,
    ConvergenceState,
)

PRESET_STATES = {name: ConvergenceState(**preset.values) for name, preset in PRESETS.items()}

NORM = st.sampled_from([0.01, 0.2, 1.0, 100.0]) | st.floats(0.01, 1000.0)


def of_many_tasks(**fixed):
    """Random settings with a number of tasks from 2 to 8, a norm each, and either kind of lines."""
    return st.builds(
        _with_tasks,
        states(**fixed),
        st.lists(NORM, min_size=8, max_size=8),
        tasks=st.integers(2, 8),
        task=st.integers(1, 8),
        curves=st.sampled_from(sorted(CURVES)),
    )


def _with_tasks(state, norms, **tasks):
    return replace(state, **tasks, **dict(zip(NORM_FIELDS, norms, strict=True)))


def states(**fixed):
    """Random settings, every control included; runs of at most 20,000 steps."""
    drawn = {
        "beta": st.sampled_from([0.0, 0.5, 0.9, 0.99, 0.995, 0.999, 0.9999]) | st.floats(0.0, 0.9999),
        "floor": st.sampled_from([0.0, 0.002, 0.05, 0.3, 0.5]) | st.floats(0.0, 0.5),
        "sigma": st.sampled_from([0.0, 0.05, 1.0, 3.0]) | st.floats(0.0, 3.0),
        "ratio": st.sampled_from([1e-3, 0.9, 1.0, 1.02, 500.0, 1e4]) | st.floats(0.01, 1e4),
        "drift": st.sampled_from([1.0, 1.0, 0.01, 100.0]) | st.floats(0.01, 100.0),
        "warmup_steps": st.sampled_from([0, 1, 100, 1000]),
        "steps_per_epoch": st.integers(1, 100),
        "epochs": st.integers(1, 200),
        "noise": st.sampled_from(sorted(NOISES)),
        "seeds": st.sampled_from([(42,), (42, 123, 456, 789, 1024)]),
        "x": st.sampled_from(sorted(AXES)),
        "window": st.sampled_from(sorted(WINDOWS)),
        "show": st.lists(st.sampled_from(sorted(SHOWS)), unique=True).map(tuple),
    }
    return st.builds(ConvergenceState, **{**drawn, **{name: st.just(value) for name, value in fixed.items()}})
