"""The Runs view while a log is being written: points as they come, words where it is torn, cut or deleted."""

import json
import os

import numpy as np
import pytest
from playwright.sync_api import expect

from gaba_core.runs import smoothed
from tests.browser.modules import wait_until_prefetched
from tests.browser.pictures import drawn
from tests.browser.test_runs import unfold
from tests.browser.test_runs_workbench import choose
from tests.run_logs import info, records, write

KEY = "FD002/gaba/seed_42"
LINE = "(document.querySelector('.js-plotly-plot')?._fullData ?? []).find((t) => t.uid.startsWith('state-0'))"


@pytest.fixture
def log(tmp_path):
    return write(tmp_path / KEY, records(5), run=unfinished()) / "convergence_log.json"


@pytest.fixture
def live(own_url, log):
    return f"{own_url}/runs"


def unfinished():
    return info(started="then", stopped=None, best_epoch=None)


def put(log, epochs):
    """Write as our logger does."""
    temporary = log.with_suffix(".tmp")
    temporary.write_text(json.dumps(records(epochs)))
    os.replace(temporary, log)


def opened(page, live, query=""):
    page.goto(live + query)
    points(page, 5)
    expect(page.locator("#runs-when")).not_to_be_empty()
    expect(news(page)).to_contain_text("live")


def redrawn(response):
    return "runs-legend.children" in (response.request.post_data or "")


def points(page, count):
    """Wait until so many records are drawn."""
    page.wait_for_function(f"n => {LINE}?.x.length === n", arg=count)


def news(page):
    return page.locator("#runs-news")


def epochs_listed(page):
    return page.locator(f'#runs-grid .ag-row[row-id="run {KEY}"] [col-id="epochs"]')


def playhead(page):
    return page.get_by_role("slider", name="Playhead, position in the run")


def test_new_epochs_appear_in_picture_list_and_words(page, live, log):
    opened(page, live)
    for epochs in (6, 7, 12):
        put(log, epochs)
        points(page, epochs)
        expect(epochs_listed(page)).to_have_text(str(epochs))
        expect(news(page)).to_contain_text(f"epoch {epochs - 1}")
    uid = page.evaluate(f"{LINE}.uid")
    _, y = drawn(page, "runs", "main", uid)
    np.testing.assert_array_equal(y, np.float32([record["w_rul"] for record in records(12)]))
    expect(news(page).locator(".gaba-news-badge")).to_have_text("live")
    expect(page.locator(f'#runs-grid .ag-row-selected[row-id="run {KEY}"]').first).to_be_visible()


def test_the_playhead_at_the_last_epoch_goes_with_the_run_and_elsewhere_it_stays(page, live, log):
    opened(page, live)
    playhead(page).focus()
    page.keyboard.press("End")
    put(log, 8)
    expect(page.locator("#runs-when")).to_contain_text("epoch 7,")
    expect(page.locator("#runs-text-0-1")).to_have_text(f"{records(8)[7]['w_rul']:.5f}")
    expect(playhead(page)).to_have_attribute("aria-valuenow", "7")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#runs-when")).to_contain_text("epoch 6,")
    put(log, 10)
    points(page, 10)
    expect(playhead(page)).to_have_attribute("aria-valuemax", "9")
    expect(page.locator("#runs-when")).to_contain_text("epoch 6,")
    expect(page.locator("#runs-text-0-1")).to_have_text(f"{records(8)[6]['w_rul']:.5f}")


