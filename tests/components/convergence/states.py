"""Settings of the Convergence view for properties that must hold at all of them."""

from hypothesis import strategies as st

from components.convergence.presets import PRESETS
from components.convergence.state import AXES, NOISES, SHOWS, WINDOWS, ConvergenceState

PRESET_STATES = {name: ConvergenceState(**preset.values) for name, preset in PRESETS.items()}


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
