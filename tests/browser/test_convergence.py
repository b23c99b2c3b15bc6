"""The Convergence view as a person uses it."""

from dataclasses import replace

import numpy as np
import pytest
from playwright.sync_api import expect

from components.convergence.state import ConvergenceState
from gaba_core.simulation import simulate
from tests.browser.pictures import drawn, open_figure, saved, wait_until_drawn, wait_until_still

pytestmark = pytest.mark.browser
DEFAULT = ConvergenceState()
NUMBERS = list(DEFAULT.numbers)


def open_view(page, url, query="", unfolded=True):
    """Open the view and wait for its picture; controls are unfolded to be used."""
    page.goto(f"{url}/{query}")
    wait_until_still(page)
    page.wait_for_load_state("networkidle")
    if unfolded:
        page.evaluate("for (const group of document.querySelectorAll('.gaba-group')) group.open = true")


def thumb(page, param):
    return page.locator(f".gaba-control[data-param={param}] [role=slider]")


def box(page, param):
    return page.locator(f".gaba-control[data-param={param}] input:not([type=hidden])")


def shown(page, param):
    """The value a slider says it has, as the parameter's own type."""
    return type(getattr(DEFAULT, param))(float(thumb(page, param).get_attribute("aria-valuenow")))


def assert_drawn(page, **changes):
    """Every seed is drawn exactly as simulated at the shown values."""
    state = replace(DEFAULT, **changes)
    assert_simulated(state, [drawn(page, "convergence", "weights", f"seed-{seed}") for seed in state.seeds])


def assert_simulated(state, curves):
    run = simulate(state.params)
    for i, (x, y) in enumerate(curves):
        steps = np.rint(x * state.steps_per_epoch).astype(int)
        assert y.size > 20
        np.testing.assert_array_equal(y, run.weights[i, steps, 0].astype(np.float32))


def wait_for_seed_42(page, **changes):
    """Wait for the picture of the given values."""
    state = replace(DEFAULT, **changes)
    weights = simulate(replace(state.params, seeds=(42,))).weights[0, :, 0]
    wait_until_drawn(page, "convergence", "weights", "seed-42", weights, state.steps_per_epoch)


def grab(page, param):
    handle = thumb(page, param)
    handle.scroll_into_view_if_needed()
    spot = handle.bounding_box()
    x, y = spot["x"] + spot["width"] / 2, spot["y"] + spot["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    return x, y


def seed_42_is_simulated_at(page, param):
    """Wait for the picture of the value that the slider shows now."""
    value = shown(page, param)
    wait_for_seed_42(page, **{param: value})
    return value


def every_seed_is_simulated_at(page, param):
    """Return the shown value once all was read at one: the last moves of the hand may come after the call."""
    for _ in range(30):
        value = seed_42_is_simulated_at(page, param)
        state = replace(DEFAULT, **{param: value})
        curves = [drawn(page, "convergence", "weights", f"seed-{seed}") for seed in state.seeds]
        typed = float(box(page, param).input_value())
        if shown(page, param) == value:
            assert typed == value
            assert_simulated(state, curves)
            return value
    raise AssertionError("the slider never rested")


def test_five_seeds_are_overlaid_on_opening(page, url):
    open_view(page, url)
    assert_drawn(page)


@pytest.mark.parametrize("param", NUMBERS)
def test_the_picture_under_the_pointer_is_the_simulation_at_the_shown_value(page, url, param):
    open_view(page, url)
    x, y = grab(page, param)
    values = set()
    for to in (30, -20, 45):
        page.mouse.move(x + to, y, steps=6)
        values.add(every_seed_is_simulated_at(page, param))
    assert len(values) == 3
    page.mouse.up()
    page.wait_for_url(f"**{param}=*")
    assert_drawn(page, **{param: shown(page, param)})


@pytest.mark.parametrize("param", ["beta", "floor", "sigma"])
def test_arrow_keys_move_a_slider_and_its_picture(page, url, param):
    open_view(page, url)
    before = shown(page, param)
    thumb(page, param).focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "ArrowUp"):
        page.keyboard.press(key)
    assert shown(page, param) > before
    value = seed_42_is_simulated_at(page, param)
    page.wait_for_url(f"**{param}={value:g}*")
    assert_drawn(page, **{param: value})


