"""The list of runs in a browser: verdicts in sight, groups, ticks on top, a search, and how it is left."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_runs import KEYS, open_runs, overlaid
from tests.browser.test_runs_player import FRAMES

pytestmark = pytest.mark.browser


def row(page, key):
    return page.locator(f'#runs-grid .ag-row[row-id="run {key}"]')


def test_rows_in_sight_have_their_verdicts_and_groups_say_how_many_were_judged(page, url):
    asked = []
    page.on("request", lambda r: asked.append(r.url) if "live/verdicts" in r.url else None)
    open_runs(page, url)
    for key in KEYS:
        for column in ("balancer", "model"):
            expect(row(page, key).locator(f'[col-id="{column}"] .gaba-pill')).not_to_be_empty()
    group = row(page, "group FD002 gaba")
    expect(group).to_contain_text("5 runs, RMSE")
    expect(group).to_contain_text("±")
    expect(group.locator(".gaba-pill")).to_have_count(2)
    seen = page.locator("#runs-grid .ag-row .gaba-pill").count()
    assert seen > 0
    assert not any("uncertainty" in address for address in asked)  # far below, nobody looks at it


@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_several_runs_of_the_list_are_in_sight_and_can_be_ticked(page, url, width):
    page.set_viewport_size({"width": width, "height": 844})
    open_runs(page, url)
    other = row(page, KEYS[1])
    other.scroll_into_view_if_needed()
    shown = page.locator("#runs-grid .ag-body-viewport").bounding_box()
    assert shown["height"] >= 6 * other.bounding_box()["height"]
    other.locator("input").check()
    overlaid(page, 2)


def test_a_click_on_a_group_ticks_its_seeds_and_ticked_runs_stand_on_top(page, url):
    open_runs(page, url)
    row(page, "group FD004 gaba").click()
    overlaid(page, 6)
    tops = page.evaluate(
        """() => [...document.querySelectorAll("#runs-grid .ag-row")]
          .sort((a, b) => a.ariaRowIndex - b.ariaRowIndex).slice(0, 6)
          .map((row) => row.getAttribute("row-id"))"""
    )
    assert sorted(tops) == sorted(f"run {key}" for key in (KEYS[0], *_fd004()))
    expect(page.locator("#runs-answer")).to_contain_text("6 of 6 balancers converged")
    row(page, "group FD004 gaba").click()
    overlaid(page, 1)


def _fd004():
    return [f"FD004/gaba/seed_{seed}" for seed in (42, 123, 456, 789, 1024)]


def test_all_that_a_search_finds_is_ticked_at_once_and_one_that_finds_nothing_leads_back(page, url):
    open_runs(page, url)
    search = page.get_by_label("Filter the list of runs")
    search.fill("FD002 gradnorm-softmax")
    expect(page.locator("#runs-count")).to_have_text("2 of 30 found, 1 ticked")
    page.locator("#runs-grid .ag-header-select-all input").click()
    overlaid(page, 3)
    search.fill("no such run")
    expect(page.locator("#runs-count")).to_have_text("No run has “no such run” in its name.")
    page.get_by_role("button", name="Show all runs").click()
    expect(search).to_have_value("")
    expect(page.locator("#runs-count")).to_have_text("30 runs, 3 ticked")


def test_runs_is_left_at_once_and_again_without_a_complaint(page, url):
    """The grid's component asks for its ticks a millisecond later, when the grid may have gone."""
    open_runs(page, url)
    for _ in range(4):
        page.evaluate(
            """() => {
              const api = window.dash_ag_grid.getApi("runs-grid");
              api.forEachNode((node) => {
                if (node.data.key.startsWith("FD004/gaba")) node.setSelected(!node.isSelected());
              });
              document.querySelector('a.gaba-nav[href^="/step-response"]').click();
            }"""
        )
        expect(page.locator("#runs-grid")).to_have_count(0)
        page.get_by_role("link", name="Runs").click()
        expect(page.locator("#runs-grid .gaba-pill").first).to_be_visible()
        page.evaluate(FRAMES)  # the grid's component knows its grid a frame after it is drawn


def test_a_grid_that_has_gone_has_no_ticks(page, url):
    open_runs(page, url)
    found = page.evaluate(
        """async () => {
          const { answerWhenGone } = await import("/assets/dash_adapter.mjs");
          const api = { gone: false, isDestroyed() { return this.gone; },
            asked(answer) { if (this.gone) throw new Error("asked a grid that has gone"); return answer; },
            getSelectedRows() { return this.asked([1]); }, getQuickFilter() { return this.asked("a"); },
            forEachNode(each) { each(this.asked(2)); } };
          answerWhenGone(api);
          const seen = [];
          const ask = () => {
            api.forEachNode((node) => seen.push(node));
            return [api.getSelectedRows(), api.getQuickFilter()];
          };
          const before = ask();
          api.gone = true;
          return [before, ask(), seen];
        }"""
    )
    assert found == [[[1], "a"], [[], ""], [2]]


def test_what_comes_late_for_a_page_that_was_left_changes_nothing(page, url):
    open_runs(page, url)
    found = page.evaluate(
        """async () => {
          const { setProps } = await import("/assets/dash_adapter.mjs");
          setProps("runs-no-such-part", { children: "late" });
          setProps({ type: "figure", view: "gone", name: "main" }, { figure: {} });
          const count = document.getElementById("runs-count"); // the list may count itself right after
          const said = new Promise((done) =>
            new MutationObserver(() => count.textContent === "said" && done(true))
              .observe(count, { characterData: true, childList: true, subtree: true }));
          setProps("runs-count", { children: "said" });
          return said;
        }"""
    )
    assert found


def test_rows_ticked_faster_than_the_component_answers_all_stay_ticked(page, url):
    open_runs(page, url)
    page.get_by_label("Filter the list of runs").fill("FD002 gaba")
    expect(page.locator("#runs-count")).to_have_text("7 of 30 found, 1 ticked")
    ticked = page.evaluate(
        """async (keys) => {
          const rows = () => dash_ag_grid.getApi("runs-grid").getSelectedRows();
          for (const key of keys) {
            const late = rows();
            document.querySelector(`#runs-grid .ag-row[row-id="run ${key}"] [col-id="name"]`).click();
            dash_clientside.set_props("runs-grid", { selectedRows: late });
            await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 20)));
          }
          return rows().map((row) => row.key);
        }""",
        KEYS[1:],
    )
    assert sorted(ticked) == sorted(KEYS)
    page.wait_for_url(re.compile(r"runs=FD002%2Fgaba%2Fseed_42\*123\*456\*789\*1024(&|$)"))
