"""The front door: what is in sight without scrolling, what the hand feels, where it leads."""

import pytest
from playwright.sync_api import expect

from components.convergence.opening import QUESTIONS
from components.convergence.sentence import sentence
from components.convergence.state import ConvergenceState
from tests.browser.pictures import drawn, wait_until_still
from tests.browser.test_convergence import (
    box,
    grab,
    open_view,
    pull_floor_line,
    seed_42_is_simulated_at,
    thumb,
)

pytestmark = pytest.mark.browser
GRAPH = "document.querySelector('.js-plotly-plot')"
RANGES = f"Object.fromEntries(['xaxis', 'yaxis'].map((a) => [a, {GRAPH}._fullLayout[a].range.map(Number)]))"
MAIN_CONTROLS = ("beta", "floor", "sigma")
SCREENS = [(1440, 900), (1280, 720)]


@pytest.mark.parametrize(("width", "height"), SCREENS)
def test_picture_seeds_and_three_controls_are_in_sight_without_scrolling(page, url, width, height):
    page.set_viewport_size({"width": width, "height": height})
    open_view(page, url, unfolded=False)
    rows = page.evaluate(
        f"""() => {{
          const {{ top }} = {GRAPH}.getBoundingClientRect();
          const {{ yaxis, yaxis2 }} = {GRAPH}._fullLayout;
          return [yaxis, yaxis2].map((row) => [top + row._offset, top + row._offset + row._length]);
        }}"""
    )
    assert 0 < rows[0][0] < rows[0][1] < rows[1][0] < rows[1][1] < height - 20
    assert rows[0][1] - rows[0][0] > 160
    assert rows[1][1] - rows[1][0] > 60
    for param in MAIN_CONTROLS:
        spot = thumb(page, param).bounding_box()
        assert 0 < spot["y"] < height - spot["height"]
    expect(page.get_by_role("link", name="Judge my run")).to_be_in_viewport()
    expect(page.locator(".gaba-says")).to_be_in_viewport()


@pytest.mark.parametrize("width", [1440, 1280, 1024, 390])
def test_no_word_of_the_sentence_is_cut(page, url, width):
    page.set_viewport_size({"width": width, "height": 844})
    open_view(page, url, "?ratio=0.01&drift=3")
    fits = "[...document.querySelectorAll('.gaba-says')].every((e) => e.scrollHeight <= e.clientHeight + 1)"
    assert page.evaluate(fits)


def test_controls_stay_in_sight_while_the_page_is_scrolled(page, url):
    page.set_viewport_size({"width": 1280, "height": 720})
    open_view(page, url, unfolded=False)
    page.mouse.move(900, 500)
    page.mouse.wheel(0, 250)
    page.wait_for_function("scrollY > 200")
    for param in MAIN_CONTROLS:
        expect(thumb(page, param)).to_be_in_viewport()


def test_the_sentence_follows_the_hand(page, url):
    open_view(page, url)
    x, y = grab(page, "floor")
    page.mouse.move(x + 50, y, steps=8)
    value = seed_42_is_simulated_at(page, "floor")
    expect(page.locator(".gaba-says")).to_have_text(sentence(ConvergenceState(floor=value)))
    page.mouse.up()


def test_the_pointer_reads_the_curves_at_one_time_and_its_unit(page, url):
    open_view(page, url)
    spot = page.locator(".js-plotly-plot").first.bounding_box()
    page.mouse.move(spot["x"] + 0.3 * spot["width"], spot["y"] + 0.5 * spot["height"])
    page.locator(".hoverlayer .legendtext").first.wait_for()
    texts = page.evaluate("[...document.querySelectorAll('.hoverlayer text')].map((t) => t.textContent)")
    title, *rows = texts
    assert title.startswith("epoch ")
    x, y = drawn(page, "convergence", "weights", "seed-42")
    at = abs(x - float(title.split()[1])).argmin()
    said = dict(row.split(" : ") for row in rows)
    assert float(said["seed 42"]) == pytest.approx(y[at], rel=5e-4)
    assert float(said["expected"]) == pytest.approx(
        drawn(page, "convergence", "weights", "theory")[1][at], rel=5e-4
    )
    assert set(said) == {
        "expected",
        *(f"seed {seed}" for seed in ConvergenceState().seeds),
        *(f"{seed} − expected" for seed in ConvergenceState().seeds),
    }


