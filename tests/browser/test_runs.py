"""The Runs view in a browser: the shipped runs overlaid, scrubbed and played, a log dropped on the page."""

import json

import numpy as np
import pytest
from playwright.sync_api import expect

import app
from gaba_core.runs import diagnose, read_run
from tests.browser.pictures import drawn, export, open_figure, saved, wait_until_still

KEYS = [f"FD002/gaba/seed_{seed}" for seed in (42, 123, 456, 789, 1024)]


def open_runs(page, url, query=""):
    page.goto(f"{url}/runs{query}")
    wait_until_still(page)
    expect(page.locator("#runs-when")).not_to_be_empty()
    expect(page.locator("#runs-grid .ag-row").first).to_be_visible()  # the grid comes by itself


def unfold(page):
    """Open what is folded over the picture: range, lines, smoothing, groups, baseline."""
    page.get_by_text("Range, lines, smoothing, groups, baseline").click()


STARTING = "(document.querySelector('.js-plotly-plot')?._fullData ?? []).filter((t) => t.uid.startsWith({}))"


def overlaid(page, count, start="applied-0"):
    """Wait until so many runs are drawn and read out."""
    page.wait_for_function(
        f"([n, s]) => {STARTING.format('s')}.length === n && "
        "document.querySelectorAll('#runs-readout tbody tr').length === n",
        arg=[count, start],
    )


def uid(page, start, nth=0):
    return page.evaluate(f"([s, n]) => {STARTING.format('s')}[n].uid", [start, nth])


def playhead(page):
    return page.get_by_role("slider", name="Playhead, position in the run")


def value(page, run, column):
    return page.locator(f"#runs-text-{run}-{column}").inner_text()


def test_the_real_run_is_drawn_as_it_was_logged(page, url):
    open_runs(page, url)
    run = read_run(app.LOGS / KEYS[0])
    for start, expected in (
        ("applied-0", run.weights[:, 0]),
        ("state-0", run.state[:, 0]),
        ("metric-0", run.metrics["rmse_last"]),
    ):
        x, y = drawn(page, "runs", "main", uid(page, start))
        np.testing.assert_array_equal(x, run.epochs)
        np.testing.assert_array_equal(y, expected.astype(np.float32))


def test_the_playhead_shows_the_files_own_weight_at_every_epoch(page, url):
    open_runs(page, url)
    log = json.loads((app.LOGS / KEYS[0] / "convergence_log.json").read_text())
    playhead(page).focus()
    page.keyboard.press("Home")
    for record in log[:12]:
        expect(page.locator("#runs-when")).to_have_text(f"epoch {record['epoch']}, step {record['step']:,}")
        expect(page.locator("#runs-text-0-0")).to_have_text(f"{record['lambda_rul']:.5f}")
        assert value(page, 0, 1) == f"{record['w_rul']:.5f}"
        assert value(page, 0, 2) == f"{record['rmse_last']:.3f}"
        page.wait_for_function(
            "e => document.querySelector('.js-plotly-plot')._fullData.find((t) => t.uid === 'playhead-y')"
            ".x.every((x) => x === e)",
            arg=record["epoch"],
        )
        page.keyboard.press("ArrowRight")


def test_dragging_the_playhead_moves_line_and_numbers_together(page, url):
    open_runs(page, url)
    log = json.loads((app.LOGS / KEYS[0] / "convergence_log.json").read_text())
    playhead(page).scroll_into_view_if_needed()
    thumb, track = playhead(page).bounding_box(), page.locator("#runs-scrub").bounding_box()
    y = thumb["y"] + thumb["height"] / 2
    page.mouse.move(thumb["x"] + thumb["width"] / 2, y)
    page.mouse.down()
    page.mouse.move(track["x"] + 0.05 * track["width"], y, steps=8)
    page.mouse.up()
    page.wait_for_function(
        """(weights) => {
          const now = Number(document.querySelector("#runs-scrub [role=slider]").ariaValueNow);
          const line = document.querySelector(".js-plotly-plot").data.find((t) => t.uid === "playhead-y");
          const text = document.getElementById("runs-text-0-0").textContent;
          return now > 0 && now < 12 && line.x[0] === now && text === weights[now];
        }""",
        arg=[f"{record['lambda_rul']:.5f}" for record in log],
    )


def test_five_seeds_are_overlaid_by_ticking_rows(page, url):
    open_runs(page, url)
    page.get_by_label("Filter the list of runs").fill("FD002 gaba")
    for count, key in enumerate(KEYS[1:], start=2):
        page.locator(f'#runs-grid .ag-row[row-id="run {key}"] [col-id="name"]').click()
        expect(page.locator("#runs-count")).to_contain_text(f"{count} ticked")  # ticked rows have moved up
    overlaid(page, 5)
    looks = page.evaluate(STARTING.format("'applied-0'") + ".map((t) => t.line.color + t.marker.symbol)")
    assert len(set(looks)) == 5
    page.reload()
    overlaid(page, 5)
    for nth, key in enumerate(KEYS):
        _, y = drawn(page, "runs", "main", uid(page, "applied-0", nth))
        np.testing.assert_array_equal(y, read_run(app.LOGS / key).weights[:, 0].astype(np.float32))