def test_a_typed_number_between_two_positions_counts(page, url):
    open_view(page, url)
    box(page, "beta").fill("0.98765")
    box(page, "beta").press("Enter")
    page.wait_for_url("**beta=0.98765*")
    wait_for_seed_42(page, beta=0.98765)


def test_release_confirms_with_one_callback_and_the_drag_itself_with_none(page, url):
    open_view(page, url)
    callbacks = []
    page.on("request", lambda r: callbacks.append(r.url) if "_dash-update-component" in r.url else None)
    x, y = grab(page, "beta")
    page.mouse.move(x + 60, y, steps=30)
    seed_42_is_simulated_at(page, "beta")
    assert callbacks == []
    with page.expect_response(lambda r: "_dash-update-component" in r.url):
        page.mouse.up()
    page.wait_for_url("**beta=*")
    page.wait_for_timeout(600)  # longer than any pause after which another would be sent
    assert len(callbacks) == 1


def test_read_outs_follow_the_pointer(page, url):
    open_view(page, url)
    text = page.locator("#convergence-text-tau-predicted")
    expect(text).to_have_text("99.5 steps · 2.03 epochs")
    x, y = grab(page, "beta")
    page.mouse.move(x + 40, y, steps=8)
    value = seed_42_is_simulated_at(page, "beta")
    expect(text).to_have_text(f"{-1 / np.log(value):.1f} steps · {-1 / np.log(value) / 49:.2f} epochs")
    page.mouse.up()


def test_a_link_restores_every_control(page, url):
    open_view(page, url, "?beta=0.9&seeds=42,7&window=whole&show=state,health&noise=lognormal")
    assert thumb(page, "beta").get_attribute("aria-valuenow") == "0.9"
    for uid in ("seed-7", "state-7", "health-42"):
        assert drawn(page, "convergence", "weights", uid)[1].size == 200
    expect(page.get_by_role("checkbox", name="EMA state")).to_be_checked()
    expect(page.get_by_role("radio", name="Log-normal")).to_be_checked()


def test_a_bad_link_says_what_it_could_not_use(page, url):
    open_view(page, url, "?beta=2&floor=0.1")
    expect(
        page.get_by_text("beta must be a number in [0, 1); got 2.0. Using the default, 0.99.")
    ).to_be_visible()
    expect(thumb(page, "floor")).to_have_attribute("aria-valuenow", "0.1")


def test_a_preset_sets_the_controls_and_the_picture(page, url):
    open_view(page, url, "?beta=0.5")
    page.get_by_role("button", name="No floor").click()
    page.wait_for_url("**/?floor=0")
    expect(thumb(page, "beta")).to_have_attribute("aria-valuenow", "0.99")
    wait_for_seed_42(page, floor=0.0)


def test_seeds_can_be_taken_out_and_put_in(page, url):
    open_view(page, url)
    page.locator(".gaba-side label", has_text="123").click()
    page.wait_for_url("**seeds=42%2C456%2C789%2C1024")
    page.wait_for_function(
        "!document.querySelector('.js-plotly-plot')._fullData.some((t) => t.uid === 'seed-123')"
    )
    page.locator(".gaba-side label").get_by_text("0", exact=True).click()
    page.wait_for_function(
        "document.querySelector('.js-plotly-plot')._fullData.some((t) => t.uid === 'seed-0')"
    )


def test_the_theme_paints_the_picture_too(page, url):
    open_view(page, url)
    ink = "document.querySelector('.js-plotly-plot')._fullLayout.font.color"
    light = page.evaluate(ink)
    page.get_by_role("button", name="Light or dark").click()
    page.wait_for_function(f"{ink} !== {light!r}")


