"""More than two tasks on Convergence: chosen, dragged, drawn together, and kept in the link."""

from dataclasses import replace

import numpy as np
import pytest
from playwright.sync_api import expect

from components.convergence.sentence import sentence
from components.convergence.state import ConvergenceState
from gaba_core.parameters import quantity_of
from gaba_core.simulation import simulate
from tests.browser.pictures import drawn, wait_until_drawn, wait_until_still
from tests.browser.test_convergence import box, open_view, shown, thumb

pytestmark = pytest.mark.browser
POSITIONS = quantity_of(ConvergenceState, "norm_3").positions()


def choose(page, label, option):
    page.get_by_role("radiogroup", name=label, exact=True).get_by_text(option, exact=True).click()


def wait_for(page, state, uid, seed, task):
    weights = simulate(state.params).weights[state.seeds.index(seed), :, task - 1]
    wait_until_drawn(page, "convergence", "weights", uid, weights, state.steps_per_epoch)


def drag(page, param):
    thumb(page, param).scroll_into_view_if_needed()
    spot = thumb(page, param).bounding_box()
    x, y = spot["x"] + spot["width"] / 2, spot["y"] + spot["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y, steps=10)
    page.mouse.up()
    return shown(page, param)


def test_five_tasks_are_chosen_dragged_drawn_together_and_restored_by_the_link(page, url):
    open_view(page, url)
    choose(page, "Tasks", "5")
    five = ConvergenceState(tasks=5)
    wait_for(page, five, "seed-42", 42, 1)
    expect(thumb(page, "ratio")).to_be_hidden()
    expect(page.locator(".gaba-control[data-param^=norm_]")).to_have_count(5)

    thumb(page, "norm_3").scroll_into_view_if_needed()
    value = drag(page, "norm_3")
    assert value in POSITIONS
    assert value > five.norm_3
    moved = replace(five, norm_3=value)
    wait_for(page, moved, "seed-42", 42, 1)
    page.wait_for_url(f"**norm_3={value:g}*")

    choose(page, "Lines", "All tasks, one seed")
    choose(page, "Task drawn", "3")
    wanted = replace(moved, curves="tasks", task=3)
    expect(page.locator(".gaba-says")).to_have_text(sentence(wanted))
    page.wait_for_url("**curves=tasks*")
    link = page.url

    page.goto(link)
    wait_until_still(page)
    run = simulate(wanted.params)
    for task in range(5):
        x, y = drawn(page, "convergence", "weights", f"task-{task + 1}")
        np.testing.assert_array_equal(y, run.weights[0, np.rint(x * 49).astype(int), task].astype(np.float32))
    expect(box(page, "norm_3")).to_have_value(f"{value:g}")
    expect(page.locator(".gaba-says")).to_have_text(sentence(wanted))


@pytest.mark.slow
def test_back_undoes_a_number_of_tasks_and_a_preset_returns_to_two(page, url):
    open_view(page, url, "?tasks=3&norm_2=7")
    choose(page, "Tasks", "6")
    wait_for(page, ConvergenceState(tasks=6, norm_2=7.0), "seed-42", 42, 1)
    page.wait_for_url("**tasks=6*")
    page.go_back()
    wait_for(page, ConvergenceState(tasks=3, norm_2=7.0), "seed-42", 42, 1)
    page.get_by_role("button", name="FD004", exact=True).click()
    wait_for(page, ConvergenceState(steps_per_epoch=41), "seed-42", 42, 1)
    expect(thumb(page, "ratio")).to_be_visible()
    expect(page.locator(".gaba-control[data-param^=norm_]")).to_have_count(0)
    assert "norm_" not in page.url
