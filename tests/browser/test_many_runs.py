"""A hundred runs in one picture: a canvas draws them, the pointer names them, a file and a link hold them."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.pictures import open_figure, saved, wait_until_still
from tests.run_logs import info, write

RUNS, RECORDS = 100, 100
LINK = "runs?runs=FD002%2Fgaba%2Fseed_0**99&metric=rmse_last"
CANVAS = ".js-plotly-plot canvas.gaba-lines"
INK = """() => {
  const canvas = document.querySelector("canvas.gaba-lines");
  const { _size: size } = document.querySelector(".js-plotly-plot")._fullLayout;
  const sharp = canvas.width / canvas.clientWidth;
  const { data, width } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let [inside, left] = [0, 0];
  for (let i = 0; i < data.length / 4; i++) {
    if (data[4 * i + 3] > 0) (i % width) / sharp < size.l - 2 ? left++ : inside++;
  }
  return [inside, left];
}"""


@pytest.fixture
def folder(tmp_path):
    rng = np.random.default_rng(1)
    for seed in range(RUNS):
        level = 10.0 + seed
        log = [
            {"epoch": e, "w_rul": w, "w_health": 1.0 - w, "rmse_last": level + r}
            for e, (w, r) in enumerate(zip(*(0.1 * rng.random((2, RECORDS))).tolist(), strict=True))
        ]
        write(tmp_path / f"FD002/gaba/seed_{seed}", log, info(seed=seed, finished="then"))
    return tmp_path


@pytest.fixture
def opened(folder, own_url, page):
    page.goto(f"{own_url}/{LINK}")
    wait_until_still(page)
    expect(page.locator(CANVAS)).to_have_attribute("data-lines", str(2 * RUNS))
    return page


def test_a_hundred_runs_are_on_the_canvas_and_plotly_draws_none_of_them(opened):
    canvas = opened.locator(CANVAS)
    expect(canvas).to_have_attribute("data-points", str(2 * RUNS * (RECORDS - 1)))
    inside, left = opened.evaluate(INK)
    assert inside > 10_000
    assert left == 0  # nothing lies over the names of the axis
    assert opened.locator(".js-plotly-plot path.js-line").count() < 10


def test_a_zoom_draws_what_is_in_sight_and_the_link_keeps_it(opened):
    ends = "() => document.querySelector('.js-plotly-plot')._fullLayout.xaxis.range"
    box = opened.locator(".js-plotly-plot .nsewdrag").last.bounding_box()
    y = box["y"] + box["height"] / 2
    opened.mouse.move(box["x"] + 0.25 * box["width"], y)
    opened.mouse.down()
    opened.mouse.move(box["x"] + 0.5 * box["width"], y, steps=4)
    opened.mouse.up()
    opened.wait_for_url(re.compile("zoom="))
    low, high = opened.evaluate(ends)
    assert 0 < low < high < 0.6 * RECORDS
    seen = int(np.floor(high)) - int(np.ceil(low)) + 2  # and the way out to either side
    expect(opened.locator(CANVAS)).to_have_attribute("data-points", str(2 * RUNS * seen))


def test_the_pointer_names_the_nearest_run(opened):
    place = opened.evaluate("""() => {
      const graph = document.querySelector(".js-plotly-plot");
      const { xaxis, yaxis2 } = graph._fullLayout;
      const { left, top } = graph.getBoundingClientRect();
      return [left + xaxis._offset + xaxis.d2p(50), top + yaxis2._offset + yaxis2.d2p(52.05)];
    }""")
    opened.mouse.move(*place)
    expect(opened.locator(".hoverlayer")).to_contain_text(re.compile("seed 4[23]"))


def test_a_file_holds_every_line(opened):
    svg = saved(opened, open_figure(opened), "SVG").path().read_text(encoding="utf-8")
    assert svg.count('class="js-line"') >= 2 * RUNS


def test_the_link_of_all_runs_is_short(folder, own_url, page):
    page.goto(f"{own_url}/runs")
    wait_until_still(page)
    expect(page.locator("#runs-count")).to_contain_text("100 runs")
    page.get_by_role("checkbox", name="Tick every run").check()
    page.wait_for_url(re.compile("seed_"))
    expect(page.locator(CANVAS)).to_have_attribute("data-lines", str(2 * RUNS))
    assert len(page.url) < len(own_url) + 600
    page.reload()
    expect(page.locator(CANVAS)).to_have_attribute("data-lines", str(2 * RUNS))
    expect(page.locator("#runs-legend")).to_contain_text("100 runs, a line each.")
