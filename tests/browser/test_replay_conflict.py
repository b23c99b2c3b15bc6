"""The conflict picture of the Replay view under the hand."""

import numpy as np
import pytest
from playwright.sync_api import expect

from gaba_core.aggregators import gradient_cosines, harm_share, harms_any
from gaba_core.number_text import percent
from gaba_core.runs import read_run, replay
from tests.browser.test_replay import KEY, drag, open_view
from tests.paths import LOGS

pytestmark = pytest.mark.browser

DRAWN = """({steps, ends}) => {
  const host = document.getElementById(JSON.stringify({name: "below", type: "figure", view: "replay"}));
  const found = host?.querySelector(".js-plotly-plot")?._fullData?.find((t) => t.uid === "harmful");
  const near = (a, b) => Math.abs(a - b) < 1e-5;
  return found && found.x.length === 3 * steps.length
    && steps.every((step, i) => found.x[3 * i] === step && near(found.y[3 * i], ends[i]));
}"""


def test_a_held_floor_moves_the_marks_of_harm_and_what_it_costs(page, url):
    run = read_run(LOGS / KEY)
    open_view(page, url, "?x=steps&below=cosine&window=whole&beta=0.9&floor=0")
    value = drag(page, "floor", 3)
    again = replay(run, 0.9, value).weights[0]
    expect(page.locator("#replay-text-harm-gaba")).to_have_text(percent(harm_share(run.gramians, again)))
    harmful = np.flatnonzero(harms_any(run.gramians, again))
    marked = harmful[np.unique(np.linspace(0, len(harmful) - 1, min(len(harmful), 200)).astype(int))]
    ends = gradient_cosines(run.gramians)[marked, 0, 1] - 0.05
    page.wait_for_function(DRAWN, arg={"steps": marked.tolist(), "ends": ends.tolist()})
    expect(page.locator("#replay-text-harm-costs")).to_contain_text("The floor brings harm to another")
    page.mouse.up()
