"""The Recovery and Divergence panels of the Anti-windup view as a person uses them."""

import numpy as np
import pytest
from playwright.sync_api import expect

from components.anti_windup.divergence.state import DivergenceState
from gaba_core.anti_windup import recovery_experiment
from gaba_core.comparators import failures_of, run_divergence
from tests.browser.pictures import drawn
from tests.browser.test_anti_windup import middle, open_panel, thumb

pytestmark = pytest.mark.browser


def test_dragging_the_target_redraws_every_scheme_and_its_metrics(page, url):
    open_panel(page, url, "recovery")
    expect(page.locator("#anti-windup-recovery-bias-F")).to_have_text("+0.0121")
    x, y = middle(thumb(page, "after"))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y, steps=6)
    after = float(thumb(page, "after").get_attribute("aria-valuenow"))
    expected = recovery_experiment("A", after=after)
    expect(page.locator("#anti-windup-recovery-text-A-iae")).to_have_text(f"{expected.iae:.3f}")
    steps, output = drawn(page, "anti-windup-recovery", "recovery", "output-A")
    np.testing.assert_array_equal(output, expected.output[steps.astype(int) + 800].astype(np.float32))
    page.mouse.up()
    page.wait_for_url("**after=*")


def test_the_length_of_the_flat_stretch_is_written_at_its_bracket(page, url):
    open_panel(page, url, "recovery")
    label = page.locator("#anti-windup-recovery-text-mark-stuck")
    expect(label).to_have_text("174 steps stuck")
    x, y = middle(thumb(page, "after"))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 12, y, steps=4)
    after = float(thumb(page, "after").get_attribute("aria-valuenow"))
    delay = recovery_experiment("A", after=after).release_delay
    assert 0 < delay < 174
    expect(label).to_have_text(f"{delay} steps stuck")
    page.mouse.up()
    page.wait_for_function(
        """([x]) => {
          const mark = document.getElementById("anti-windup-recovery-text-mark-stuck");
          const label = mark.getBoundingClientRect();
          const graph = document.querySelector(".gaba-graph[data-view=anti-windup-recovery] .js-plotly-plot");
          const axis = graph._fullLayout.xaxis;
          const there = graph.getBoundingClientRect().left + axis._offset + axis.d2p(x);
          return Math.abs(label.left - there) <= 2;
        }""",
        arg=[delay / 2],
    )


def test_on_a_small_laptop_names_and_table_of_all_schemes_have_room(page, url):
    page.set_viewport_size({"width": 1024, "height": 768})
    open_panel(page, url, "recovery", "&window=whole&schemes=A,B,C,D,E,F,G")
    page.wait_for_function(
        """() => {
          const graph = document.querySelector(".js-plotly-plot").getBoundingClientRect();
          const names = [...document.querySelectorAll(".js-plotly-plot .textpoint text")]
            .filter((text) => text.textContent.includes("Output clamp"));
          return names.length === 1 && names[0].getBoundingClientRect().right <= graph.right;
        }"""
    )
    crowded = "parts => parts.filter((part) => part.scrollWidth > part.clientWidth).map((p) => p.innerText)"
    assert page.locator(".gaba-metrics, .gaba-metrics div, .gaba-metrics th").evaluate_all(crowded) == []


def test_dragging_the_noise_runs_every_method_on_the_same_draws(page, url):
    open_panel(page, url, "divergence")
    x, y = middle(thumb(page, "sigma"))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 50, y, steps=6)
    state = DivergenceState(sigma=float(thumb(page, "sigma").get_attribute("aria-valuenow")))
    found = failures_of(run_divergence(state.settings()))
    step = int(found["gradnorm-raw"].first["left"][0])
    expect(page.locator("#anti-windup-divergence-text-gradnorm-raw-left")).to_have_text(f"from step {step}")
    page.mouse.up()
    page.wait_for_url("**sigma=*")


def test_failure_rates_come_unasked_into_matrix_table_and_picture(page, url):
    open_panel(page, url, "divergence", "&methods=gaba,gradnorm-raw&steps=60")
    table = page.get_by_role("table", name="Smallest noise at which a seed fails")
    expect(table.locator("tbody tr").first).to_contain_text("none up to σ = 3")
    matrix = page.get_by_role("table", name="Failures of every method")
    expect(matrix.locator(".gaba-bars[role=img]")).to_have_count(8)
    page.wait_for_function(
        """(view) => {
          const host = document.getElementById(JSON.stringify({ name: "rates", type: "figure", view }));
          const data = host?.querySelector(".js-plotly-plot")?._fullData;
          const rate = data?.find((t) => t.uid === "rate-gradnorm-raw");
          return rate && Math.min(...rate.y) > 50;
        }""",
        arg="anti-windup-divergence",
    )


def test_a_pressed_cell_lets_its_method_stand_out(page, url):
    open_panel(page, url, "divergence", "&methods=gaba,gradnorm-raw&steps=60")
    matrix = page.get_by_role("table", name="Failures of every method")
    cell = matrix.locator("tbody tr").nth(1).get_by_role("button").first
    expect(cell).to_have_attribute("aria-pressed", "false")
    cell.click()
    page.wait_for_url("**cell=gradnorm-raw*")
    expect(cell).to_have_attribute("aria-pressed", "true")
    page.wait_for_function(
        """(view) => {
          const host = document.getElementById(JSON.stringify({ name: "weights", type: "figure", view }));
          const data = host?.querySelector(".js-plotly-plot")?._fullData ?? [];
          const [raw, gaba] = ["gradnorm-raw-42", "gaba-42"].map((uid) => data.find((t) => t.uid === uid));
          return raw?.opacity === 1 && gaba?.opacity < 1;
        }""",
        arg="anti-windup-divergence",
    )
