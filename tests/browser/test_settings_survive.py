"""Settings on their way: Back and Forward, another page and back, Reset, the link, which preset is on."""

import pytest
from playwright.sync_api import expect

from tests.browser.pictures import wait_until_still
from tests.browser.test_convergence import box, grab, open_view, shown, wait_for_seed_42

pytestmark = pytest.mark.browser


def query(page):
    return page.evaluate("location.search")


def preset(page, name):
    return page.get_by_role("button", name=name, exact=True)


def test_back_undoes_a_preset_and_a_drag_at_rest_one_step_each(page, url):
    open_view(page, url)
    before = page.evaluate("history.length")
    preset(page, "No floor").click()
    page.wait_for_function("location.search === '?floor=0'")
    wait_for_seed_42(page, floor=0)
    x, y = grab(page, "beta")
    for step in range(12):
        page.mouse.move(x - 3 * step, y)
    dragged = shown(page, "beta")
    page.mouse.up()
    page.wait_for_function("location.search.includes('beta')")
    assert page.evaluate("history.length") == before + 2
    page.evaluate("window.sameDocument = true")
    page.go_back()
    wait_for_seed_42(page, floor=0)
    assert query(page) == "?floor=0"
    page.go_back()
    wait_for_seed_42(page)
    assert query(page) == ""
    page.go_forward()
    page.go_forward()
    wait_for_seed_42(page, floor=0, beta=dragged)
    assert float(box(page, "beta").input_value()) == pytest.approx(dragged)
    assert page.evaluate("history.length") == before + 2
    assert page.evaluate("window.sameDocument")


def test_a_setting_made_after_back_is_in_the_address(page, url):
    open_view(page, url)
    preset(page, "No floor").click()
    page.wait_for_function("location.search === '?floor=0'")
    page.go_back()
    wait_for_seed_42(page)
    box(page, "floor").fill("0.2")
    page.wait_for_function("location.search === '?floor=0.2'")
    wait_for_seed_42(page, floor=0.2)


def test_a_number_box_that_repeats_itself_after_back_changes_nothing(page, url):
    open_view(page, url)
    preset(page, "No floor").click()
    page.wait_for_function("location.search === '?floor=0'")
    wait_for_seed_42(page, floor=0)
    page.go_back()
    wait_for_seed_42(page)
    clock = page.evaluate("ours.dragOf('convergence').clock")
    late = {"type": "number", "view": "convergence", "param": "floor"}
    page.evaluate("(late) => window.dash_clientside.set_props(late, {value: 0})", late)
    page.wait_for_function(f"ours.dragOf('convergence').clock > {clock + 1}")  # repeated, and put right
    wait_for_seed_42(page)
    assert query(page) == ""


def test_a_number_box_that_repeats_itself_as_it_is_set_back_changes_nothing(page, url):
    open_view(page, url)
    preset(page, "No floor").click()
    page.wait_for_function("location.search === '?floor=0'")
    wait_for_seed_42(page, floor=0)
    late = {"type": "number", "view": "convergence", "param": "floor"}
    page.evaluate(
        """(late) => {
          const dash = window.dash_clientside, set = dash.set_props;
          dash.set_props = (id, props) => {
            set(id, props);
            if (id.param !== late.param) return;
            dash.set_props = set;
            set(late, { value: 0 }); // before any callback has heard of what was set
          };
        }""",
        late,
    )
    page.go_back()
    wait_for_seed_42(page)
    assert query(page) == ""


def test_back_sets_chips_and_segments_too(page, url):
    open_view(page, url)
    page.get_by_text("Steps", exact=True).first.click()
    page.wait_for_function("location.search.includes('x=steps')")
    page.go_back()
    page.wait_for_function("location.search === ''")
    expect(page.get_by_role("radio", name="Epochs").first).to_be_checked()


def test_settings_survive_a_walk_to_another_page(page, url):
    open_view(page, url, "?beta=0.9&floor=0.1")
    navigation = page.get_by_role("navigation")
    box(page, "floor").fill("0.2")
    page.wait_for_function("location.search.includes('floor=0.2')")
    navigation.get_by_role("link", name="Step response").click()
    page.wait_for_selector(".gaba-graph[data-view=step_response], .gaba-graph[data-view=step-response]")
    navigation.get_by_role("link", name="Convergence").click()
    wait_for_seed_42(page, beta=0.9, floor=0.2)
    assert sorted(query(page)[1:].split("&")) == ["beta=0.9", "floor=0.2"]


def test_reset_sets_every_control_to_its_default_and_back_undoes_it(page, url):
    open_view(page, url, "?beta=0.9&floor=0.1&x=steps&seeds=42")
    page.get_by_role("button", name="Reset", exact=True).click()
    wait_for_seed_42(page)
    page.wait_for_function("location.search === ''")
    page.go_back()
    page.wait_for_function("location.search.includes('floor=0.1')")
    expect(box(page, "floor")).to_have_value("0.1")


@pytest.mark.parametrize("path", ["/", "/step-response", "/anti-windup", "/runs", "/replay", "/map"])
def test_every_view_has_a_link_to_copy_and_a_reset(page, url, path):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(url + path)
    wait_until_still(page)
    page.locator("#gaba-copy").click()
    expect(page.locator("#gaba-copy")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == page.url
    expect(page.locator("#gaba-reset")).to_be_visible()


def test_the_preset_that_is_on_is_pressed(page, url):
    open_view(page, url)
    expect(preset(page, "Reference FD002")).to_have_attribute("aria-pressed", "true")
    preset(page, "No floor").click()
    expect(preset(page, "No floor")).to_have_attribute("aria-pressed", "true")
    expect(preset(page, "Reference FD002")).to_have_attribute("aria-pressed", "false")
    box(page, "floor").fill("0.07")
    expect(preset(page, "No floor")).to_have_attribute("aria-pressed", "false")
