"""A slider under pointer and keys: where it goes, what it says, and when the rest of the page hears of it."""

import pytest
from playwright.sync_api import expect

from components.convergence.state import ConvergenceState
from gaba_core.parameters import quantity_of
from tests.browser.pictures import wait_until_still
from tests.browser.test_convergence import assert_drawn, grab, open_view, shown, thumb, wait_for_seed_42

pytestmark = pytest.mark.browser
POSITIONS = quantity_of(ConvergenceState, "floor").positions()
CONFIRMED = """() => { window.confirmed = []; const set = window.dash_clientside.set_props;
window.dash_clientside.set_props = (id, props) => { confirmed.push(props.value); set(id, props); }; }"""

RESTS = """() => { window.rests = []; const timeout = window.setTimeout;
window.setTimeout = (f, ms, ...more) => (ms === 200 ? rests.push(f) : timeout(f, ms, ...more)); }"""
STEPS_AROUND_A_CONFIRMATION = """() => {
  const thumb = document.activeElement;
  const press = new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true, cancelable: true });
  const set = window.dash_clientside.set_props;
  window.dash_clientside.set_props = (id, props) => {
    window.dash_clientside.set_props = set;
    set(id, props);
    thumb.dispatchEvent(press);
    const shownAgain = new MutationObserver(() => {
      if (Number(thumb.getAttribute("aria-valuenow")) !== props.value) return;
      shownAgain.disconnect();
      thumb.dispatchEvent(press);
    });
    shownAgain.observe(thumb, { attributeFilter: ["aria-valuenow"] });
  };
  thumb.dispatchEvent(press);
}"""


def track(page, param="floor"):
    return page.locator(f".gaba-control[data-param={param}] .mantine-Slider-track").bounding_box()


def bar_past_thumb(page, param="floor"):
    """By how many pixels the bar reaches past the middle of the thumb."""
    bar = page.locator(f".gaba-control[data-param={param}] .mantine-Slider-bar").bounding_box()
    middle = thumb(page, param).bounding_box()
    return bar["x"] + bar["width"] - middle["x"] - middle["width"] / 2


def box(page, param="floor"):
    return page.locator(f".gaba-control[data-param={param}] input:not([type=hidden])")


def test_a_drag_moves_thumb_box_and_picture_and_is_confirmed_once(page, url):
    open_view(page, url)
    page.evaluate(CONFIRMED)
    x, y = grab(page, "floor")
    before = thumb(page, "floor").bounding_box()["x"]
    page.mouse.move(x + 40, y, steps=5)
    value = shown(page, "floor")
    assert value > ConvergenceState().floor
    assert float(box(page).input_value()) == value
    assert thumb(page, "floor").bounding_box()["x"] == pytest.approx(before + 40, abs=1.5)
    assert bar_past_thumb(page) == pytest.approx(0, abs=8)  # it ends under the thumb
    wait_for_seed_42(page, floor=value)
    assert page.evaluate("confirmed") == []
    page.mouse.up()
    page.wait_for_url(f"**floor={value}*")
    assert page.evaluate("confirmed") == [value]
    assert_drawn(page, floor=value)


def test_a_slider_that_was_dragged_follows_what_is_set_elsewhere(page, url):
    open_view(page, url)
    x, y = grab(page, "floor")
    page.mouse.move(x + 40, y, steps=5)
    page.mouse.up()
    page.wait_for_url("**floor=*")
    page.get_by_role("button", name="No floor", exact=True).click()
    expect(thumb(page, "floor")).to_have_attribute("aria-valuenow", "0")
    middle = thumb(page, "floor").bounding_box()
    assert middle["x"] + middle["width"] / 2 == pytest.approx(track(page)["x"], abs=1)
    assert bar_past_thumb(page) == pytest.approx(0, abs=8)


def test_a_press_on_the_track_takes_the_thumb_there(page, url):
    open_view(page, url)
    where = track(page)
    page.mouse.click(where["x"] + 0.8 * where["width"], where["y"] + where["height"] / 2)
    page.wait_for_url("**floor=*")
    assert shown(page, "floor") == pytest.approx(0.4, abs=0.004)
    wait_for_seed_42(page, floor=shown(page, "floor"))
    assert page.evaluate("document.activeElement.getAttribute('role')") == "slider"