def test_a_torn_log_keeps_the_last_good_view_and_says_so(page, live, log):
    opened(page, live)
    text = json.dumps(records(9))
    log.write_text(text[: len(text) // 2])
    expect(news(page)).to_contain_text("showing epoch 4")
    points(page, 5)
    log.write_text(text)
    points(page, 9)
    expect(news(page)).to_contain_text("epoch 8")
    assert page.locator(".mantine-Notification-root").count() == 0


def test_a_cut_and_a_deleted_log_are_told_in_words(page, live, log):
    opened(page, live)
    put(log, 2)
    expect(news(page)).to_contain_text("The log was cut from 5 records to 2.")
    points(page, 2)
    log.unlink()
    expect(news(page)).to_contain_text("The log was deleted; showing epoch 1.")
    points(page, 2)
    expect(page.locator(f'#runs-grid .ag-row[row-id="run {KEY}"] [col-id="note"]')).to_have_text("deleted")
    put(log, 3)
    expect(news(page)).to_contain_text("The log came back, with 3 records.")
    points(page, 3)
    assert page.locator(".mantine-Notification-root").count() == 0


def test_a_deleted_run_can_still_be_drawn_another_way(page, live, log):
    opened(page, live)
    log.unlink()
    expect(news(page)).to_contain_text("deleted")
    unfold(page)
    page.locator(".mantine-Chip-label", has_text="Best epoch").click()
    page.wait_for_function(
        "!document.querySelector('.js-plotly-plot')._fullData.some((t) => t.uid.startsWith('best'))"
    )
    points(page, 5)


def test_runs_that_come_and_go_are_listed_without_a_click(page, live, log):
    opened(page, live)
    other = write(log.parent.parent / "seed_7", records(4))
    row = page.locator('#runs-grid .ag-row[row-id="run FD002/gaba/seed_7"]').first
    expect(row).to_be_visible()
    (other / "convergence_log.json").unlink()
    expect(row).to_have_count(0)
    expect(page.locator(f'#runs-grid .ag-row-selected[row-id="run {KEY}"]').first).to_be_visible()


def test_a_reader_who_does_not_follow_is_left_alone_until_they_do(page, live, log):
    opened(page, live)
    with page.expect_response(redrawn):  # as every control does
        page.get_by_role("switch", name="Follow").click(force=True)
    assert "follow=off" in page.url
    expect(news(page)).to_have_text("")  # the look that was on its way is over
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "/live/" in request.url else None)
    put(log, 7)
    page.locator("#runs-again").click()
    expect(epochs_listed(page)).to_have_text("7")
    page.wait_for_timeout(1500)  # more than two looks
    points(page, 5)
    assert asked == []
    expect(news(page)).to_have_text("")
    page.get_by_role("switch", name="Follow").click(force=True)
    points(page, 7)


def test_a_choice_whose_answer_a_new_epoch_overtakes_has_its_own_headings(page, live, log):
    opened(page, live)
    late = []

    def keep_first(route):
        if "runs-legend.children" in route.request.post_data and not late:
            late.append(route)
        else:
            route.continue_()

    page.route("**/_dash-update-component*", keep_first)
    with page.expect_request(lambda request: "runs-legend.children" in (request.post_data or "")):
        choose(page, "Task weight", "All tasks")
    put(log, 6)
    points(page, 6)
    late[0].continue_()
    expect(page.locator("#runs-readout thead th").nth(3)).to_contain_text("Weight health")
    playhead(page).focus()
    page.keyboard.press("End")
    expect(page.locator("#runs-text-0-3")).to_have_text(f"{records(6)[5]['w_health']:.5f}")


def test_a_slider_stepped_there_and_back_leaves_the_log_followed(page, live, log):
    opened(page, live)
    with page.expect_response(redrawn):
        choose(page, "Task weight", "All tasks")
    page.wait_for_function(LINE.replace("state-0", "state-1"))
    unfold(page)
    page.get_by_role("slider", name="Smoothing").focus()
    page.evaluate(
        """() => ["ArrowRight", "ArrowLeft"].forEach((key) => document.activeElement
          .dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true })))"""
    )
    put(log, 8)
    points(page, 8)


def test_smoothing_held_after_the_log_grew_draws_the_log_as_it_is(page, live, log):
    opened(page, live)
    unfold(page)
    slider = page.get_by_role("slider", name="Smoothing")
    slider.focus()
    positions = page.evaluate("document.querySelector('[data-param=smooth]').dataset.positions")
    wait_until_prefetched(page, "runs", len(json.loads(positions)))
    put(log, 12)
    points(page, 12)
    track = page.locator("[data-param=smooth] .mantine-Slider-track").bounding_box()
    y = track["y"] + track["height"] / 2
    page.mouse.move(track["x"] + 0.2 * track["width"], y)
    page.mouse.down()
    page.mouse.move(track["x"] + 0.6 * track["width"], y, steps=3)
    held = float(slider.get_attribute("aria-valuenow"))
    last = smoothed(np.array([record["rmse_last"] for record in records(12)]), held)[-1]
    page.wait_for_function(
        "y => document.querySelector('.js-plotly-plot')._fullData"
        ".some((t) => t.uid.startsWith('metric-0') && Math.abs(t.y[11] - y) < 1e-4)",
        arg=float(last),
    )
    page.mouse.up()


def test_whoever_comes_back_to_the_page_is_told_again_what_becomes_of_the_log(page, live):
    opened(page, live)
    page.get_by_role("link", name="Step response").click()
    expect(news(page)).to_have_count(0)
    page.get_by_role("link", name="Runs").click()
    expect(news(page)).to_contain_text("live")


def test_a_player_ahead_of_a_log_that_was_cut_stops_at_its_end(page, live, log):
    put(log, 30)
    page.goto(live)
    points(page, 30)
    expect(news(page)).to_contain_text("live")
    playhead(page).focus()
    page.keyboard.press("Home")
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("document.querySelector('#runs-scrub [role=slider]').ariaValueNow > 5")
    put(log, 3)
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    expect(playhead(page)).to_have_attribute("aria-valuemax", "2")
    expect(page.locator("#runs-when")).to_contain_text("epoch 2,")


def test_a_log_is_followed_though_a_menu_swallowed_the_release_of_a_button(page, live, log):
    opened(page, live)
    graph = page.locator(".js-plotly-plot")
    graph.dispatch_event("pointerdown", {"button": 2, "buttons": 2, "bubbles": True})
    put(log, 6)
    expect(news(page)).to_contain_text("epoch 5")
    points(page, 5)
    graph.dispatch_event("pointermove", {"buttons": 0, "bubbles": True})
    points(page, 6)


def test_every_look_at_the_logs_comes_to_its_end(page, live):
    asked, ended = [], []
    page.on("request", lambda request: asked.append(request) if "/live/" in request.url else None)
    page.on("requestfinished", lambda request: ended.append(request) if "/live/" in request.url else None)
    opened(page, live)
    while len(ended) < 3:
        page.wait_for_timeout(50)
    assert asked[0] in ended
