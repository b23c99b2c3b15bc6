"""The Replay view as a person uses it."""

import numpy as np
import pytest
from playwright.sync_api import expect

from gaba_core.runs import read_run, replay
from gaba_core.runs.own_parameters import own_parameters
from gaba_core.runs.simulated_twin import simulate_twin
from tests.browser.pictures import drawn, wait_until_drawn, wait_until_still
from tests.paths import LOGS

pytestmark = pytest.mark.browser

KEY, OTHER = "FD002/gaba/seed_42", "FD004/gaba/seed_789"


@pytest.fixture(scope="module")
def run():
    return read_run(LOGS / KEY)


def open_view(page, url, query="?x=steps"):
    page.goto(f"{url}/replay{query}")
    wait_until_still(page)
    page.wait_for_load_state("networkidle")


def thumb(page, param):
    return page.locator(f".gaba-control[data-param={param}] [role=slider]")


def drag(page, param, by):
    """Pull a slider and keep it held; its value under the pointer."""
    before = thumb(page, param).get_attribute("aria-valuenow")
    thumb(page, param).scroll_into_view_if_needed()
    spot = thumb(page, param).bounding_box()
    x, y = spot["x"] + spot["width"] / 2, spot["y"] + spot["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + by, y, steps=6)
    expect(thumb(page, param)).not_to_have_attribute("aria-valuenow", before)
    return float(thumb(page, param).get_attribute("aria-valuenow"))


def weight(trajectories):
    return trajectories.weights[0, :, 0]


@pytest.mark.parametrize(("param", "by"), [("beta", -30), ("floor", 40), ("warmup_steps", 50)])
def test_a_held_slider_draws_the_replay_and_writes_its_read_outs(page, url, run, param, by):
    open_view(page, url)
    value = drag(page, param, by)
    given = {param: int(value) if param == "warmup_steps" else value}
    again = replay(run, **given)
    wait_until_drawn(page, "replay", "main", "second", weight(again))
    expect(page.locator("#replay-text-last-second")).to_have_text(f"{weight(again)[-1]:.5f}")
    page.mouse.up()
    page.wait_for_url(f"**{param}=*")
    wait_until_drawn(page, "replay", "below", "difference", weight(again) - run.steps.weights[:, 0])


@pytest.mark.parametrize(("param", "value"), [("beta", 0.989), ("floor", 0.048), ("warmup_steps", 95)])
def test_an_arrow_key_moves_a_slider_by_one(page, url, run, param, value):
    open_view(page, url)
    thumb(page, param).focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_url(f"**{param}=*")
    found = float(thumb(page, param).get_attribute("aria-valuenow"))
    assert found == pytest.approx(value, abs=1e-3)
    given = {param: int(found) if param == "warmup_steps" else found}
    wait_until_drawn(page, "replay", "main", "second", weight(replay(run, **given)))


def test_the_floor_line_can_be_pulled(page, url, run):
    open_view(page, url)
    graph = page.locator(".gaba-draggable .js-plotly-plot")
    at = graph.evaluate(
        """(g) => {
          const { left, top } = g.getBoundingClientRect();
          const { xaxis, yaxis } = g._fullLayout;
          const [from, to] = [yaxis.d2p(0.05), yaxis.d2p(0.15)];
          return [left + xaxis._offset + 200, top + yaxis._offset + from, to - from];
        }"""
    )
    page.mouse.move(at[0], at[1])
    page.mouse.down()
    page.mouse.move(at[0], at[1] + at[2], steps=5)
    page.mouse.up()
    expect(thumb(page, "floor")).not_to_have_attribute("aria-valuenow", "0.05")
    page.wait_for_url("**floor=0.1*")
    floor = float(thumb(page, "floor").get_attribute("aria-valuenow"))
    assert floor == pytest.approx(0.15, abs=0.01)
    wait_until_drawn(page, "replay", "main", "second", weight(replay(run, floor=floor)))


def test_another_run_comes_with_its_own_parameters(page, url):
    open_view(page, url, "?x=steps&beta=0.9")
    page.get_by_role("textbox", name="Run").click()
    page.get_by_role("option", name="FD004 gaba seed 789").click()
    page.wait_for_url("**run=FD004*")
    other = read_run(LOGS / OTHER)
    wait_until_drawn(page, "replay", "main", "second", weight(replay(other)))
    wait_until_drawn(page, "replay", "main", "recorded", other.steps.weights[:, 0])
    assert "beta" not in page.url
    expect(page.locator("#replay-numbers")).to_contain_text("reproduces the recorded weights")


def test_back_to_the_runs_own_takes_every_slider_back(page, url, run):
    open_view(page, url, "?x=steps&beta=0.9&floor=0.2&warmup_steps=300")
    wait_until_drawn(page, "replay", "main", "second", weight(replay(run, 0.9, 0.2, 300)))
    page.get_by_role("button", name="Reset to the run's parameters").click()
    wait_until_drawn(page, "replay", "main", "second", weight(replay(run)))
    expect(thumb(page, "beta")).to_have_attribute("aria-valuenow", "0.99")


def test_an_emptied_box_returns_to_the_runs_own(page, url, run):
    open_view(page, url, "?x=steps&beta=0.9")
    page.get_by_role("textbox", name="EMA coefficient β, number").fill("")
    wait_until_drawn(page, "replay", "main", "second", weight(replay(run)))
    expect(page.get_by_role("textbox", name="EMA coefficient β, number")).to_have_value("0.99")


def test_another_floor_is_replayed_and_a_method_without_sliders_says_so(page, url, run):
    open_view(page, url, "?x=steps&floor=0.2")
    page.get_by_role("textbox", name="Replay through").click()
    page.get_by_role("option", name="Exact projection of the state").click()
    wait_until_drawn(page, "replay", "main", "second", weight(replay(run, floor=0.2, scheme="G")))
    page.get_by_role("textbox", name="Replay through").click()
    page.get_by_role("option", name="Raw shares").click()
    wait_until_drawn(page, "replay", "main", "second", weight(replay(run, scheme="raw")))
    expect(page.get_by_role("textbox", name="Floor λ_min, number")).to_be_disabled()
    page.locator(".gaba-control[data-param=floor] .mantine-Slider-track").click(position={"x": 200, "y": 2})
    assert thumb(page, "floor").get_attribute("aria-valuenow") == "0.2"


def test_compare_simulates_beside_the_run_from_the_fit(page, url, run):
    open_view(page, url)
    page.get_by_text("Compare", exact=True).click()
    page.wait_for_url("**mode=compare*")
    own = own_parameters(run, "fit")
    given = {name: getattr(own, name).value for name in ("beta", "floor", "warmup_steps", "target", "sigma")}
    steps = len(run.steps.step)
    wait_until_drawn(page, "replay", "main", "second", weight(simulate_twin(run, **given, steps=steps)))
    sigma = drag(page, "sigma", 30)
    moved = simulate_twin(run, **{**given, "sigma": sigma}, steps=steps)
    wait_until_drawn(page, "replay", "main", "second", weight(moved))
    page.mouse.up()
    page.wait_for_url("**sigma=*")
    wait_until_drawn(page, "replay", "below", "difference", run.steps.weights[:, 0] - weight(moved))
    assert np.isfinite(drawn(page, "replay", "main", "fitted")[1]).all()


@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_nothing_runs_out_of_the_page(page, url, width):
    page.set_viewport_size({"width": width, "height": 844})
    open_view(page, url, "?mode=compare&show=state")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("path", ["/replay", "/"])
def test_on_a_phone_the_picture_stands_above_the_sliders(page, url, path):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{url}{path}")
    view = page.locator("#react-entry-point .gaba-view")
    picture, side = view.locator("> .gaba-picture"), view.locator("> .gaba-side")
    expect(side).to_be_visible()
    assert picture.bounding_box()["y"] < side.bounding_box()["y"]
