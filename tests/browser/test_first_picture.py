"""The first picture, drawn before Dash stands up, and the view's own that takes its place."""

import pytest

from components.convergence.state import ConvergenceState
from components.layout import theme

pytestmark = pytest.mark.browser
SIZES = [(1440, 900), (1280, 800), (1024, 768), (390, 844)]
SEEDS = "[...document.querySelectorAll('.gaba-first-graph path.js-line')].length"


def place_of(page, selector):
    box = page.locator(selector).first.bounding_box()
    return [box[key] for key in ("x", "y", "width", "height")]


def without_dash(page, url):
    """Open the first view while a script of Dash's is still on its way; return the request that waits."""
    held = []
    page.route("**/*dash_mantine_components*", lambda route: held.append(route))
    page.goto(url, wait_until="commit")
    return held


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_it_is_drawn_without_dash_where_the_views_own_will_be(page, url, width, height):
    page.set_viewport_size({"width": width, "height": height})
    held = without_dash(page, url)
    page.wait_for_function(f"{SEEDS} >= {len(ConvergenceState().seeds)}")
    first = place_of(page, ".gaba-first-graph")
    while not held:
        page.wait_for_timeout(20)
    held.pop().continue_()
    page.wait_for_selector("#react-entry-point .gaba-graph path.js-line")
    assert first == pytest.approx(place_of(page, "#react-entry-point .gaba-graph"), abs=3)


def test_it_gives_way_to_the_views_own_and_nothing_shifts(page, url):
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.add_init_script(
        """window.shift = 0;
        new PerformanceObserver((list) => list.getEntries().forEach((e) => (window.shift += e.value)))
          .observe({ type: "layout-shift", buffered: true });"""
    )
    page.goto(url)
    page.wait_for_selector("#react-entry-point .gaba-graph path.js-line")
    page.wait_for_selector("#gaba-first", state="detached")
    page.wait_for_load_state("networkidle")
    assert page.evaluate("window.shift") < 0.1
    assert said == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_has_the_colours_of_the_theme(browser, url, scheme):
    context = browser.new_context(color_scheme=scheme)
    page = context.new_page()
    without_dash(page, url)
    page.wait_for_function(f"{SEEDS} > 0")
    assert page.evaluate("document.documentElement.dataset.mantineColorScheme") == scheme
    faint = theme.TEMPLATES[scheme]["layout"]["xaxis"]["tickfont"]["color"].lstrip("#")
    drawn = page.evaluate("getComputedStyle(document.querySelector('.gaba-first-graph .xtick text')).fill")
    assert drawn == f"rgb({', '.join(str(channel) for channel in bytes.fromhex(faint))})"
    context.close()


def test_a_reader_who_goes_elsewhere_does_not_take_it_along(page, url):
    page.route("**/_dash-update-component*", lambda route: None)  # the view itself never comes
    page.goto(url)
    page.get_by_role("link", name="Step response").click()
    page.wait_for_selector("#gaba-first", state="detached")
