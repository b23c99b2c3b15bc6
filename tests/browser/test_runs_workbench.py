"""The Runs page as a workbench: every control changed by hand, and what the picture does then."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect

import app
from gaba_core.runs import read_run, smoothed
from tests.browser.pictures import drawn
from tests.browser.test_runs import KEYS, STARTING, open_runs, overlaid, playhead, uid, unfold

LAYOUT = "document.querySelector('.js-plotly-plot')?._fullLayout"
SPIKE = """() => {
  const line = document.querySelector(".js-plotly-plot .hoverlayer line.spikeline");
  return line && ["y1", "y2"].map((end) => Number(line.getAttribute(end))).sort((a, b) => a - b);
}"""
PANELS = """() => {
  const layout = document.querySelector(".js-plotly-plot")._fullLayout;
  const axes = Object.keys(layout).filter((k) => /^yaxis/.test(k)).map((k) => layout[k]);
  const ends = axes.map((a) => a._offset + a._length);
  return [Math.min(...axes.map((a) => a._offset)), Math.max(...ends), axes.length];
}"""

# Whether a trace's last point, and its symbols, are painted at the height that its own axis gives them.
HELD = """([uid, y, symbols]) => {
  const graph = document.querySelector(".js-plotly-plot");
  const group = graph.querySelector(`.trace.trace${uid}`);
  const { yaxis2 } = graph._fullLayout;
  const near = (text, height) => Math.abs(Number(text) - yaxis2.d2p(height)) < 0.1;
  const line = group.querySelector("path.js-line").getAttribute("d").split(/[ML]/).at(-1).split(",")[1];
  const full = graph._fullData.find((t) => t.uid === uid);
  const drawn = [...group.querySelectorAll("path.point")].filter((p) => symbols.includes(p.__data__.i));
  const height = (p) => p.getAttribute("transform").match(/,\\s*([-\\d.]+)/)[1];
  return near(line, y) && drawn.length > 1 && drawn.every((p) => near(height(p), full.y[p.__data__.i]));
}"""


def choose(page, label, *options):
    """Pick options of a drop-down list by the words of both."""
    page.get_by_role("textbox", name=label).click()
    for option in options:
        page.get_by_role("option", name=option, exact=True).click()


def rmse(key):
    return read_run(app.LOGS / key).metrics["rmse_last"]


def test_a_panel_is_added_and_cross_hair_and_playhead_run_over_all(page, url):
    open_runs(page, url, "?runs=" + ",".join(KEYS[:2]))
    panels = ("Gradient norms by task", "Gradient ratio, 5th to 95th percentile")
    for number, panel in enumerate(panels, start=3):
        choose(page, "Metric panels (up to 3)", panel)
        page.keyboard.press("Escape")
        page.wait_for_function(f"() => {LAYOUT}?.yaxis{number}")
    overlaid(page, 2)
    expect(page).to_have_url(re.compile("metric=rmse_last%2Cnorms%2Cratio"))
    top, bottom, count = page.evaluate(PANELS)
    assert count == 4
    graph = page.locator(".js-plotly-plot")
    graph.scroll_into_view_if_needed()
    box = graph.bounding_box()
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + top + 40)
    page.wait_for_function(f"() => ({SPIKE})()")
    above, below = page.evaluate(SPIKE)
    assert above <= top + 1
    assert below >= bottom - 1
    playhead(page).focus()
    page.keyboard.press("Home")
    for axis in ("y", "y2", "y3", "y4"):
        page.wait_for_function(
            "uid => document.querySelector('.js-plotly-plot').data.find((t) => t.uid === uid).x[0] === 0",
            arg=f"playhead-{axis}",
        )
    page.reload()
    page.wait_for_function(f"() => {LAYOUT}?.yaxis4")
    assert page.evaluate("document.documentElement.scrollWidth") <= 1440


def test_time_can_be_counted_in_seconds_and_drawn_by_decades(page, url):
    open_runs(page, url, "?runs=" + KEYS[0])
    page.get_by_text("Seconds", exact=True).click()
    page.wait_for_function(f"() => {LAYOUT}?.xaxis.title.text === 'seconds of training'")
    x, y = drawn(page, "runs", "main", uid(page, "metric-0"))
    seconds = np.cumsum(read_run(app.LOGS / KEYS[0]).metrics["seconds"])
    np.testing.assert_array_equal(x, seconds.astype(np.float32))
    np.testing.assert_array_equal(y, rmse(KEYS[0]).astype(np.float32))
    best = read_run(app.LOGS / KEYS[0]).best_epoch
    expect(page.locator("#runs-when")).to_have_text(f"{seconds[best]:.1f} s, epoch {best}")
    unfold(page)
    page.get_by_text("Log time axis", exact=True).click()
    page.wait_for_function(f"() => {LAYOUT}?.xaxis.type === 'log'")
    expect(page).to_have_url(re.compile("x=seconds"))


def test_smoothing_follows_the_hand_and_keeps_the_log_below(page, url):
    open_runs(page, url, "?runs=" + KEYS[0])
    unfold(page)
    slider = page.get_by_role("slider", name="Smoothing")
    slider.scroll_into_view_if_needed()
    thumb = slider.bounding_box()
    track = page.locator('.gaba-control[data-param="smooth"] .mantine-Slider-track').bounding_box()
    y = thumb["y"] + thumb["height"] / 2
    page.mouse.move(thumb["x"] + thumb["width"] / 2, y)
    page.mouse.down()
    page.mouse.move(track["x"] + 0.6 * track["width"], y, steps=6)
    held = float(slider.get_attribute("aria-valuenow"))
    assert 0.5 < held < 0.7
    expected = smoothed(rmse(KEYS[0]), held).astype(np.float32)
    page.wait_for_function(
        "([uid, y]) => Math.abs(document.querySelector('.js-plotly-plot')._fullData"
        ".find((t) => t.uid === uid).y[1] - y) < 1e-4",
        arg=[uid(page, "metric-0"), float(expected[1])],
    )
    page.wait_for_function(HELD, arg=[uid(page, "metric-0"), float(expected[-1]), list(range(expected.size))])
    page.mouse.up()
    expect(page).to_have_url(re.compile(f"smooth={held}"))
    expect(page.locator("#runs-legend")).to_contain_text("as logged, before smoothing")
    np.testing.assert_array_equal(drawn(page, "runs", "main", uid(page, "metric-0"))[1], expected)
    raw = drawn(page, "runs", "main", uid(page, "raw-0"))[1]
    np.testing.assert_array_equal(raw, rmse(KEYS[0]).astype(np.float32))


def test_runs_are_averaged_by_a_column_of_the_list(page, url):
    rivals = [f"FD002/dwa/seed_{seed}" for seed in (42, 123)]
    open_runs(page, url, "?runs=" + ",".join([*KEYS, *rivals]))
    unfold(page)
    choose(page, "Group by", "Method")
    page.wait_for_function(f"([s]) => {STARTING.format('s')}.length === 2", arg=["mean-y2"])
    expect(page.locator("#runs-legend")).to_contain_text(re.compile("gaba5 runs.*dwa2 runs.*mean ± sd"))
    _, mean = drawn(page, "runs", "main", uid(page, "mean-y2"))
    first = np.mean([rmse(key)[0] for key in KEYS])
    assert mean[0] == pytest.approx(first, rel=1e-6)
    expect(page).to_have_url(re.compile("group=method"))


def test_differences_from_a_pinned_run_are_drawn_and_come_back_with_the_link(page, url):
    open_runs(page, url, "?runs=" + ",".join(KEYS[:2]))
    unfold(page)
    choose(page, "Baseline", "FD002 gaba seed 42")
    expect(page.locator("#runs-legend")).to_contain_text("Differences from FD002 gaba seed 42")
    page.wait_for_function(f"() => {LAYOUT}?.yaxis2.title.text === 'Δ RMSE (cycles)'")
    other = rmse(KEYS[1])
    common = min(other.size, rmse(KEYS[0]).size)
    expected = np.full(other.size, np.nan, dtype=np.float32)  # where the first has no epoch there is none
    expected[:common] = other[:common] - rmse(KEYS[0])[:common]
    np.testing.assert_array_equal(drawn(page, "runs", "main", uid(page, "metric-0", 1))[1], expected)
    page.reload()
    page.wait_for_function(f"() => {LAYOUT}?.yaxis2?.title.text === 'Δ RMSE (cycles)'")


@pytest.mark.parametrize("width", [1024, 390])
def test_four_panels_stay_in_the_page_and_can_be_read(page, url, width):
    page.set_viewport_size({"width": width, "height": 844})
    open_runs(page, url, f"?runs={','.join(KEYS)}&metric=rmse_last,norms,ratio&group=seed&smooth=0.9")
    page.wait_for_function(f"() => {LAYOUT}?.yaxis4")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    least = page.evaluate(
        f"() => Math.min(...['yaxis2', 'yaxis3', 'yaxis4'].map((a) => {LAYOUT}[a]._length))"
    )
    assert least > 90
    order = page.get_by_text("From the top: weight, rul; RMSE (cycles); gradient norm; gradient ratio")
    expect(order).to_be_visible(visible=width < 768)


@pytest.mark.parametrize("path", ["/", "/step-response", "/anti-windup?panel=recovery", "/runs"])
def test_no_graph_offers_to_send_what_it_shows_elsewhere(page, url, path):
    page.goto(url + path)
    page.wait_for_function("document.querySelector('.js-plotly-plot')?._fullData?.length > 0")
    expect(page.locator(".modebar-btn").first).to_be_attached()
    expect(page.locator(".modebar-btn[data-title^=Share]")).to_have_count(0)
