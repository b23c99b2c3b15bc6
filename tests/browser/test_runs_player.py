"""The playhead of the Runs view and its player."""

import json

import pytest
from playwright.sync_api import expect

import app
from gaba_core.runs import read_run
from tests.browser.pictures import wait_until_still
from tests.browser.test_runs import KEYS, STARTING, open_runs, playhead

pytestmark = pytest.mark.browser

LATE = """() => {
  const { newPlot, react } = window.Plotly;
  const released = new Promise((done) => { window.release = done; });
  const late = (draw) => (...what) => released.then(() => draw(...what));
  window.Plotly = { ...window.Plotly, newPlot: late(newPlot), react: late(react) };
}"""
FRAMES = """new Promise((done) => {
  const next = (left) => (left ? requestAnimationFrame(() => next(left - 1)) : done());
  next(3);
})"""
STOPPED_CLOCK = """() => {
  window.clock = 0;
  window.atOnce = window.requestAnimationFrame;
  window.requestAnimationFrame = (work) => atOnce(() => work(clock));
}"""
SLOWLY = """() => {
  window.atOnce = window.requestAnimationFrame;
  window.requestAnimationFrame = (work) => atOnce((now) => work(now / 20)); // the end is far off
}"""


def test_play_runs_to_the_end_and_pause_stops_it(page, url):
    open_runs(page, url, "?runs=" + KEYS[0])
    playhead(page).focus()
    page.keyboard.press("Home")
    expect(page.locator("#runs-when")).to_contain_text("epoch 0,")
    page.evaluate(SLOWLY)
    page.get_by_role("button", name="Play").click()
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    stopped = playhead(page).get_attribute("aria-valuenow")
    page.evaluate("() => { window.requestAnimationFrame = window.atOnce; }")
    playhead(page).focus()
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#runs-when")).to_contain_text(f"epoch {read_run(app.LOGS / KEYS[0]).epochs[-2]},")
    page.get_by_role("button", name="Play").click()
    last = playhead(page).get_attribute("aria-valuemax")
    expect(playhead(page)).to_have_attribute("aria-valuenow", last)
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    assert int(stopped) < int(last)


@pytest.mark.parametrize(("speed", "times"), [("½×", 0.5), ("1×", 1), ("4×", 4)])
def test_the_player_runs_at_the_speed_that_is_chosen(page, url, speed, times):
    open_runs(page, url, "?runs=" + KEYS[0])
    page.locator("#runs-speed").get_by_text(speed, exact=True).click()
    playhead(page).focus()
    page.keyboard.press("Home")
    expect(page.locator("#runs-when")).to_contain_text("epoch 0,")
    page.evaluate(STOPPED_CLOCK)
    page.get_by_role("button", name="Play").click()
    page.evaluate(FRAMES)
    page.evaluate("() => { window.clock = 2000.5; }")
    a_record = min(400, 10_000 / len(read_run(app.LOGS / KEYS[0]).epochs)) / times
    expect(playhead(page)).to_have_attribute("aria-valuenow", str(int(2000.5 // a_record)))
    page.evaluate("() => { window.requestAnimationFrame = window.atOnce; }")


def test_single_steps_move_the_playhead_by_a_record_and_stop_at_the_ends(page, url):
    open_runs(page, url, "?runs=" + KEYS[0])
    back, on = (page.get_by_role("button", name=f"One record {way}") for way in ("back", "on"))
    playhead(page).focus()
    page.keyboard.press("Home")
    for button, epoch in ((back, 0), (on, 1), (on, 2), (back, 1)):
        button.click()
        expect(page.locator("#runs-when")).to_contain_text(f"epoch {epoch},")
    page.evaluate(
        "for (const way of ['on', 'on', 'back', 'on']) document.querySelector(`#runs-${way}`).click()"
    )
    expect(page.locator("#runs-when")).to_contain_text("epoch 3,")  # however fast they come
    playhead(page).focus()
    page.keyboard.press("End")
    last = playhead(page).get_attribute("aria-valuemax")
    on.click()
    page.evaluate(FRAMES)
    expect(playhead(page)).to_have_attribute("aria-valuenow", last)


def test_the_pointer_over_the_picture_is_the_playhead_and_its_values_stand_in_the_table(page, url):
    open_runs(page, url, "?runs=" + KEYS[0])
    records = json.loads((app.LOGS / KEYS[0] / "convergence_log.json").read_text())
    graph = page.locator(".js-plotly-plot")
    graph.scroll_into_view_if_needed()
    for epoch in (5, 12):
        x, y = page.evaluate(
            """(epoch) => {
              const graph = document.querySelector(".js-plotly-plot");
              const { left, top } = graph.getBoundingClientRect();
              const { xaxis, yaxis } = graph._fullLayout;
              return [left + xaxis._offset + xaxis.d2p(epoch), top + yaxis._offset + yaxis._length / 2];
            }""",
            epoch,
        )
        page.mouse.move(x, y)
        expect(page.locator("#runs-when")).to_contain_text(f"epoch {epoch},")
        expect(page.locator("#runs-text-0-0")).to_have_text(f"{records[epoch]['lambda_rul']:.5f}")
    assert page.locator(".hoverlayer .hovertext").count() == 0  # no box over the lines


def test_the_playhead_stays_at_its_epoch_when_the_picture_changes(page, url):
    open_runs(page, url)
    playhead(page).focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    step = json.loads((app.LOGS / KEYS[0] / "convergence_log.json").read_text())[1]["step"]
    page.get_by_text("Steps", exact=True).click()
    page.wait_for_function(
        "s => document.querySelector('.js-plotly-plot').data.find((t) => t.uid === 'playhead-y').x[0] === s",
        arg=step,
    )
    expect(page.locator("#runs-when")).to_have_text(f"epoch 1, step {step}")


def test_the_playhead_stands_where_it_was_left_though_the_picture_comes_late(page, url):
    open_runs(page, url)
    playhead(page).focus()
    page.keyboard.press("Home")
    expect(page.locator("#runs-when")).to_contain_text("epoch 0,")
    page.get_by_role("link", name="Step response").click()
    expect(playhead(page)).to_have_count(0)
    wait_until_still(page)
    page.evaluate(LATE)
    page.get_by_role("link", name="Runs").click()
    expect(page.locator("#runs-when")).to_contain_text("epoch 0,")
    page.evaluate(FRAMES)
    page.evaluate("release()")
    page.wait_for_function(f"s => {STARTING.format('s')}[0]?.x[0] === 0", arg="playhead-y")
