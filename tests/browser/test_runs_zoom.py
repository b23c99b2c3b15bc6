"""Zoom of the Runs picture in a browser: full detail in sight, kept in the link and while a log grows."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.browser.pictures import double_click, wait_until_still
from tests.browser.test_runs_live import points, put, redrawn
from tests.run_logs import info, records, write

KEY = "FD002/gaba/seed_42"
RECORDS = 20_000
VISIBLE_POINTS = """() => {
  const { _fullData, _fullLayout } = document.querySelector(".js-plotly-plot");
  const [low, high] = _fullLayout.xaxis.range;
  const line = _fullData.find((t) => t.uid.startsWith("metric-0"));
  return [low, high, Array.from(line.x).filter((v) => v >= low && v <= high).length];
}"""
RANGES = """() => {
  const { xaxis, yaxis } = document.querySelector(".js-plotly-plot")._fullLayout;
  return [xaxis, yaxis].map((axis) => axis.range);
}"""


@pytest.fixture
def long(tmp_path, own_url):
    log = [record | {"epoch": e} for e, record in enumerate(records(10) * (RECORDS // 10))]
    write(tmp_path / KEY, log, run=info(finished="then"))
    return f"{own_url}/runs"


@pytest.fixture
def redraws(page):
    seen = []
    page.on(
        "request",
        lambda request: seen.append(1) if "runs-legend.children" in (request.post_data or "") else None,
    )
    return seen


def opened(page, address):
    page.goto(address)
    wait_until_still(page)
    expect(page.locator("#runs-when")).not_to_be_empty()


def drag(page, start, end):
    """Drag a zoom box along the time axis of the upper panel, by shares of its width."""
    page.locator(".js-plotly-plot").scroll_into_view_if_needed()
    box = page.locator(".js-plotly-plot .nsewdrag").first.bounding_box()
    y = box["y"] + 0.5 * box["height"]
    page.mouse.move(box["x"] + start * box["width"], y)
    page.mouse.down()
    page.mouse.move(box["x"] + end * box["width"], y, steps=5)
    with page.expect_response(redrawn):
        page.mouse.up()


def ranges(page):
    return page.evaluate(RANGES)


def reset(page, panel=0):
    box = page.locator(".js-plotly-plot .nsewdrag").nth(panel).bounding_box()
    double_click(page, box["x"] + 0.5 * box["width"], box["y"] + 0.5 * box["height"])


def drawn_anew(page):
    """Plotly takes the ranges in sight for home, as where a first drawing has them, and draws."""
    page.evaluate(
        """() => {
          const graph = document.querySelector(".js-plotly-plot");
          for (const name of Object.keys(graph.layout.meta.zoom)) {
            const axis = graph._fullLayout[name];
            Object.assign(axis, { _rangeInitial0: axis.range[0], _rangeInitial1: axis.range[1] });
          }
          return window.Plotly.redraw(graph);
        }"""
    )


def test_a_zoom_brings_full_detail_once_and_a_double_click_all_of_it(page, long, redraws):
    opened(page, long)
    whole = page.evaluate(VISIBLE_POINTS)
    assert whole[2] <= 1000
    drag(page, 0.5, 0.52)
    page.wait_for_function(
        f"() => {{ const [a, b, n] = ({VISIBLE_POINTS})(); return n === Math.floor(b) - Math.ceil(a) + 1; }}"
    )
    assert page.evaluate(VISIBLE_POINTS)[2] > 200
    page.wait_for_timeout(600)  # a second redraw would have been asked for
    assert len(redraws) == 1
    drawn_anew(page)
    with page.expect_response(redrawn):
        reset(page)
    page.wait_for_function(
        f"([a, b]) => {{ const now = ({VISIBLE_POINTS})(); return now[0] === a && now[1] === b; }}",
        arg=whole[:2],
    )
    page.wait_for_url(re.compile(r"^[^?]*(\?(?!.*zoom).*)?$"))
    page.wait_for_timeout(600)
    assert len(redraws) == 2


def test_a_zoom_is_in_the_link_and_the_link_is_copied(page, long):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    opened(page, long)
    drag(page, 0.2, 0.4)
    page.wait_for_url("**zoom=*")
    here = page.evaluate(VISIBLE_POINTS)
    page.get_by_role("button", name="Copy link").click()
    expect(page.locator("#gaba-copy")).to_have_text("Copied")
    link = page.evaluate("navigator.clipboard.readText()")
    assert link == page.url
    opened(page, link)
    assert page.evaluate(VISIBLE_POINTS)[:2] == pytest.approx(here[:2], rel=1e-6)


def test_a_link_without_a_dropped_file_says_so(page, long):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    opened(page, long)
    file = {"name": "mine.json", "mimeType": "application/json", "buffer": json.dumps(records(4)).encode()}
    with page.expect_response(redrawn):
        page.locator("#runs-upload input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Copy link").click()
    notice = page.locator(".mantine-Notification-root")
    expect(notice).to_contain_text("A dropped file cannot be shared")
    expect(notice).to_contain_text("mine.json")


def test_a_zoom_stays_while_the_log_grows(page, tmp_path, own_url):
    log = write(tmp_path / KEY, records(30), run=info(started="then", stopped=None)) / "convergence_log.json"
    opened(page, f"{own_url}/runs")
    drag(page, 0.3, 0.6)
    page.wait_for_url("**zoom=*")
    before = ranges(page)
    put(log, 33)
    points(page, 33)
    assert ranges(page) == [pytest.approx(ends, rel=1e-6) for ends in before]


@pytest.mark.parametrize("anew", [False, True])
def test_all_of_a_log_with_a_stray_value_stays_in_sight_while_it_grows(page, tmp_path, own_url, anew):
    log = [{**record, "epoch": e} for e, record in enumerate(records(10) * 20)]
    log[30]["rmse_last"], log[31]["rmse_last"] = 1e6, 0.0  # a 0, and the axis is not logarithmic
    path = write(tmp_path / KEY, log, run=info(started="then", stopped=None)) / "convergence_log.json"
    opened(page, f"{own_url}/runs")
    page.locator(".js-plotly-plot").scroll_into_view_if_needed()
    top = "document.querySelector('.js-plotly-plot')._fullLayout.yaxis2.range[1]"
    assert page.evaluate(top) < 1e5
    if anew:
        drawn_anew(page)
    with page.expect_response(redrawn):
        reset(page, panel=1)
    page.wait_for_url("**zoom=*all*")
    page.wait_for_function(f"{top} > 1e6")
    path.with_suffix(".tmp").write_text(json.dumps([*log, {**log[-1], "epoch": 200}]))
    with page.expect_response(redrawn):
        path.with_suffix(".tmp").replace(path)
    points(page, 201)
    assert page.evaluate(top) > 1e6
    with page.expect_response(redrawn):
        reset(page, panel=1)
    page.wait_for_function(f"{top} < 1e5")
