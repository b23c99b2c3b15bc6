"""The input zoo every ring of tests draws from; importing it also makes hypothesis repeat itself exactly."""

import dataclasses

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gaba_core import REFERENCE_SEEDS, SimulationParams

settings.register_profile("house", derandomize=True, deadline=None)
settings.load_profile("house")

REFERENCE = SimulationParams()
TABLE_EPOCHS = [0, 2, 5, 7, 10, 20, 50, 100, 199]
TABLE_WEIGHTS = [0.5, 0.5, 0.1168, 0.0497, 0.0482, 0.0477, 0.0477, 0.0477, 0.0477]

NOT_NUMBERS = ["0.9", None, True, [0.9], 1j, np.array([0.9])]
NOT_FINITE = [float("nan"), float("inf"), float("-inf")]

tasks = st.integers(2, 8)
betas = st.one_of(
    st.floats(0.0, 0.999), st.floats(0.999, 1.0, exclude_max=True), st.sampled_from([0.0, 1 - 1e-12, 5e-324])
)
parts_of_floor = st.one_of(st.floats(0.0, 1.0), st.sampled_from([0.0, 1.0]))  # floor over its largest, 1/K
norm_values = st.one_of(st.just(0.0), st.floats(1e-6, 1e6), st.sampled_from([1e-300, 1e300]))


def floor_of(part, tasks):
    """The floor that is `part` of the largest legal one; part 1 is exactly 1/K."""
    return part * (1.0 / tasks)


@st.composite
def points_and_floors(draw, low=-1e3, high=1e3):
    """Any finite point, of two to eight tasks and up to five in a batch, and a floor that is legal for it."""
    count = draw(tasks)
    batch = draw(st.lists(st.integers(1, 3), max_size=2))
    point = draw(arrays(np.float64, (*batch, count), elements=st.floats(low, high)))
    return point, floor_of(draw(parts_of_floor), count)


@st.composite
def simplex_points_and_floors(draw):
    """A point of the simplex and a legal floor; corners included."""
    count = draw(tasks)
    raw = np.array(draw(st.lists(st.floats(0.0, 1.0), min_size=count, max_size=count)))
    corner = np.eye(count)[draw(st.integers(0, count - 1))]
    point = raw / raw.sum() if raw.sum() > 0.0 else corner
    return point, floor_of(draw(parts_of_floor), count)


@st.composite
def simulation_params(draw, most_epochs=6, most_steps=40):
    """Any legal parameters of a short run: K from 2 to 8, drift, both noises, warm-up 0 or past the end."""
    count = draw(tasks)
    norms = draw(st.lists(norm_values, min_size=count, max_size=count))
    ends = [0.0 if norm == 0.0 else draw(st.floats(1e-3, 1e3)) for norm in norms]
    epochs, steps = draw(st.integers(1, most_epochs)), draw(st.integers(1, most_steps))
    return SimulationParams(
        beta=draw(betas),
        floor=floor_of(draw(parts_of_floor), count),
        warmup_steps=draw(st.one_of(st.just(0), st.integers(0, epochs * steps + 3))),
        norms=tuple(norms),
        norms_end=tuple(ends) if draw(st.booleans()) else None,
        noise=draw(st.sampled_from(["gaussian", "lognormal"])),
        sigma=draw(st.one_of(st.just(0.0), st.floats(0.0, 3.0))),
        seeds=tuple(draw(st.lists(st.sampled_from(REFERENCE_SEEDS), min_size=1, max_size=3))),
        epochs=epochs,
        steps_per_epoch=steps,
    )


def norm_recordings(most_steps=60, bad=True):
    """Recorded gradient norms (S, T, K), with gaps where `bad`."""
    values = st.one_of(norm_values, st.sampled_from(NOT_FINITE)) if bad else norm_values
    shapes = st.tuples(st.integers(1, 3), st.integers(1, most_steps), tasks)
    return shapes.flatmap(lambda shape: arrays(np.float64, shape, elements=values))


def changed(params, **fields):
    """The same parameters but for some fields."""
    return dataclasses.replace(params, **fields)
