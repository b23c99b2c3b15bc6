"""A slider under the hand: what is drawn, what is asked of the server, and when the axes follow."""

import numpy as np
import pytest

from components.convergence.state import ConvergenceState
from gaba_core.parameters import quantity_of
from tests.browser.modules import wait_until_prefetched
from tests.browser.test_convergence import (
    NUMBERS,
    assert_drawn,
    grab,
    open_view,
    seed_42_is_simulated_at,
    shown,
    thumb,
    wait_for_seed_42,
)

pytestmark = pytest.mark.browser
QUICK = ("beta", "floor", "epochs")  # the others are dragged in test_convergence.py, at fewer positions
X_RANGE = "document.querySelector('.js-plotly-plot')._fullLayout.xaxis.range.map(Number)"

LENGTHS = """() => {
  const graph = document.querySelector(".js-plotly-plot");
  const { xaxis } = graph._fullLayout;
  const seeds = graph._fullData.filter(({ uid }) => uid.includes("seed"));
  const pathOf = ({ uid }) => graph.querySelector(`.trace${CSS.escape(uid)} path.js-line`);
  const widths = seeds.map(pathOf).filter(Boolean).map((path) => path.getBBox().width);
  return [widths, xaxis.d2p(seeds[0].x.at(-1)), xaxis._length];
}"""
NO_REST = """() => { window.timeout = window.setTimeout;
window.setTimeout = (f, ms, ...more) => (ms >= 250 ? 0 : window.timeout(f, ms, ...more)); }"""


def frames_asked_for(page):
    asked = []
    page.on("request", lambda r: asked.append(r.url) if "/frames/" in r.url else None)
    return asked


@pytest.mark.parametrize(
    "param", [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in NUMBERS]
)
def test_at_random_positions_the_picture_is_the_simulation(page, url, param):
    open_view(page, url)
    track = page.locator(f".gaba-control[data-param={param}] .mantine-Slider-track").bounding_box()
    _, y = grab(page, param)
    seen = set()
    for place in np.random.default_rng(NUMBERS.index(param)).uniform(0.02, 0.98, 8):
        page.mouse.move(track["x"] + place * track["width"], y, steps=3)
        value = seed_42_is_simulated_at(page, param)
        assert value in quantity_of(ConvergenceState, param).positions()
        assert_drawn(page, **{param: value})
        seen.add(value)
    assert len(seen) >= 6
    page.mouse.up()


def test_once_the_slice_is_there_a_slow_line_is_not_noticed(page, url):
    open_view(page, url)
    slow = {"offline": False, "latency": 100, "downloadThroughput": -1, "uploadThroughput": -1}
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", slow)
    asked = frames_asked_for(page)
    x, y = grab(page, "floor")
    positions = quantity_of(ConvergenceState, "floor").positions()
    wait_until_prefetched(page, "convergence", len(positions))
    before = len(asked)
    values = set()
    for to in (12, 25, 40, 33, 5, -8):
        page.mouse.move(x + to, y)
        values.add(seed_42_is_simulated_at(page, "floor"))
    assert len(values) == 6
    assert len(asked) == before
    page.mouse.up()


def test_the_blocks_before_a_moving_hand_come_first(page, url):
    open_view(page, url, "?window=whole")
    asked = frames_asked_for(page)
    positions = quantity_of(ConvergenceState, "beta").positions()
    here = positions.index(ConvergenceState().beta)
    x, y = grab(page, "beta")
    page.mouse.move(x - 6, y, steps=2)
    wait_until_prefetched(page, "convergence", len(positions))
    firsts = [int(u.split("first=")[1].split("&")[0]) for u in asked if "first=" in u]
    assert sorted(firsts) == list(range(0, len(positions), 16))
    assert firsts[0] <= here < firsts[0] + 16
    below = [first for first in firsts if first + 16 <= here]
    assert below == sorted(below, reverse=True)
    assert firsts.index(max(firsts)) > firsts.index(below[3])
    page.mouse.up()


def test_no_more_of_a_line_is_painted_than_can_be_seen(page, url):
    open_view(page, url, "?beta=0.95")
    page.evaluate(NO_REST)
    x, y = grab(page, "beta")
    page.mouse.move(x + 4, y, steps=4)
    wait_for_seed_42(page, beta=shown(page, "beta"))
    widths, run, plot = page.evaluate(LENGTHS)
    page.mouse.up()
    assert run > 10 * plot, "the run ends where the picture does: nothing is cut"
    assert len(widths) == 5, "a line a seed"
    assert max(widths) <= plot + 100


def test_axes_hold_still_under_the_hand_and_follow_when_it_rests(page, url):
    open_view(page, url)
    before = page.evaluate(X_RANGE)
    page.evaluate(NO_REST)
    x, y = grab(page, "steps_per_epoch")
    page.mouse.move(x - 20, y, steps=8)
    value = seed_42_is_simulated_at(page, "steps_per_epoch")
    assert page.evaluate(X_RANGE) == before
    page.evaluate("() => { window.setTimeout = window.timeout; }")
    page.mouse.up()
    page.wait_for_function(f"{X_RANGE}[1] > {before[1]}")
    assert_drawn(page, steps_per_epoch=value)


def test_a_preset_chosen_by_key_after_a_slider_moved_by_key_is_not_taken_for_its_move(page, url):
    open_view(page, url)
    thumb(page, "floor").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**floor=*")
    preset = page.get_by_role("button", name="Floor 1/K")
    preset.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**floor=0.5*")
    wait_for_seed_42(page, floor=0.5)
    assert shown(page, "floor") == 0.5
