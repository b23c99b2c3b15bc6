"""What the Map computes: coarse at once, finer in pieces, and every cell what `simulate` gives."""

from dataclasses import replace

import numpy as np
import pytest

from components.map import surface
from components.map.axes import AXES, marked_cell
from components.map.state import MapState
from components.map.surface import AT_MOST, AT_ONCE, Level, coarse, finest, refined
from gaba_core import ParameterError, simulate
from gaba_core.sweep import MEASURES, NAMES
from gaba_core.sweep.planning import expected_seconds

SHORT = MapState(epochs=4, sigma=0.3)
SMALL = Level(6, 10)


@pytest.fixture(autouse=True)
def short_pieces(monkeypatch):
    monkeypatch.setattr("components.map.surface.PIECE", 3e-4)


def test_32_by_32_cells_of_100_seeds_are_there_at_once_and_64_by_64_of_1000_on_request():
    surface = coarse(MapState())
    assert surface.values("settle").shape == (32, 32)
    assert len(surface.result.seeds) == 100
    assert finest(MapState()) == Level(64, 1000)


@pytest.mark.parametrize("axes", [("sigma", "ratio"), ("scheme", "floor"), ("k", "beta"), ("drift", "sigma")])
def test_whatever_the_axes_the_coarse_surface_is_cheap_and_the_fine_one_bounded(axes):
    state = MapState(x=axes[0], y=axes[1])
    surface = coarse(state)
    assert np.isfinite(surface.values("equilibrium")).all()
    grid = surface.result.grid
    assert expected_seconds(grid, surface.result.seeds) < 6 * AT_ONCE
    assert finest(state).side * finest(state).seeds > 0
    assert AT_MOST < 60


def test_the_trace_of_a_cell_is_the_one_it_was_measured_on():
    surface = refined(SHORT, SMALL)
    across, up = marked_cell(SHORT, surface.axes, surface.ends)
    params = surface.result.params(up, across)
    epoch = params.steps_per_epoch
    last = simulate(params, every=epoch, offset=epoch - 1).weights[:, -1, 0]
    assert surface.values("equilibrium")[up, across] == pytest.approx(last.mean(), rel=1e-14)


def test_pieces_add_seeds_in_order_until_the_surface_is_whole():
    seen = [refined(SHORT, SMALL, pieces) for pieces in range(1, 12)]
    counts = [len(one.result.seeds) for one in seen]
    assert counts[0] < 10
    assert counts == sorted(counts)
    assert counts[-1] == 10
    assert seen[-1].done == seen[-1].pieces > 2
    whole = refined(SHORT, SMALL)
    assert all(np.array_equal(whole.values(name), seen[-1].values(name), equal_nan=True) for name in MEASURES)


def test_moving_the_marked_cell_computes_nothing(monkeypatch):
    refined(SHORT, SMALL)
    monkeypatch.setattr("components.map.surface.compute", None)  # calling it would fail
    refined(replace(SHORT, beta=0.9, floor=0.2, measure="noise"), SMALL)
    with pytest.raises(TypeError):
        refined(replace(SHORT, sigma=0.31), SMALL)


@pytest.mark.parametrize("name", NAMES)
def test_every_axis_holds_its_ends_and_ticks_lie_on_the_cells_they_name(name):
    axis = AXES[name]
    values = axis.values(32)
    assert len(set(values)) == len(values)
    if name != "scheme":
        assert values[0] == pytest.approx(axis.low, abs=1e-9)
        assert values[-1] == pytest.approx(axis.high, rel=1e-4)
    at, texts = axis.ticks(len(values))
    assert 3 <= len(at) == len(texts) <= 9
    for place, text in zip(at, texts, strict=True):
        value = text if name == "scheme" else float(text.replace("\N{NARROW NO-BREAK SPACE}", ""))
        assert abs(axis.nearest(value, values) - (place * len(values) - 0.5)) <= 0.51


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"x": "speed"}, "x must be one of"),
        ({"y": "beta"}, "x and y must be two different parameters; got beta for both"),
        ({"measure": "speed"}, "measure must be one of"),
        ({"scheme": "Z"}, "scheme must be one of"),
        ({"noise": "pink"}, "noise must be one of"),
        ({"floor": 0.6}, "floor must be a number in"),
        ({"beta": 1.0}, "beta must be a number in"),
        ({"epochs": 500}, "epochs must make at most 20000 steps in all"),
    ],
)
def test_a_setting_that_cannot_be_mapped_is_named(changes, says):
    with pytest.raises(ParameterError, match=says):
        MapState(**changes)


def test_where_every_step_costs_the_same_for_any_number_of_seeds_a_coarse_surface_is_one_piece(monkeypatch):
    monkeypatch.setattr(surface, "PIECE", 0.6)
    state = MapState(x="beta", y="scheme", epochs=1000, steps_per_epoch=10).surface
    level = surface.level_within(state, surface.COARSE, surface.AT_ONCE)
    assert len(surface._parts(state, level)) == 1


def test_a_map_of_all_schemes_has_fewer_steps_at_most():
    MapState(epochs=2000, steps_per_epoch=10)
    with pytest.raises(ParameterError, match="epochs must make at most 10000 steps in all; got 2000 epochs"):
        MapState(x="beta", y="scheme", epochs=2000, steps_per_epoch=10)
