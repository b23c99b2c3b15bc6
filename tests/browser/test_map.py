"""The Map as a person uses it."""

import re

import pytest
from playwright.sync_api import expect

from components.map.readouts import cells, texts, trace_link
from components.map.state import MapState
from components.map.surface import coarse, finest
from tests.browser.pictures import drawn, export, wait_until_still

pytestmark = pytest.mark.browser
COARSE = re.compile("^32 × 32 cells, 100 seeds each$")


def open_view(page, url, query=""):
    page.goto(f"{url}/map{query}")
    wait_until_still(page)
    page.wait_for_function("document.getElementById('map-cursor').offsetWidth > 100")


def place(page, across, up, side=32):
    """The middle of a cell on the screen."""
    box = page.locator("#map-cursor").bounding_box()
    return box["x"] + (across + 0.5) / side * box["width"], box["y"] + (1 - (up + 0.5) / side) * box["height"]


def words(state, across, up):
    known = cells(state, coarse(state))
    names = ", ".join(
        f"{axis['name']} {axis['texts'][at]}" for axis, at in zip(known["axes"], (across, up), strict=True)
    )
    return f"{names}: {known['texts'][up * 32 + across]}"


def test_the_pointer_reads_a_cell_and_a_click_sets_its_values_whose_trace_is_one_link_away(page, url):
    open_view(page, url)
    page.mouse.move(*place(page, 20, 12))
    expect(page.locator("#map-tip")).to_have_text(words(MapState(), 20, 12))
    page.mouse.click(*place(page, 20, 12))
    surface = coarse(MapState())
    beta, floor = surface.ends[0][20], surface.ends[1][12]
    page.wait_for_url(f"**/map?beta={beta!r}&floor={floor!r}")
    state = MapState(beta=beta, floor=floor)
    expect(page.locator("#map-text-says")).to_have_text(texts(state, surface)["says"])
    x, _ = drawn(page, "map", "surface", "cell")
    assert (x.min(), x.max()) == pytest.approx((20 / 32, 21 / 32))
    page.get_by_role("link", name="Open its trace").click()
    assert trace_link(state, surface).startswith(f"/?beta={beta!r}&floor={floor!r}&")
    page.wait_for_url(f"**/?beta={beta!r}&floor={floor!r}&*")
    expect(page.get_by_role("heading", name="Does GABA settle, and on what?")).to_be_visible()


def test_arrow_keys_go_from_cell_to_cell_and_enter_opens_the_trace(page, url):
    open_view(page, url)
    cursor = page.locator("#map-cursor")
    across, up = cells(MapState(), coarse(MapState()))["cell"]
    expect(cursor).to_have_attribute("aria-valuetext", words(MapState(), across, up))
    cursor.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowUp")
    expect(cursor).to_have_attribute("aria-valuetext", words(MapState(), across + 1, up + 1))
    page.wait_for_url("**floor=*")
    expect(page.locator("#gaba-heard")).to_contain_text("the weights settle after")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "/map" not in address)


def test_a_link_restores_measure_axes_and_setting_and_names_what_it_cannot(page, url):
    open_view(page, url, "?measure=noise&x=sigma&y=beta&noise=lognormal&ratio=20.0&k=7")
    expect(page.get_by_role("textbox", name="Measure")).to_have_value("Noise of the weight")
    expect(page.get_by_role("textbox", name="Across")).to_have_value("Noise σ")
    expect(page.locator("#map-text-says")).to_contain_text("the first task's weight scatters by")
    expect(page.locator(".gaba-refused")).to_contain_text("k must be a number in [0, 1]; got 7.0")


def test_a_map_is_refined_piece_by_piece_and_can_be_cancelled(page, url, monkeypatch):
    monkeypatch.setattr("components.map.surface.PIECE", 0.4)
    query = "?epochs=3&sigma=0.31"
    open_view(page, url, query)
    fineness = page.locator("#map-text-fineness")
    expect(fineness).to_have_text(COARSE)
    page.locator("#map-refine").click()
    expect(fineness).to_have_text(re.compile("^64 × 64 cells"))
    page.locator("#map-cancel").click()
    expect(page.locator("#map-refine")).to_be_visible()
    page.locator("#map-refine").click()
    expect(fineness).to_have_text(
        re.compile(r"^64 × 64 cells, 1\W000 seeds each$"), timeout=300_000
    )  # 10 s of CPU
    expect(page.locator("#map-refine")).to_be_disabled()
    expect(page.locator("#map-cancel")).to_be_hidden()
    page.mouse.click(*place(page, 40, 40, side=64))  # another cell of the same surface: it stays fine
    page.wait_for_url("**floor=*")
    expect(fineness).to_have_text(re.compile(r"^64 × 64 cells, 1\W000"))
    page.get_by_role("textbox", name="Noise σ, number").fill("0.4")
    expect(fineness).to_have_text(COARSE)
    assert finest(MapState(epochs=3)).seeds == 1000


def test_the_surface_is_taken_away_as_a_table_and_read_as_one(page, url):
    open_view(page, url)
    with page.expect_download() as saved:
        export(page, "CSV")
    assert saved.value.suggested_filename == "gaba_map.csv"
    assert saved.value.path().read_text(encoding="utf-8") == coarse(MapState()).result.to_csv()
    page.get_by_role("button", name="Data table").click()
    table = page.get_by_role("table", name="The surface, a row each value on the upright axis")
    expect(table.locator("tbody tr")).to_have_count(16)


def test_other_schemes_have_no_trace_on_convergence_and_it_is_said(page, url):
    open_view(page, url, "?scheme=B&epochs=4&x=floor&y=sigma")
    expect(page.locator("#map-trace")).to_have_text("Convergence draws scheme A alone")


def test_a_run_on_replay_leads_to_its_own_map_and_the_setting_it_asks_for(page, url):
    page.goto(f"{url}/replay?run=FD002/gaba/seed_42")
    page.get_by_role("link", name="Map this run, and recommend a setting").click()
    page.wait_for_url(re.compile(r"/map\?run="))
    wait_until_still(page)
    says = page.locator("#map-text-says")
    expect(says).to_contain_text("the weight of rul is at rest after")
    before = says.text_content()
    page.get_by_role("link", name="Set it").click()
    page.wait_for_url(re.compile("beta=0.95&"))
    expect(says).not_to_have_text(before)
    wait_until_still(page)
    page.wait_for_function("document.getElementById('map-cursor').offsetWidth > 100")
    page.mouse.click(*place(page, 16, 16))
    page.wait_for_url(lambda address: "run=FD002" in address and "beta=0.95&" not in address)
    page.get_by_role("link", name="Open its replay").click()
    page.wait_for_url(re.compile(r"/replay\?run="))
