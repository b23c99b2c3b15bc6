"""What the browser has drawn, read from the graph itself."""

import numpy as np
import pytest
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from playwright.sync_api import expect

from tests.browser.modules import load_modules

_READ = """([view, name, uid]) => {
  const host = document.getElementById(JSON.stringify({name, type: "figure", view}));
  const trace = host.querySelector(".js-plotly-plot")._fullData.find((t) => t.uid === uid);
  return trace && [Array.from(trace.x), Array.from(trace.y)];
}"""

_STILL = """() => {
  const hosts = [...document.querySelectorAll("#react-entry-point .gaba-graph")];
  const near = (a, b) => Math.abs(a - b) < 1; // a place on the page need not be whole pixels
  const fits = (g) => near(g._fullLayout.width, g.offsetWidth) && near(g._fullLayout.height, g.offsetHeight);
  return hosts.length > 0 && hosts.every((host) => {
    const graph = host.querySelector(".js-plotly-plot");
    const plot = ours.dragOf(host.dataset.view).plots.get(host.dataset.figure);
    return graph && plot?.graph === graph && fits(graph);
  });
}"""
_SIZES = """() => [...document.querySelectorAll("#react-entry-point .gaba-graph")].map((host) => {
  const graph = host.querySelector(".js-plotly-plot");
  const known = ours.dragOf(host.dataset.view).plots.get(host.dataset.figure)?.graph === graph;
  const { width, height } = graph?._fullLayout ?? {};
  return [host.dataset.figure, known, width, graph?.offsetWidth, height, graph?.offsetHeight];
})"""
_EASED = """() => [...document.querySelectorAll("#react-entry-point .gaba-graph")].every((host) => {
  const { graph, ranges } = ours.dragOf(host.dataset.view).plots.get(host.dataset.figure);
  const ends = (axis) => String(graph._fullLayout[axis].range);
  return Object.entries(ranges).every(([axis, range]) => ends(axis) === String(range));
})"""
_ANEW = """() => {
  window.doubled = 0;
  for (const graph of document.querySelectorAll(".js-plotly-plot")) {
    graph._mouseDownTime = 0; // a press before is no part of this double-click
    if (!graph.counted) graph.on("plotly_doubleclick", () => { window.doubled += 1; });
    graph.counted = true;
  }
}"""


def wait_until_still(page):
    """Wait until every picture of the page is drawn in its place. A page is "idle" for long before that."""
    load_modules(page)
    try:
        page.wait_for_function(_STILL)
    except PlaywrightTimeout:
        pytest.fail(f"drawn and given sizes: {page.evaluate(_SIZES)}")


def wait_until_eased(page):
    """Wait until the axes of every picture end where its numbers ask for it."""
    page.wait_for_function(_EASED)


def double_click(page, x, y):
    """Double-click in a picture; again where a busy machine took longer than Plotly lets it take."""
    for _ in range(5):
        page.evaluate(_ANEW)
        page.mouse.dblclick(x, y)
        if page.evaluate("window.doubled"):
            return
    raise AssertionError("none of five double-clicks was taken for one")


def drawn(page, view, name, uid):
    """x and y of one drawn trace, float32."""
    x, y = page.evaluate(_READ, [view, name, uid])
    return np.float32(x), np.float32(y)


def wait_until_drawn(page, view, name, uid, expected, unit=1):
    """Wait until a trace's y are exactly the expected numbers, one a step; `unit` steps are 1 of x."""
    page.wait_for_function(
        """([view, name, uid, y, unit]) => {
          const host = document.getElementById(JSON.stringify({name, type: "figure", view}));
          const trace = host?.querySelector(".js-plotly-plot")?._fullData?.find((t) => t.uid === uid);
          const same = (value, i) => Math.fround(value) === Math.fround(y[Math.round(trace.x[i] * unit)]);
          return trace?.y.length > 0 && trace.y.every(same);
        }""",
        arg=[view, name, uid, np.float32(expected).tolist(), unit],
    )


def export(page, item, nth=0):
    """Choose an item of the export menu of one of the page's cards."""
    menu = page.locator(".gaba-menu").nth(nth)
    menu.get_by_text("Export", exact=True).click()
    menu.get_by_role("button", name=item, exact=True).click()


def open_figure(page, nth=0):
    """Open the dialog in which a picture of the page becomes a figure; it has drawn the figure."""
    button = page.locator(".gaba-to-figure").nth(nth)
    menu = page.locator(".gaba-menu").filter(has=button)
    if menu.count():
        menu.get_by_text("Export", exact=True).click()
    button.click()
    dialog = page.locator("dialog.gaba-figure")
    expect(dialog).to_have_attribute("data-drawn", "1")
    return dialog


def redrawn(dialog, act):
    """Wish for another figure and wait until it is drawn."""
    before = int(dialog.get_attribute("data-drawn"))
    act()
    expect(dialog).to_have_attribute("data-drawn", str(before + 1))


def saved(page, dialog, kind):
    """The file that a button of the dialog saves."""
    with page.expect_download() as download:
        dialog.get_by_role("button", name=kind, exact=True).click()
    return download.value