def test_mid_drag_the_picture_is_whole_and_the_axis_waits_for_the_hand_to_let_go(page, url):
    open_view(page, url)
    before = page.evaluate(RANGES)
    track = page.locator(".gaba-control[data-param=sigma] .mantine-Slider-track").bounding_box()
    _, y = grab(page, "sigma")
    page.mouse.move(track["x"] + track["width"] / 3, y, steps=12)
    seed_42_is_simulated_at(page, "sigma")
    page.wait_for_function(
        f"{GRAPH}._fullData.find((t) => t.uid === 'off-42').y.some((v) => Math.abs(v) > 0.01)"
    )
    assert page.evaluate(RANGES)["xaxis"] == before["xaxis"]
    for uid in ("seed-42", "theory", "off-42"):
        assert drawn(page, "convergence", "weights", uid)[0].max() >= before["xaxis"][1]
    page.mouse.up()
    page.wait_for_function(f"{GRAPH}._fullLayout.xaxis.range[1] === 15")
    page.wait_for_function(f"{GRAPH}._fullLayout.yaxis.range[0] > -2")


def test_a_pause_of_the_hand_moves_no_axis(page, url):
    open_view(page, url)
    before = page.evaluate(RANGES)["xaxis"]
    x, y = grab(page, "beta")
    page.mouse.move(x - 60, y, steps=8)
    seed_42_is_simulated_at(page, "beta")
    synced = f"{GRAPH}.data.find((t) => t.uid === 'tau').x[1] < 3"
    page.wait_for_function(synced)  # Plotly has the numbers: the hand has rested for long enough
    assert page.evaluate(RANGES)["xaxis"] == before
    page.mouse.up()
    page.wait_for_function(f"{GRAPH}._fullLayout.xaxis.range[1] < {before[1]}")


def test_a_dragged_floor_takes_its_slider_along_and_hides_what_was_read_before(page, url):
    open_view(page, url)
    spot = page.locator(".js-plotly-plot").first.bounding_box()
    page.mouse.move(spot["x"] + 0.7 * spot["width"], spot["y"] + 0.5 * spot["height"])
    page.locator(".hoverlayer .legendtext").first.wait_for()
    pull_floor_line(page)
    expect(thumb(page, "floor")).to_have_attribute("aria-valuenow", "0.2")
    offset = "getComputedStyle(document.querySelector('[data-param=floor] [role=slider]')).left"
    moved = page.evaluate(f"parseFloat({offset})")
    track = page.locator(".gaba-control[data-param=floor] .mantine-Slider-track").bounding_box()
    assert moved == pytest.approx(0.4 * track["width"], abs=12)
    expect(box(page, "floor")).to_have_value("0.2")
    expect(page.locator(".hoverlayer .legendtext").first).to_be_hidden()
    page.mouse.up()
    page.wait_for_url("**floor=0.2*")


def test_where_no_floor_is_a_press_in_the_picture_moves_nothing(page, url):
    open_view(page, url, "?floor=0")
    spot = page.locator(".js-plotly-plot").first.bounding_box()
    x, y = spot["x"] + 0.6 * spot["width"], spot["y"] + 0.3 * spot["height"]
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 5, steps=3)
    page.mouse.up()
    assert box(page, "floor").input_value() == "0"


def test_the_button_leads_to_the_page_that_judges_a_run(page, url):
    open_view(page, url)
    page.get_by_role("link", name="Judge my run").click()
    page.wait_for_url("**/runs")


@pytest.mark.parametrize(("text", "path", "query"), QUESTIONS, ids=[path for _, path, _ in QUESTIONS])
def test_a_question_leads_to_a_view_that_is_set_to_answer_it(page, url, text, path, query):
    open_view(page, url)
    page.get_by_role("navigation", name="Questions that lead on").get_by_text(text).click()
    page.wait_for_url(f"**{path}*")
    wait_until_still(page)
    expect(page.locator("[role=alert]:visible")).to_have_count(0)
    value = next(iter(set(query) - {"panel"}))
    assert f"{value}=" in page.url
