"""What the Map draws and says."""

import base64
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from components.map.figures import scale_of, shown, surface_picture
from components.map.readouts import cells, texts, trace_link, trace_query
from components.map.state import MapState
from components.map.surface import Level, refined
from components.plotting.arrays import unpacked
from components.plotting.isolines import isoline
from components.plotting.png import png, shades
from gaba_core.sweep import MEASURES
from tests.inputs import REFERENCE, changed

SHORT = MapState(epochs=6, sigma=0.3)
SMALL = Level(8, 5)


def drawn(state, level=SMALL):
    surface = refined(state, level)
    return surface_picture(state, surface, texts(state, surface)), surface


def pixels(address):
    """Width, height and rows of indices of a palette PNG."""
    data = base64.b64decode(address.partition(",")[2])
    width, height, depth, kind = struct.unpack(">IIBB", data[16:26])
    assert (depth, kind) == (8, 3)
    start = data.index(b"IDAT")
    (length,) = struct.unpack(">I", data[start - 4 : start])
    rows = np.frombuffer(zlib.decompress(data[start + 4 : start + 4 + length]), np.uint8)
    return rows.reshape(height, width + 1)[:, 1:]


def test_the_map_opens_around_the_reference_run():
    assert MapState().base == changed(REFERENCE, seeds=(0,))


def test_a_png_holds_every_cell_as_a_square_of_its_colour():
    cells_in = np.array([[1, 2], [0, 3]], dtype=np.uint8)
    found = pixels(png(cells_in, [(255, 0, 0), (0, 255, 0), (0, 0, 255)], scale=3))
    assert np.array_equal(found, np.kron(cells_in, np.ones((3, 3), np.uint8)))


def test_shades_go_from_the_first_stop_to_the_last():
    assert shades(("#000000", "#ff0080"), 3) == [(0, 0, 0), (128, 0, 64), (255, 0, 128)]


@pytest.mark.parametrize("measure", MEASURES)
def test_colours_rise_with_the_values_and_cells_without_a_number_are_clear(measure):
    state = MapState(epochs=40, sigma=0.3, measure=measure)
    picture, surface = drawn(state)
    values = surface.values(measure)[::-1]  # the picture's first row is its top
    index = pixels(picture["layout"]["images"][0]["source"])
    index = index[:: len(index) // 8, :: index.shape[1] // 8][:8, :8].astype(int)
    assert np.array_equal(index == 0, ~np.isfinite(values))
    there = np.isfinite(values)
    order = np.argsort(values[there], kind="stable")
    assert (np.diff(index[there][order]) >= 0).all()


@given(arrays(np.float64, (6, 7), elements=st.floats(-1.0, 1.0)), st.floats(-0.9, 0.9))
def test_an_isoline_lies_where_the_surface_has_its_value(surface, level):
    x, y = np.arange(7.0), np.arange(6.0)
    across, up = isoline(x, y, surface, level)
    ends = np.isfinite(across)
    assert np.array_equal(ends, np.isfinite(up))
    for px, py in zip(across[ends], up[ends], strict=True):
        i, j = min(int(px), 5), min(int(py), 4)
        fx, fy = px - i, py - j
        assert min(fx, 1 - fx) < 1e-9 or min(fy, 1 - fy) < 1e-9  # on an edge, where the surface is a line
        square = surface[j : j + 2, i : i + 2]
        value = (1 - fy) * ((1 - fx) * square[0, 0] + fx * square[0, 1])
        value += fy * ((1 - fx) * square[1, 0] + fx * square[1, 1])
        assert value == pytest.approx(level, abs=1e-6)


def test_an_isoline_of_a_slope_is_straight_and_none_crosses_a_hole():
    x = y = np.linspace(0.0, 1.0, 9)
    surface = np.broadcast_to(x, (9, 9)).copy()
    across, _ = isoline(x, y, surface, 0.3)
    assert np.allclose(across[np.isfinite(across)], 0.3)
    surface[4, 4] = np.nan
    _, up = isoline(x, y, surface, 0.45)
    assert not ((up > y[3]) & (up < y[5])).any()


def test_the_marked_cell_is_the_nearest_to_the_setting():
    state = MapState(epochs=6, sigma=0.3, beta=0.97, floor=0.2)
    picture, surface = drawn(state)
    (trace,) = (one for one in picture["data"] if one["uid"] == "cell")
    x, y = unpacked(trace["x"]), unpacked(trace["y"])
    on_x, on_y = surface.ends
    across, up = int(x.mean() * 8), int(y.mean() * 8)
    assert abs(1 - on_x[across]) == pytest.approx(0.03, rel=0.6)
    assert abs(on_y[up] - 0.2) <= 0.5 / 14 + 1e-9


def test_what_a_surface_spans_decides_whether_its_scale_is_logarithmic():
    assert scale_of(np.array([[1.0, 1000.0]]), "settle").log
    assert not scale_of(np.array([[900.0, 1000.0]]), "settle").log
    assert not scale_of(np.array([[0.0, 1.0]]), "noise").log
    assert scale_of(np.array([[np.nan]]), "settle") is None
    assert scale_of(np.array([[0.25]]), "failure_rate")[:2] == (0.0, 1.0)
    assert np.allclose(scale_of(np.array([[3.0, 3.0]]), "noise").part(np.array([3.0])), 0.5)


def test_values_are_said_with_their_units_and_gaps_in_words():
    assert shown(664.2, "settle") == "664 steps"
    assert shown(0.0385, "smallest_share") == "3.85\N{NARROW NO-BREAK SPACE}%"
    assert shown(float("nan"), "settle") == "never"
    assert shown(float("inf"), "release_delay") == "never"
    assert shown(float("nan"), "noise") == "none"


@pytest.mark.parametrize("measure", MEASURES)
def test_the_sentence_names_the_cell_its_value_and_the_span(measure):
    state = MapState(epochs=100, measure=measure)
    _, surface = drawn(state)
    says = texts(state, surface)["says"]
    assert says.startswith("At β 0.9928, floor 0.0714 ")
    there = surface.values(measure)[np.isfinite(surface.values(measure))]
    unit = MEASURES[measure].unit
    assert shown(float(there.min()), measure).removesuffix(f" {unit}") in says
    assert shown(float(there.max()), measure) in says


def test_a_run_that_is_too_short_says_so_everywhere():
    state = MapState(epochs=1)
    _, surface = drawn(state)
    says = texts(state, surface)["says"]
    assert says.endswith("the weights never settle within the run. It is so in every cell.")
    assert surface_picture(state, surface, {})["layout"]["images"] == []


def test_each_cell_has_words_and_the_axes_their_values():
    _, surface = drawn(SHORT)
    known = cells(SHORT, surface)
    assert [axis["param"] for axis in known["axes"]] == ["beta", "floor"]
    assert len(known["texts"]) == 64
    across, up = known["cell"]
    assert known["texts"][8 * up + across] == shown(float(surface.values("settle")[up, across]), "settle")


def test_a_cell_leads_to_its_trace_on_convergence_and_other_schemes_have_none_there():
    _, surface = drawn(SHORT)
    link = trace_link(SHORT, surface)
    assert link.startswith("/?beta=0.99")
    assert "seeds=0%2C1%2C2%2C3%2C4" in link
    assert trace_query(MapState(scheme="B")) is None
    assert trace_query(MapState(x="scheme")) is None
