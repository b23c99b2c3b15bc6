"""What a sweep takes and refuses, and that its numbers do not depend on who computes them."""

from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from gaba_core import ParameterError, SimulationParams
from gaba_core.anti_windup import SCHEMES
from gaba_core.sweep import MEASURES, Grid, sweep
from gaba_core.sweep import running as running_module
from gaba_core.sweep.planning import plan

SHORT = SimulationParams(epochs=6, warmup_steps=30, sigma=0.3)
AXES = {"beta": (0.9, 0.99), "floor": (0.0, 0.05, 0.2)}


@pytest.fixture
def many_chunks(monkeypatch):
    """Cut any sweep into chunks of 7 seeds."""
    monkeypatch.setattr(
        running_module, "plan", lambda grid, seeds: plan(grid, seeds, seconds=grid.inner_shape[0] * 1e-4)
    )


def same(one, other):
    return all(np.array_equal(one[name], other[name], equal_nan=True) for name in MEASURES)


def test_axes_lie_in_the_order_in_which_they_are_named():
    across = sweep(Grid({"floor": AXES["floor"], "beta": AXES["beta"]}, SHORT), 3)
    along = sweep(Grid(AXES, SHORT), 3)
    assert along["settle"].shape == (2, 3)
    assert same({name: across[name].T for name in MEASURES}, along)


def test_any_of_the_seven_axes_can_be_swept_together():
    axes = {"sigma": (0.0, 0.2), "scheme": "AD", "ratio": (2.0, 500.0), "k": (0.1, 0.5), "drift": (1.0, 4.0)}
    found = sweep(Grid({**axes, **AXES}, replace(SHORT, epochs=2)), 2, "equilibrium")
    assert found["equilibrium"].shape == (2, 2, 2, 2, 2, 2, 3)
    alone = sweep(Grid({"beta": (0.99,)}, found.params(1, 0, 1, 0, 1, 1, 2)), 2, "equilibrium")
    assert found["equilibrium"][1, 0, 1, 0, 1, 1, 2] == alone["equilibrium"][0]


def test_a_ratio_moves_the_first_norm_and_a_drift_its_end():
    params = Grid({"ratio": (4.0,), "drift": (3.0,)}, SHORT).params(0, 0)
    assert params.norms == (0.8, 0.2)
    assert params.norms_end == pytest.approx((2.4, 0.2))
    assert Grid({"drift": (1.0,)}, SHORT).params(0).norms_end is None
    drifting = replace(SHORT, norms_end=(200.0, 0.2))
    assert Grid({"ratio": (4.0,)}, drifting).params(0).norms_end == pytest.approx((1.6, 0.2))


@pytest.mark.usefixtures("many_chunks")
def test_the_numbers_are_the_same_with_threads_and_with_none():
    grid = Grid(AXES, SHORT)
    assert len(running_module.plan(grid, tuple(range(90)))) > 3
    with ThreadPoolExecutor(3) as threads, ThreadPoolExecutor(1) as one:
        first, second = sweep(grid, 90, executor=threads), sweep(grid, 90, executor=one)
    assert same(first, second)


@pytest.mark.slow
@pytest.mark.usefixtures("many_chunks")
def test_the_numbers_are_the_same_on_one_process_and_on_two():
    grid = Grid(AXES, SHORT)
    with ProcessPoolExecutor(1) as one, ProcessPoolExecutor(2) as two:
        assert same(sweep(grid, 40, executor=one), sweep(grid, 40, executor=two))


@pytest.mark.usefixtures("many_chunks")
def test_sums_over_parts_of_the_seeds_are_those_over_all():
    grid = Grid(AXES, SHORT)
    parts = sweep(grid, 90)
    for place in np.ndindex(2, 3):
        whole = sweep(Grid({"beta": (grid.params(*place).beta,)}, grid.params(*place)), 90)
        for name in MEASURES:
            assert parts[name][place] == pytest.approx(whole[name][0], rel=1e-9, nan_ok=True)


def test_progress_is_told_from_the_first_chunk_to_the_last():
    seen = []
    sweep(Grid(AXES, SHORT), 3, progress=lambda done, chunks: seen.append((done, chunks)))
    assert seen == [(0, 1), (1, 1)]


def test_a_table_has_a_row_a_cell_and_an_empty_place_where_there_is_no_number():
    text = sweep(Grid(AXES, SHORT), 1, ("equilibrium", "noise")).to_csv().splitlines()
    assert text[0] == "beta,floor,equilibrium,noise"
    assert len(text) == 7
    assert all(line.endswith(",") for line in text[1:])


@pytest.mark.parametrize(
    ("axes", "says"),
    [
        ({"gamma": (1,)}, "an axis must be one of sigma, ratio, drift, scheme, k, beta, floor; got 'gamma'"),
        ({"beta": (1.0,)}, "beta must be a number in"),
        ({"beta": ()}, "beta must hold at least one value"),
        ({"beta": (0.9, 0.9)}, "beta must hold at least one value, and each once"),
        ({"beta": ("a",)}, "must be numbers"),
        ({"floor": (0.6,)}, "floor must lie in"),
        ({"scheme": ("Z",)}, "scheme must be one of A, B"),
        ({"ratio": (0.0,)}, "ratio must be a finite number above 0"),
        ({"k": (2.0,)}, "k must be a number in"),
        ({}, "axes must map names to values"),
        ({"beta": [i / 2001 for i in range(2001)], "floor": [i / 4002 for i in range(2000)]}, "at most"),
    ],
)
def test_what_cannot_be_swept_is_named(axes, says):
    with pytest.raises(ParameterError, match=says.replace("(", r"\(")):
        Grid(axes, SHORT)


def test_a_ratio_of_three_tasks_is_refused():
    with pytest.raises(ParameterError, match="ratio and drift must be swept with 2 tasks; got 3"):
        Grid({"ratio": (2.0,)}, SimulationParams(norms=(1.0, 2.0, 3.0)))


@pytest.mark.parametrize("seeds", [0, -1, (), (1, 1), (0.5,), "7", True])
def test_seeds_that_are_none_are_refused(seeds):
    with pytest.raises(ParameterError, match="seeds"):
        sweep({"beta": (0.9,)}, seeds)


@pytest.mark.parametrize("measures", [(), "speed", ("settle", "speed"), None])
def test_measures_that_are_none_are_refused(measures):
    with pytest.raises(ParameterError, match="measures must be of settle, equilibrium"):
        sweep({"beta": (0.9,)}, 1, measures)


def test_a_plan_does_not_depend_on_anything_but_the_sweep_and_covers_all_of_it():
    for grid, seeds in (
        (Grid({"sigma": [i / 50 for i in range(50)], "scheme": tuple(SCHEMES)}, SHORT), tuple(range(200))),
        (Grid(AXES), tuple(range(3000))),
    ):
        chunks = plan(grid, seeds)
        assert len(chunks) > 1
        covered = {}
        for chunk in chunks:
            for group in range(chunk.first, chunk.last):
                covered.setdefault(group, []).extend(chunk.seeds)
        assert set(covered) == set(range(grid.groups))
        assert all(tuple(found) == seeds for found in covered.values())