def test_a_thumb_pressed_beside_its_middle_stays_where_it_is_and_a_typed_value_with_it(page, url):
    open_view(page, url, "?floor=0.0511")
    page.evaluate(CONFIRMED)
    handle = thumb(page, "floor").bounding_box()
    page.mouse.click(handle["x"] + handle["width"] - 4, handle["y"] + handle["height"] / 2)
    assert float(box(page).input_value()) == 0.0511
    page.keyboard.press("ArrowRight")
    page.wait_for_function("confirmed.length")
    assert page.evaluate("confirmed") == [0.054]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("ArrowUp", 0.052),
        ("ArrowDown", 0.048),
        ("ArrowLeft", 0.048),
        ("PageUp", 0.07),
        ("PageDown", 0.03),
        ("Home", 0.0),
        ("End", 0.5),
    ],
)
def test_keys_step_as_a_slider_is_expected_to(page, url, key, value):
    open_view(page, url)
    handle = thumb(page, "floor")
    handle.focus()
    page.keyboard.press(key)
    assert handle.get_attribute("aria-valuenow") == str(value).removesuffix(".0")
    page.wait_for_url("**floor=*")
    wait_for_seed_42(page, floor=value)


def test_keys_held_down_are_confirmed_once_and_end_at_the_ends(page, url):
    open_view(page, url)
    page.evaluate(CONFIRMED)
    thumb(page, "floor").focus()
    page.evaluate(
        """() => ["End", "ArrowRight", "ArrowLeft", "ArrowLeft"].forEach((key) => document.activeElement
          .dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true })))"""
    )
    page.wait_for_function("confirmed.length")
    assert page.evaluate("confirmed") == [POSITIONS[-3]]


def test_no_step_is_lost_where_one_comes_before_the_page_shows_what_was_confirmed(page, url):
    open_view(page, url)
    thumb(page, "floor").focus()
    page.evaluate(STEPS_AROUND_A_CONFIRMATION)
    page.wait_for_url("**floor=0.056*")
    assert float(box(page).input_value()) == 0.056


def test_a_step_confirmed_after_the_page_was_left_does_nothing(page, url):
    open_view(page, url)
    page.evaluate(RESTS)
    thumb(page, "floor").focus()
    page.keyboard.press("ArrowRight")
    page.get_by_role("link", name="Step response").click()
    expect(thumb(page, "floor")).to_have_count(0)
    wait_until_still(page)
    page.evaluate("rests.forEach((confirm) => confirm())")
    assert page.url == f"{url}/step-response"


def test_two_sliders_moved_shortly_after_one_another_are_both_confirmed(page, url):
    open_view(page, url)
    page.evaluate(CONFIRMED)
    for param in ("floor", "beta"):
        thumb(page, param).focus()
        page.keyboard.press("ArrowRight")
    page.wait_for_function("confirmed.length === 2")
    assert page.evaluate("confirmed")[0] == 0.052
    page.wait_for_url("**floor=0.052*")
    wait_for_seed_42(page, floor=0.052, beta=shown(page, "beta"))


def test_a_slider_that_came_back_before_the_hand_let_go_is_where_its_box_says(page, url):
    open_view(page, url, "?floor=0.0511")
    x, y = grab(page, "floor")
    page.mouse.move(x + 20, y, steps=3)
    page.mouse.move(x, y, steps=3)
    page.mouse.up()
    page.wait_for_url("**floor=0.052*")
    assert float(box(page).input_value()) == 0.052


def test_a_finger_moves_a_slider_too(browser, url):
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    open_view(page, url)
    thumb(page, "floor").evaluate("(handle) => handle.scrollIntoView()")
    handle = thumb(page, "floor").bounding_box()
    x, y = handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2
    touch = context.new_cdp_session(page)
    for kind, to in (("touchStart", 0), ("touchMove", 30), ("touchMove", 60)):
        points = [{"x": x + to, "y": y}]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    assert shown(page, "floor") > ConvergenceState().floor
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.wait_for_url("**floor=*")
    wait_for_seed_42(page, floor=shown(page, "floor"))
    context.close()


def test_a_screen_reader_hears_value_range_and_unit(page, url):
    open_view(page, url)
    handle = thumb(page, "warmup_steps")
    handle.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(
        "document.querySelector('[data-param=warmup_steps] [role=slider]').ariaValueText === '105 steps'"
    )
    assert [handle.get_attribute(f"aria-value{end}") for end in ("min", "max")] == ["0", "1000"]
