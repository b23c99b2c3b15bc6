"""The report as a notebook's cell holds it."""

from playwright.sync_api import expect

from components import show
from tests.paths import LOGS


def test_the_report_in_a_cell_draws_without_a_server(page):
    page.set_content(show(LOGS / "FD002/gaba/seed_42")._repr_html_())
    frame = page.frame_locator("iframe[title=Report]")
    expect(frame.get_by_role("heading", name="FD002 gaba seed 42").first).to_be_visible()
    expect(frame.locator("#picture .scatterlayer .trace").first).to_be_attached()
    expect(frame.locator("#picture")).to_contain_text("Equilibrium")
