"""The first runs of an empty folder, whoever writes them: listed, drawn and followed without a click."""

import json

from playwright.sync_api import expect

from tests.browser.test_runs_live import KEY, epochs_listed, news, points, unfinished
from tests.core.runs.tailing.test_growing_stores import ROW, database, values
from tests.run_logs import records, write
from tests.store_cases import TRACKIO


def test_the_first_run_of_an_empty_folder_is_listed_and_drawn_without_a_click(page, own_url, tmp_path):
    page.goto(f"{own_url}/runs")
    expect(page.locator("#runs-grid")).to_contain_text("No runs yet")
    write(tmp_path / KEY, records(4), run=unfinished())
    expect(epochs_listed(page)).to_have_text("4")
    points(page, 4)
    expect(page.locator("#runs-answer")).not_to_contain_text("no runs yet")
    expect(page.get_by_label("Task weight").first).to_have_value("rul")
    other = write(tmp_path / "FD002/gaba/seed_1", records(6))
    expect(page.locator('#runs-grid .ag-row[row-id="run FD002/gaba/seed_1"]').first).to_be_visible()
    points(page, 4)  # what comes later is listed alone
    assert other.exists()


def test_a_database_is_followed_from_its_first_record_on_and_so_are_its_further_runs(page, own_url, tmp_path):
    page.goto(f"{own_url}/runs")
    expect(page.locator("#runs-grid")).to_contain_text("No runs yet")
    with database(tmp_path, TRACKIO, "WAL") as (writer, _):
        for first, count in ((0, 1), (1, 4), (4, 9)):
            writer.executemany(ROW, [["a", "one", s, json.dumps(values(s))] for s in range(first, count)])
            points(page, count)
            expect(news(page)).to_contain_text(f"step {count - 1}")
        expect(news(page).locator(".gaba-news-badge")).to_have_text("live")
        writer.executemany(ROW, [["b", "two", s, json.dumps(values(s))] for s in range(3)])
        page.locator('#runs-grid .ag-row[row-id="run store.db [two]"] [col-id="name"]').first.click()
        expect(page.locator("#runs-legend")).to_contain_text("store.db [two]")
        points(page, 9)
