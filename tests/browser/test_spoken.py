"""What a screen reader is told: a figure in words and numbers, and what came of what was done."""

import json
import re

import pytest
from playwright.sync_api import expect

from components.convergence.presets import PRESETS
from components.convergence.sentence import sentence
from components.convergence.state import ConvergenceState
from tests.browser.pictures import wait_until_still
from tests.browser.test_convergence import grab, seed_42_is_simulated_at
from tests.browser.test_keyboard import PATHS, open_view
from tests.run_logs import info, records, write

pytestmark = pytest.mark.browser
FIGURES = """() => [...document.querySelectorAll("#react-entry-point .gaba-graph")].map((figure) => {
  const named = (attribute) => document.getElementById(figure.getAttribute(attribute));
  return [figure.dataset.figure, named("aria-describedby")?.textContent, named("aria-details")?.textContent];
})"""


def heard(page):
    return page.locator("#gaba-heard")


@pytest.mark.parametrize("path", PATHS)
def test_every_figure_is_described_by_a_sentence_with_numbers_and_tied_to_its_data(page, url, path):
    open_view(page, url + path)
    figures = page.evaluate(FIGURES)
    assert figures
    for name, sentence_of, table in figures:
        assert re.search(r"\d", sentence_of), name
        assert len(sentence_of) > 30, name
        assert table, name


@pytest.mark.parametrize(
    ("path", "name", "control", "value"),
    [
        ("/step-response", "Data table of the step response", "Target c, number", "0.25"),
        ("/anti-windup?panel=recovery", "Data table of the recovery", "New target c, number", "0.25"),
    ],
)
def test_a_pictures_table_follows_its_controls(page, url, path, name, control, value):
    open_view(page, url + path)
    details = page.locator(".gaba-graph").first.get_attribute("aria-details")
    page.locator(f"#{details}").get_by_role("button", name="Data table").click()
    last = page.get_by_role("table", name=name).locator("tr").last.locator("td").nth(1)
    expect(last).to_have_text(re.compile(r"^0\.0\d{4}$"))
    page.get_by_label(control).fill(value)
    expect(last).to_have_text(re.compile(r"^0\.2[45]\d{3}$"))


def test_a_dragged_control_is_announced_when_it_is_let_go_and_not_before(page, url):
    open_view(page, url)
    x, y = grab(page, "floor")
    page.mouse.move(x + 40, y, steps=5)
    value = seed_42_is_simulated_at(page, "floor")
    said = sentence(ConvergenceState(floor=value))
    expect(page.locator(".gaba-says")).to_have_text(said)
    expect(heard(page)).to_have_text("")
    page.mouse.up()
    expect(heard(page)).to_have_text(said)


def test_a_preset_and_a_pin_are_announced(page, url):
    open_view(page, url)
    preset = PRESETS["no-floor"]
    page.get_by_role("button", name=preset.label, exact=True).click()
    expect(heard(page)).to_have_text(sentence(ConvergenceState(**preset.values)))
    page.get_by_role("button", name="Pin", exact=True).click()
    expect(heard(page)).to_have_text(re.compile(r"^Pinned: β 0\.99, floor 0 and noise 0\.05, .*\d"))


def test_there_is_one_polite_region_and_a_page_says_nothing_as_it_opens(page, url):
    open_view(page, url)
    page.get_by_role("link", name="Step response").click()
    wait_until_still(page)
    assert page.locator("[role=status], [aria-live]:not([role=alert])").count() == 1
    expect(heard(page)).to_have_text("")
    page.get_by_label("EMA coefficient β, number").fill("0.9")
    expect(heard(page)).to_have_text(re.compile("^At β 0.9 a step closes 63"))


def test_the_verdict_on_a_dropped_log_is_announced(page, url):
    open_view(page, f"{url}/runs")
    log = json.dumps(records(40))
    page.locator("#runs-upload input[type=file]").set_input_files(
        {"name": "mine.json", "mimeType": "application/json", "buffer": log.encode()}
    )
    expect(page.get_by_role("region", name="Verdicts on mine.json")).to_be_visible()
    verdict = page.locator("#runs-verdicts [data-outcome]")
    expect(verdict).to_have_count(1)
    expect(heard(page)).to_contain_text(verdict.text_content())


def test_a_run_that_is_ticked_is_announced_with_what_it_makes_of_the_answer(page, url):
    open_view(page, f"{url}/runs")
    assert page.locator("[role=status]").count() == 1
    page.locator("#runs-grid .ag-row[row-id='run FD002/gaba/seed_123'] input").check()
    expect(heard(page)).to_contain_text("2 ticked")
    expect(page.locator("#runs-answer")).to_contain_text("2 of 2")
    expect(heard(page)).to_contain_text(page.locator("#runs-answer p").text_content())


def test_the_verdict_on_a_log_that_grows_is_announced(page, own_url, tmp_path):
    folder = tmp_path / "FD002" / "gaba" / "seed_42"
    write(folder, records(2), run=info(stopped=None))
    open_view(page, f"{own_url}/runs")
    first = page.locator("#runs-verdicts [data-outcome]").text_content()
    write(folder, records(40), run=info(stopped=None))
    expect(heard(page)).to_have_text(re.compile(".{20}"))
    assert heard(page).text_content() != first