def test_a_thumb_tells_a_screen_reader_value_and_range(page, url):
    open_view(page, url)
    handle = page.get_by_role("slider", name="EMA coefficient β", exact=True)
    expect(handle).to_have_attribute("aria-valuemin", "0.0")
    expect(handle).to_have_attribute("aria-valuemax", "0.9999")
    expect(handle).to_have_attribute("aria-valuetext", "0.99")


def test_csv_comes_down(page, url):
    open_view(page, url, "?epochs=10&seeds=42&window=whole")
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").click()
    lines = download.value.path().read_text().splitlines()
    assert lines[0] == "step,epoch,w_rul_seed_42,w_health_seed_42,ema_rul_seed_42"
    assert len(lines) == 11


@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_nothing_runs_out_of_the_page(page, url, width):
    page.set_viewport_size({"width": width, "height": 844})
    open_view(page, url)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def pull_floor_line(page):
    """Pull the floor's line to 0.2, and hold it; where it was, in pixels of the window."""
    x, start, end = page.evaluate(
        """() => {
          const graph = document.querySelector(".js-plotly-plot");
          const { xaxis, yaxis } = graph._fullLayout;
          const { left, top } = graph.getBoundingClientRect();
          const at = (value) => top + yaxis._offset + yaxis.d2p(value);
          return [left + xaxis._offset + xaxis._length * 0.7, at(0.05), at(0.2)];
        }"""
    )
    page.mouse.move(x, start)
    page.mouse.down()
    page.mouse.move(x, end, steps=10)
    wait_for_seed_42(page, floor=0.2)
    return x, start


def test_the_floor_line_is_dragged_in_the_picture(page, url):
    open_view(page, url)
    pull_floor_line(page)
    assert_drawn(page, floor=0.2)
    page.mouse.up()
    page.wait_for_url("**floor=0.2*")
    expect(thumb(page, "floor")).to_have_attribute("aria-valuenow", "0.2")
    assert_drawn(page, floor=0.2)


def test_a_floor_line_taken_from_the_finger_by_the_browser_stays_where_it_was_led(page, url):
    open_view(page, url)
    x, start = pull_floor_line(page)
    page.evaluate("document.body.dispatchEvent(new PointerEvent('pointercancel', { bubbles: true }))")
    page.mouse.move(x, start, steps=10)
    page.wait_for_url("**floor=0.2*")
    expect(box(page, "floor")).to_have_value("0.2")
    page.mouse.up()


def test_a_setting_is_pinned_and_compared(page, url):
    open_view(page, url, "?beta=0.9")
    unpin = page.get_by_role("button", name="Unpin")
    expect(unpin).to_be_disabled()
    page.get_by_role("button", name="Pin", exact=True).click()
    page.wait_for_url("**pin=*")
    page.wait_for_function(
        "document.querySelector('.js-plotly-plot')._fullData.some((t) => t.uid === 'ghost')"
    )
    box(page, "beta").fill("0.99")
    box(page, "beta").press("Enter")
    wait_for_seed_42(page)
    expect(page.locator("#convergence-text-tau-predicted")).to_have_text("99.5 steps · 2.03 epochs")
    expect(page.locator("#convergence-text-tau-pinned")).to_have_text("9.5 steps · 0.19 epochs")
    unpin.click()
    expect(page.locator("#convergence-text-tau-pinned")).to_have_text("–")
    expect(unpin).to_be_disabled()


def test_the_script_the_data_and_the_picture_can_be_taken_away(page, url):
    open_view(page, url, "?epochs=10&window=whole")
    page.get_by_role("button", name="Copy as Python").click()
    expect(page.locator("#convergence-script-text")).to_contain_text("BETA, FLOOR, WARMUP = 0.99, 0.05, 100")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Data table").click()
    expect(page.get_by_role("table", name="Data table").locator("tbody tr")).to_have_count(10)
    assert saved(page, open_figure(page), "SVG").path().read_text().startswith("<svg")
