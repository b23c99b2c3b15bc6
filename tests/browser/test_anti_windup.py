"""The Anti-windup view as a person uses it."""

import numpy as np
import pytest
from playwright.sync_api import expect

from components.anti_windup.projection.state import ProjectionState
from components.anti_windup.projection.triangle_figure import CORNERS
from gaba_core.projection import floor_renormalise, project_to_floored_simplex, weight_bounds
from tests.browser.answers import late
from tests.browser.pictures import drawn, wait_until_still

pytestmark = pytest.mark.browser
VIEW = "anti-windup-projection"
RESTS = """() => { window.rests = []; const timeout = window.setTimeout;
window.setTimeout = (f, ms, ...more) => (ms === 250 ? rests.push(f) : timeout(f, ms, ...more)); }"""


def open_panel(page, url, panel="projection", more=""):
    page.goto(f"{url}/anti-windup?panel={panel}{more}")
    wait_until_still(page)
    page.wait_for_load_state("networkidle")


def thumb(page, param):
    return page.locator(f".gaba-control[data-param={param}] [role=slider]")


def box(page, param):
    return page.locator(f".gaba-control[data-param={param}] input:not([type=hidden])")


def handle(page):
    return page.locator(f"#{VIEW}-handle")


def middle(locator):
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def spot(page, uid):
    x, y = drawn(page, VIEW, "simplex", uid)
    return np.array([x[0], y[0]])


def wait_for_raw(page, weights):
    """Wait until the raw point is drawn at these weights."""
    x, y = np.array(weights) @ CORNERS if len(weights) == 3 else (weights[0], 1.0)
    page.wait_for_function(
        """([view, x, y]) => {
          const host = document.getElementById(JSON.stringify({name: "simplex", type: "figure", view}));
          const raw = host?.querySelector(".js-plotly-plot")?._fullData?.find((t) => t.uid === "raw");
          return raw && Math.abs(raw.x[0] - x) < 1e-6 && Math.abs(raw.y[0] - y) < 1e-6;
        }""",
        arg=[VIEW, float(x), float(y)],
    )


def wait_for_handle(page, x, y):
    """Wait until the raw point's handle is at this place of the window."""
    page.wait_for_function(
        """([id, x, y]) => {
          const { left, top, width, height } = document.getElementById(id).getBoundingClientRect();
          return Math.abs(left + width / 2 - x) <= 3 && Math.abs(top + height / 2 - y) <= 3;
        }""",
        arg=[f"{VIEW}-handle", x, y],
    )


def assert_projected(page, weights, floor):
    """Both landings are drawn where the core puts them."""
    for uid, found in (
        ("clamped", floor_renormalise(weights, floor)),
        ("projected", project_to_floored_simplex(weights, floor)),
    ):
        expected = found @ CORNERS if len(weights) == 3 else [found[0], spot(page, uid)[1]]
        np.testing.assert_allclose(spot(page, uid), expected, atol=1e-6)


def pull_handle(page, right, down=0):
    """Pull the raw point so many pixels, and hold it; where it then is."""
    x, y = middle(handle(page))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + right, y + down, steps=8)
    return x + right, y + down


def test_the_raw_point_of_two_tasks_is_dragged_by_the_pointer(page, url):
    open_panel(page, url)
    there = pull_handle(page, 200)
    page.mouse.up()
    expect(thumb(page, "x1")).not_to_have_attribute("aria-valuenow", "0.002")
    page.wait_for_url("**x1=0.*")
    x1 = float(thumb(page, "x1").get_attribute("aria-valuenow"))
    assert 0.1 < x1 < 0.6
    wait_for_raw(page, (x1, 1 - x1))
    assert_projected(page, (x1, 1 - x1), 0.05)
    wait_for_handle(page, *there)


def test_handle_and_numbers_go_with_the_pointer_that_drags_the_raw_point(page, url):
    open_panel(page, url)
    there = pull_handle(page, 200)
    wait_for_handle(page, *there)
    weight = float(page.locator(f"#{VIEW}-text-raw-0").inner_text())
    assert 0.1 < weight < 0.6
    wait_for_raw(page, (weight, 1 - weight))
    page.mouse.up()


def test_what_is_written_at_a_mark_stands_at_it_and_follows_the_floor(page, url):
    open_panel(page, url)
    label = page.locator(f"#{VIEW}-text-mark-clamped")
    expect(label).to_have_text("0.0477 floor + renormalise, 0.0023 below the floor")
    before = label.bounding_box()["x"]
    x, y = middle(thumb(page, "floor"))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 20, y, steps=4)
    floor = float(thumb(page, "floor").get_attribute("aria-valuenow"))
    landed = floor_renormalise((0.002, 0.998), floor)[0]
    expect(label).to_have_text(f"{landed:.4f} floor + renormalise, {floor - landed:.4f} below the floor")
    page.wait_for_function(
        """([id, view, x]) => {
          const label = document.getElementById(id).getBoundingClientRect();
          const graph = document.querySelector(`.gaba-graph[data-view=${view}] .js-plotly-plot`);
          const axis = graph._fullLayout.xaxis2;
          const there = graph.getBoundingClientRect().left + axis._offset + axis.d2p(x);
          return Math.min(Math.abs(label.left - there), Math.abs(label.right - there)) <= 2;
        }""",
        arg=[f"{VIEW}-text-mark-clamped", VIEW, float(landed)],
    )
    page.mouse.up()
    assert before != label.bounding_box()["x"]


