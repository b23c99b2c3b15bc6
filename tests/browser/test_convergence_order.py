"""The Convergence view where answers, keys and pages come in another order than they were asked for."""

from dataclasses import replace

import pytest
from playwright.sync_api import expect

from components.convergence.tables import rows
from tests.browser.answers import late
from tests.browser.test_convergence import DEFAULT, box, open_view, thumb

pytestmark = pytest.mark.browser


def test_a_seed_is_drawn_where_a_slider_went_there_and_back_before_its_answer(page, url):
    open_view(page, url)
    with late(page, "convergence-state.data") as answer:
        page.locator(".gaba-side label").get_by_text("0", exact=True).click()
    thumb(page, "beta").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    answer()
    page.wait_for_function(
        "document.querySelector('.js-plotly-plot')._fullData.some((t) => t.uid === 'seed-0')"
    )


def test_a_setting_left_at_once_stays_out_of_the_address_of_the_next_page(page, url):
    open_view(page, url)
    thumb(page, "beta").focus()
    request = page.expect_request(lambda r: '"convergence-state.data"' in (r.post_data or ""))
    with late(page, "_pages_location.pathname") as answer, request:
        page.evaluate(
            """() => {
              const press = { key: "ArrowRight", bubbles: true, cancelable: true };
              document.activeElement.dispatchEvent(new KeyboardEvent("keydown", press));
              document.querySelector('a[href="/step-response"]').click();
            }"""
        )
    answer()
    expect(page.get_by_role("heading", level=1)).to_contain_text("How fast does the average follow")
    assert page.url == f"{url}/step-response"


@pytest.mark.parametrize("later", ["convergence-open.value", "convergence-state.data"])
def test_the_data_behind_the_pictures_are_of_the_last_setting_whichever_answer_is_late(page, url, later):
    open_view(page, url, "?epochs=10&window=whole")
    section = page.get_by_role("button", name="Data table")
    with late(page, later) as answer:
        if later == "convergence-open.value":
            section.click()
        box(page, "beta").fill("0.9")
        box(page, "beta").press("Enter")
        page.wait_for_url("**beta=0.9*")
    if later != "convergence-open.value":
        section.click()
    state = replace(DEFAULT, beta=0.9, epochs=10, window="whole")
    now = f"{rows(state)[-1][2]:.5f}"
    cell = page.get_by_role("table", name="Data table").locator("tbody tr").last.locator("td").nth(2)
    expect(cell).to_have_text(now)
    answer()
    expect(cell).to_have_text(now)