def test_tab_stops_at_the_list_once_and_the_keys_tick_a_run_in_it(page, url):
    open_runs(page, url)
    search = page.get_by_label("Filter the list of runs")
    search.focus()
    page.keyboard.press("Tab")
    page.wait_for_function("document.activeElement.closest('#runs-grid') !== null")
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "Space"):
        page.keyboard.press(key)
    overlaid(page, 2)
    page.keyboard.press("Tab")
    beyond = page.locator("#runs-passed summary")  # what else the folder holds, the next stop of the page
    expect(beyond).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.wait_for_function("document.activeElement.closest('#runs-grid') !== null")
    page.keyboard.press("Shift+Tab")
    expect(search).to_be_focused()


def test_the_last_run_can_be_taken_out_and_put_back(page, url):
    open_runs(page, url)
    before = page.locator("#runs-when").inner_text()
    row = page.locator(f'#runs-grid .ag-row[row-id="run {KEYS[0]}"] [col-id="name"]')
    row.click()
    expect(page.locator("#runs-answer")).to_contain_text("No run is ticked.")
    expect(page.locator("#runs-when")).to_be_empty()
    row.click()
    overlaid(page, 1)
    expect(page.locator("#runs-when")).to_have_text(before)


def test_an_empty_folder_says_what_to_do_and_shows_no_empty_cards(page, own_url):
    page.goto(f"{own_url}/runs")
    answer = page.locator("#runs-answer")
    expect(answer).to_contain_text("This folder holds no runs yet.")
    expect(answer).to_contain_text("python -m gaba_core.training")
    for part in ("tall", "play", "verdicts", "parameters", "regimes", "columns", "report"):
        expect(page.locator(f"#runs-{part}")).to_be_hidden()
    expect(page.locator("#runs-grid")).to_contain_text("No runs yet")


def send(page, name, content):
    page.locator("#runs-upload input[type=file]").set_input_files(
        {"name": name, "mimeType": "application/json", "buffer": content}
    )


def test_a_log_dropped_on_the_page_is_drawn_alone(page, url):
    open_runs(page, url)
    log = [
        {"epoch": e, "rmse_last": 20.0 - e, "w_rul": 0.5 * 0.7**e, "w_health": 1 - 0.5 * 0.7**e}
        for e in range(9)
    ]
    send(page, '<a href="%">x</a>.json', json.dumps(log).encode())
    expect(page.locator("#runs-legend")).to_contain_text('<a href="%">x</a>.json')
    overlaid(page, 1, "state-0")
    assert "&lt;a" not in page.locator("#runs-legend").inner_text()
    _, y = drawn(page, "runs", "main", uid(page, "state-0"))
    np.testing.assert_array_equal(y, np.float32([r["w_rul"] for r in log]))


@pytest.mark.parametrize("content", [b"[{", b"[]", b"no log"])
def test_a_bad_file_is_told_once_and_changes_nothing(page, url, content):
    open_runs(page, url)
    before = page.locator("#runs-readout").inner_text()
    send(page, "bad.json", content)
    notice = page.locator(".mantine-Notification-root")
    expect(notice).to_contain_text("bad.json")
    assert notice.count() == 1
    assert page.locator("#runs-readout").inner_text() == before
    assert drawn(page, "runs", "main", uid(page, "applied-0"))[0].size > 30


def test_the_card_judges_the_balancer_of_each_selected_run(page, url):
    open_runs(page, url, "?runs=" + KEYS[0])
    rival = page.get_by_role("region", name="Verdicts on FD002 gradnorm seed 123")
    good = page.get_by_role("region", name="Verdicts on FD002 gaba seed 42")
    expect(good).to_contain_text("The balancer converged")
    runs = [read_run(path) for path in sorted((app.LOGS / KEYS[0]).parent.iterdir())]
    judged = diagnose(next(run for run in runs if run.info.seed == 42), runs)
    expect(good.locator(".mantine-Badge-root")).to_have_text(
        ["converged", judged.model.code.replace("-", " ")]
    )
    expect(rival).to_have_count(0)
    rule = good.get_by_text(judged.balancer.rule[:40])
    expect(rule).to_be_hidden()
    good.get_by_role("button", name=f"Evidence and rules, {len(judged.findings)} findings").click()
    expect(rule).to_be_visible()
    page.get_by_label("Filter the list of runs").fill("FD002 gradnorm 123")
    page.locator('#runs-grid .ag-row[row-id="run FD002/gradnorm/seed_123"] [col-id="name"]').click()
    expect(rival.locator(".mantine-Badge-root").first).to_have_text("diverged")
    expect(rule).to_be_visible()


def test_csv_comes_down(page, url):
    open_runs(page, url)
    with page.expect_download() as download:
        export(page, "CSV")
    lines = download.value.path().read_text().splitlines()
    assert lines[0].startswith("run,epoch,weight_rul,weight_health,ema_state_rul")
    assert len(lines) == 1 + len(read_run(app.LOGS / KEYS[0]).epochs)


def test_the_picture_comes_down_with_its_legend(page, url):
    open_runs(page, url)
    figure = saved(page, open_figure(page), "SVG").path().read_text()
    assert "weight rul, FD002 gaba seed 42" in figure


def test_the_records_lie_behind_the_picture(page, url):
    open_runs(page, url)
    page.get_by_role("button", name="Data table").click()
    expect(page.locator("#runs-data .ag-row").first).to_contain_text("FD002 gaba seed 42")


@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_nothing_runs_out_of_the_page(page, url, width):
    page.set_viewport_size({"width": width, "height": 844})
    open_runs(page, url, "?runs=" + ",".join(KEYS))
    assert page.evaluate("document.documentElement.scrollWidth") <= width