def test_the_raw_point_of_three_tasks_is_dragged_over_the_triangle(page, url):
    open_panel(page, url, more="&tasks=3&x1=0.4&split=0.5&floor=0.1")
    pull_handle(page, 60, 90)
    page.mouse.up()
    for param, before in (("x1", "0.4"), ("split", "0.5")):
        expect(thumb(page, param)).not_to_have_attribute("aria-valuenow", before)
    state = ProjectionState(
        x1=float(thumb(page, "x1").get_attribute("aria-valuenow")),
        split=float(thumb(page, "split").get_attribute("aria-valuenow")),
        tasks="3",
    )
    assert state.x1 < 0.4
    assert state.split < 0.5
    wait_for_raw(page, state.point)
    assert_projected(page, state.point, 0.1)


def test_the_raw_point_moves_by_keys_on_the_picture(page, url):
    open_panel(page, url, more="&x1=0.01")
    handle(page).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    wait_for_raw(page, (0.032, 0.968))
    assert_projected(page, (0.032, 0.968), 0.05)
    page.wait_for_url("**x1=0.032*")
    expect(handle(page)).to_have_attribute("aria-valuetext", "task 1 0.032")


def test_the_floor_dragged_moves_both_landings(page, url):
    open_panel(page, url)
    x, y = middle(thumb(page, "floor"))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 50, y, steps=6)
    floor = float(thumb(page, "floor").get_attribute("aria-valuenow"))
    assert floor > 0.05
    expect(page.locator(f"#{VIEW}-text-projected-0")).to_have_text(f"{floor:.5f}")
    assert_projected(page, (0.002, 0.998), floor)
    page.mouse.up()


def test_the_tabs_lead_from_panel_to_panel(page, url):
    open_panel(page, url)
    page.get_by_role("link", name="Monte Carlo").click()
    expect(page.locator("#anti-windup-monte-carlo-text-nominal-count")).to_have_text("99,998 of 100,000")
    page.get_by_text("Uniform", exact=True).click()
    page.wait_for_url("**kind=uniform*")
    expect(page.locator("#anti-windup-monte-carlo-text-exact-count")).to_have_text("0 of 100,000")
    page.reload()
    expect(page.get_by_role("radio", name="Uniform")).to_be_checked()


def test_the_number_of_tasks_is_stepped_and_seen_at_once(page, url):
    open_panel(page, url, "monte-carlo")
    page.get_by_label("Tasks K, number").press("ArrowUp")
    exact = page.locator("#anti-windup-monte-carlo-text-exact-bound")
    expect(exact).to_have_text("{:.6f} to {:.6f}".format(*weight_bounds(3, 0.05)))
    page.wait_for_url("**tasks=3*")


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("panel", ["projection", "monte-carlo", "recovery", "divergence"])
def test_nothing_runs_out_of_the_page(page, url, width, panel):
    page.set_viewport_size({"width": width, "height": 844})
    open_panel(page, url, panel)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_guided_experiment_sets_the_controls_and_says_what_to_see(page, url):
    open_panel(page, url)
    page.get_by_role("link", name="3 Raise the floor to 0.3").click()
    expect(page.locator("#anti-windup-guide")).to_contain_text("forced up to 0.23")
    expect(thumb(page, "floor")).to_have_attribute("aria-valuenow", "0.3")
    expect(page.locator("#anti-windup-divergence-text-gaba-weight-starved")).to_have_text("never")


def test_a_guided_experiment_pressed_again_leads_back_to_its_setting(page, url):
    open_panel(page, url)
    guide = page.get_by_role("link", name="1 Take the floor away")
    guide.click()
    expect(box(page, "x1")).to_have_value("0.0001")
    thumb(page, "x1").focus()
    page.keyboard.press("PageUp")
    page.wait_for_url("**x1=0.02*")
    guide.click()
    page.wait_for_url("**guide=1")
    expect(box(page, "x1")).to_have_value("0.0001")


def test_an_answer_to_the_page_before_is_not_drawn_on_the_guided_experiment(page, url):
    open_panel(page, url)
    with late(page, f"{VIEW}-state.data") as answer:
        box(page, "x1").fill("0.3")
        box(page, "x1").press("Enter")
    page.get_by_role("link", name="1 Take the floor away").click()
    expect(box(page, "x1")).to_have_value("0.0001")
    answer()
    wait_for_raw(page, (0.0001, 0.9999))
    expect(page.locator(f"#{VIEW}-text-raw-0")).to_have_text("0.00010")


def test_a_step_of_the_raw_point_confirmed_after_the_page_was_left_does_nothing(page, url):
    open_panel(page, url)
    page.evaluate(RESTS)
    handle(page).focus()
    page.keyboard.press("ArrowRight")
    page.get_by_role("link", name="Step response").click()
    expect(handle(page)).to_have_count(0)
    wait_until_still(page)
    page.evaluate("rests.forEach((confirm) => confirm())")
    assert page.url == f"{url}/step-response"
