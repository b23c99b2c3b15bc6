"""A simulation beside a run on the Replay page, also for a log that came over the Runs page."""

import json

import pytest
from playwright.sync_api import expect

from gaba_core.runs import read_run
from gaba_core.runs.own_parameters import own_parameters
from gaba_core.runs.simulated_twin import simulate_twin
from tests.browser.pictures import wait_until_drawn
from tests.browser.test_replay import drag, open_view, thumb, weight
from tests.paths import LOGS
from tests.run_cases import params, records

pytestmark = pytest.mark.browser

STARTS = ("beta", "floor", "warmup_steps", "target", "sigma")


@pytest.fixture(scope="module")
def run():
    return read_run(LOGS / "FD002/gaba/seed_42")


def simulated(run, steps, **changes):
    own = own_parameters(run, "fit")
    given = {name: getattr(own, name).value for name in STARTS} | changes
    return simulate_twin(run, **given, steps=steps, task="rul")


@pytest.mark.parametrize(
    ("param", "by"), [("beta", -25), ("floor", 40), ("warmup_steps", 40), ("target", 25), ("sigma", 25)]
)
def test_a_held_slider_simulates_anew(page, url, run, param, by):
    open_view(page, url, "?mode=compare&x=steps")
    value = drag(page, param, by)
    value = int(value) if param == "warmup_steps" else value
    again = simulated(run, len(run.steps.step), **{param: value})
    wait_until_drawn(page, "replay", "main", "second", weight(again))
    expect(page.locator("#replay-text-last-second")).to_have_text(f"{weight(again)[-1]:.5f}")
    page.mouse.up()
    page.wait_for_url(f"**{param}=*")
    wait_until_drawn(page, "replay", "below", "difference", run.steps.weights[:, 0] - weight(again))


def step(page, param):
    """Step a slider up by an arrow key; its value, and the one before."""
    before = thumb(page, param).get_attribute("aria-valuenow")
    thumb(page, param).focus()
    page.keyboard.press("ArrowRight")
    expect(thumb(page, param)).not_to_have_attribute("aria-valuenow", before)
    found = (thumb(page, param).get_attribute("aria-valuenow"), before)
    return [int(v) if param in ("warmup_steps", "steps_per_epoch") else float(v) for v in found]


@pytest.mark.parametrize("param", STARTS)
def test_an_arrow_key_simulates_anew(page, url, run, param):
    open_view(page, url, "?mode=compare&x=steps")
    value, before = step(page, param)
    assert value > before
    page.wait_for_url(f"**{param}=*")
    again = simulated(run, len(run.steps.step), **{param: value})
    wait_until_drawn(page, "replay", "main", "second", weight(again))


def test_a_dropped_log_is_compared_and_the_length_of_its_epochs_is_a_slider(page, url):
    log = json.dumps(records(params()))
    page.goto(f"{url}/runs")
    page.locator("#runs-upload input[type=file]").set_input_files(
        {"name": "mine.json", "mimeType": "application/json", "buffer": log.encode()}
    )
    page.get_by_role("link", name="Compare with a simulation").click()
    page.wait_for_url("**/replay?run=dropped~3A~20mine.json*")
    expect(page.get_by_role("textbox", name="Run", exact=True)).to_have_value("mine.json")
    page.get_by_text("Steps", exact=True).click()
    steps = drag(page, "steps_per_epoch", 20)
    run = read_run(log)
    again = simulated(run, 60 * int(steps))
    wait_until_drawn(page, "replay", "main", "second", again.state[0, :, 0])
    page.mouse.up()
    page.wait_for_url("**steps_per_epoch=*")
    longer, _ = step(page, "steps_per_epoch")
    assert longer == int(steps) + 1
    page.wait_for_url(f"**steps_per_epoch={longer}*")
    again = simulated(run, 60 * longer)
    wait_until_drawn(page, "replay", "main", "second", again.state[0, :, 0])
    page.get_by_text("Replay", exact=True).last.click()
    expect(page.locator(".gaba-draggable")).to_contain_text("This log cannot be replayed")
