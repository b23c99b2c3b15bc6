"""A sweep that was stored opens in the Map, whole or as a slice."""

import numpy as np
import pytest

from components.application import create_app
from components.map import view
from components.map.figures import surface_picture
from components.map.readouts import texts, trace_link
from components.map.state import MapState
from components.map.stored_surface import stored_surface, with_axes
from gaba_core import ParameterError, SimulationParams
from gaba_core.sweep import Grid, sweep

AXES = {"sigma": (0.1, 0.5), "beta": (0.9, 0.97, 0.99), "floor": (0.0, 0.05)}
BASE = SimulationParams(epochs=8, norms=(30.0, 0.2))


@pytest.fixture(autouse=True)
def result(tmp_path):
    found = sweep(Grid(AXES, BASE), 4, ("settle", "noise"), folder=tmp_path / "a sweep")
    app = create_app(tmp_path)
    with app.server.test_request_context("/"):
        yield found


def open_at(**changes):
    state = MapState(sweep="a~20sweep", **changes)
    surface = stored_surface(state)
    return with_axes(state, surface), surface


def test_two_axes_are_shown_and_the_others_cut_nearest_to_the_setting(result):
    state, surface = open_at(x="floor", y="beta", sigma=0.4)
    assert np.array_equal(surface.values("noise"), result["noise"][1])
    assert surface.ends == ((0.0, 0.05), (0.9, 0.97, 0.99))
    assert surface.fineness.endswith(", sigma 0.5")
    state, surface = open_at(x="beta", y="floor")
    assert np.array_equal(surface.values("noise"), result["noise"][0].T)
    picture = surface_picture(state, surface, texts(state, surface))
    assert picture["layout"]["xaxis"]["ticktext"] == ["0.9", "0.97", "0.99"]


def test_axes_that_it_lacks_give_way_to_those_it_has():
    state, surface = open_at(x="drift", y="floor", measure="equilibrium")
    assert (state.x, state.y) == ("beta", "sigma")
    assert state.measure == "settle"
    assert set(surface.phrases.cell) == {"settle", "noise"}


def test_its_trace_is_that_of_the_simulation_it_was_measured_on():
    state, surface = open_at(sigma=0.5, beta=0.97, floor=0.0)
    link = trace_link(state, surface)
    for part in (
        "beta=0.97",
        "floor=0.0",
        "sigma=0.5",
        "ratio=150.0",
        "drift=1.0",
        "epochs=8",
        "seeds=0%2C1%2C2%2C3",
    ):
        assert part in link
    assert surface.to_csv().splitlines()[0] == "sigma,beta,floor,settle,noise"


def test_the_page_offers_its_axes_alone():
    page = str(view.layout(sweep="a sweep"))
    assert "The stored sweep a sweep." in page
    assert "Gradient ratio" not in page
    assert "Refine to" not in page


@pytest.mark.parametrize("name", ["none", "../elsewhere", "~2e~2e", "/etc", "a~00b", "."])
def test_what_is_no_stored_sweep_is_refused_and_said(name):
    with pytest.raises(ParameterError, match=r"sweep must be a folder with a result\.parquet"):
        stored_surface(MapState(sweep=name))
    assert "Simulated gradients are mapped." in str(view.layout(sweep=name))


def test_a_sweep_of_one_axis_and_a_broken_file_are_said(tmp_path):
    sweep(Grid({"beta": (0.9,)}, BASE), 1, folder=tmp_path / "line")
    with pytest.raises(ParameterError, match="two axes or more; got beta in line"):
        stored_surface(MapState(sweep="line"))
    (tmp_path / "line/result.parquet").write_bytes(b"no parquet")
    assert "must be the result.parquet of a sweep" in str(view.layout(sweep="line"))


def test_a_file_outside_the_logs_is_not_read_by_a_link_to_it(tmp_path, tmp_path_factory):
    other = tmp_path_factory.mktemp("outside")
    sweep(Grid({"beta": (0.9, 0.8), "floor": (0.0, 0.1)}, BASE), 1, folder=other)
    (tmp_path / "inside").symlink_to(other)
    with pytest.raises(ParameterError, match="below that of the logs"):
        stored_surface(MapState(sweep="inside"))


def test_schemes_are_an_axis_like_the_others(tmp_path):
    sweep(Grid({"scheme": "AB", "floor": (0.0, 0.05)}, BASE), 2, folder=tmp_path / "schemes")
    state = MapState(sweep="schemes")
    surface = stored_surface(state)
    state = with_axes(state, surface)
    assert {state.x, state.y} == {"scheme", "floor"}
    assert trace_link(state, surface) is None
    assert "scheme A" in texts(state, surface)["where"]
