"""The Step response view as a person uses it."""

import numpy as np
import pytest
from playwright.sync_api import expect

from gaba_core.filter_study import measured_noise_gain
from gaba_core.step_response import step_response, time_constant
from tests.browser.pictures import drawn, wait_until_drawn, wait_until_still

pytestmark = pytest.mark.browser


def open_view(page, url, query=""):
    page.goto(f"{url}/step-response{query}")
    wait_until_still(page)
    page.wait_for_load_state("networkidle")


def thumb(page, param):
    return page.locator(f".gaba-control[data-param={param}] [role=slider]")


def test_dragging_beta_draws_its_closed_form_and_writes_its_time_constant(page, url):
    open_view(page, url)
    spot = thumb(page, "beta").bounding_box()
    x, y = spot["x"] + spot["width"] / 2, spot["y"] + spot["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 30, y, steps=6)
    beta = float(thumb(page, "beta").get_attribute("aria-valuenow"))
    assert beta < 0.99
    wait_until_drawn(page, "step-response", "response", "analytic-0", step_response(beta, 0.5, 0.002, 600))
    expect(page.locator("#step-response-text-tau-predicted")).to_have_text(f"{time_constant(beta):.1f} steps")
    page.mouse.up()
    page.wait_for_url("**beta=*")


def test_arrow_keys_move_the_target(page, url):
    open_view(page, url)
    thumb(page, "target").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**target=0.004*")
    wait_until_drawn(page, "step-response", "response", "analytic-0", step_response(0.99, 0.5, 0.004, 600))


def test_a_beta_to_compare_with_joins_both_pictures(page, url):
    open_view(page, url, "?betas=")
    page.get_by_text("0.95", exact=True).click()
    page.wait_for_url("**betas=0.95*")
    wait_until_drawn(page, "step-response", "response", "analytic-1", step_response(0.95, 0.5, 0.002, 600))
    page.wait_for_function(
        "[...document.querySelectorAll('.js-plotly-plot')]"
        ".some((g) => g._fullData?.some((t) => t.uid === 'gain-1'))"
    )
    _, gain = drawn(page, "step-response", "frequency", "gain-1")
    assert gain[0] == pytest.approx(0.0, abs=0.01)
    assert np.all(np.diff(gain) <= 0)
    expect(page.get_by_role("table", name="Settling time").locator("tbody tr")).to_have_count(2)


def test_a_seed_is_a_number_to_type_or_step_and_has_no_slider(page, url):
    open_view(page, url)
    box = page.get_by_label("Noise seed, number")
    gain = page.locator("#step-response-text-gain-measured")
    for key, seed in (("ArrowUp", 43), ("7", 7)):
        box.fill(key) if key.isdecimal() else box.press(key)
        expect(gain).to_have_text(f"{measured_noise_gain(0.99, seed):.5f}")
        page.wait_for_url(f"**seed={seed}*")
    expect(page.locator(".gaba-control[data-param=beta] [role=slider]")).to_have_count(1)
    expect(page.locator(".gaba-control[data-param=seed]")).to_have_count(0)


def test_the_link_to_the_page_as_it_was_opened_leads_back_to_that(page, url):
    open_view(page, url)
    chip = page.get_by_role("checkbox", name="0.95", exact=True)
    was = chip.is_checked()
    page.get_by_text("0.95", exact=True).click()
    page.wait_for_url("**betas=*")
    changed = page.url
    link = page.get_by_role("link", name="Step response")
    with page.context.expect_page():
        link.click(modifiers=["ControlOrMeta"])
    assert page.url == changed
    expect(chip).to_be_checked(checked=not was)
    link.click()
    page.wait_for_url(f"{url}/step-response")
    expect(chip).to_be_checked(checked=was)


@pytest.mark.parametrize("width", [1440, 390])
def test_nothing_runs_out_of_the_page(page, url, width):
    page.set_viewport_size({"width": width, "height": 844})
    open_view(page, url)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
