"""What is in sight of a picture: after a zoom, and on a page that changes its width."""

import pytest
from playwright.sync_api import expect

from components.convergence.opening import HEADING
from components.layout.theme import TEMPLATES
from tests.browser.pictures import double_click, wait_until_eased, wait_until_still

pytestmark = pytest.mark.browser
GRAPHS = "[...document.querySelectorAll('.js-plotly-plot')]"
RANGES = f"""() => {GRAPHS}.map((g) => ['xaxis', 'yaxis'].map(
  (axis) => g._fullLayout[axis].range.map((end) => Number(end.toPrecision(6)))))"""
LOOKS = f"""() => {GRAPHS}.map(({{ _fullLayout: all, _fullData: data }}) => [
  all.showlegend, all.yaxis.title.text ?? '', all.margin.l,
  data.filter((t) => t.mode === 'text').every((t) => t.visible === true)])"""
PATHS = (
    "/",
    "/step-response",
    "/anti-windup?panel=monte-carlo",
    "/anti-windup?panel=recovery",
    "/anti-windup?panel=divergence",
    "/replay",
    "/map",
    "/guide",
)


def open_page(page, address):
    page.goto(address)
    wait_until_still(page)


def spot(page, index):
    """The upper left quarter of one picture's plot, in pixels of the window."""
    graph = page.locator(".js-plotly-plot").nth(index)
    graph.scroll_into_view_if_needed()
    box = graph.bounding_box()
    return box["x"] + 0.35 * box["width"], box["y"] + 0.25 * box["height"]


@pytest.mark.parametrize("path", [path for path in PATHS if path != "/map"])  # which is not zoomed
def test_a_double_click_leads_back_from_a_zoom_and_never_further_out(page, url, path):
    open_page(page, url + path)
    whole = page.evaluate(RANGES)
    for i in range(len(whole)):
        x, y = spot(page, i)
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + 120, y + 60, steps=4)
        page.mouse.up()
        page.wait_for_function(f"([i, was]) => String(({RANGES})()[i]) !== String(was)", arg=[i, whole[i]])
        for _ in range(2):
            double_click(page, x, y)
            page.wait_for_function(
                f"([i, was]) => String(({RANGES})()[i]) === String(was)", arg=[i, whole[i]]
            )


def test_a_double_click_leads_back_to_the_ranges_a_control_has_led_to(page, url):
    open_page(page, url)
    was = page.evaluate(RANGES)[0]
    page.get_by_role("button", name="Run too short").click()
    page.wait_for_function(f"(was) => String(({RANGES})()[0]) !== String(was)", arg=was)
    wait_until_eased(page)
    now = page.evaluate(RANGES)[0]
    x, y = spot(page, 0)
    double_click(page, x, y)
    page.wait_for_function(f"(now) => String(({RANGES})()[0]) === String(now)", arg=now)


@pytest.mark.parametrize("path", PATHS)
def test_a_turned_phone_shows_the_picture_as_a_page_of_that_width_does(page, url, path):
    looks = {}
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 844})
        open_page(page, url + path)
        looks[width] = page.evaluate(LOOKS)
    assert looks[390] != looks[1440]
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 844})
        page.wait_for_function(f"(looks) => String(({LOOKS})()) === String(looks)", arg=looks[width])


INK = f"{GRAPHS}.map((g) => g._fullLayout.font.color)"


@pytest.mark.parametrize("path", ["/", "/runs", "/replay"])
def test_the_pictures_of_every_tab_take_the_theme_that_one_of_them_chose(page, url, path):
    other = page.context.new_page()
    for tab in (other, page):
        open_page(tab, url + path)
    inks = page.evaluate(INK)
    page.get_by_role("button", name="Light or dark").click()
    for tab in (page, other):
        tab.bring_to_front()
        tab.wait_for_function(f"(inks) => {INK}.every((ink, i) => ink !== inks[i])", arg=inks)


UNDRAWN = """
  let plotly;
  const drawing = new Promise((begin) => { window.drawNow = begin; });
  const later = (draw) => (...all) => drawing.then(() => draw(...all));
  Object.defineProperty(window, "Plotly", {
    get: () => plotly,
    set: (real) => { plotly = { ...real, newPlot: later(real.newPlot), react: later(real.react) }; },
  });
"""
GIVEN = """window.dash_component_api?.getLayout({ name: "response", type: "figure", view: "step-response" })
  ?.props?.figure"""


def test_a_picture_not_drawn_yet_takes_the_theme_that_is_chosen_meanwhile(page, url):
    page.add_init_script(UNDRAWN)
    page.goto(f"{url}/step-response")
    page.wait_for_function(GIVEN)
    page.get_by_role("button", name="Light or dark").click()
    page.wait_for_function("document.documentElement.dataset.mantineColorScheme === 'dark'")
    page.evaluate("drawNow()")
    wait_until_still(page)
    ink = TEMPLATES["dark"]["layout"]["font"]["color"]
    page.wait_for_function(f"(ink) => {INK}.every((each) => each === ink)", arg=ink)


def test_the_pictures_follow_the_theme_of_the_system(page, url):
    page.emulate_media(color_scheme="light")
    open_page(page, url)
    inks = page.evaluate(INK)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"(inks) => {INK}.every((ink, i) => ink !== inks[i])", arg=inks)


CUT = f"""() => {GRAPHS}.flatMap((graph, i) => {{
  const frame = graph.querySelector(".main-svg").getBoundingClientRect();
  const words = [...graph.querySelectorAll(".xtick text, .ytick text, .xtitle, .ytitle, .legendtext")];
  const boxes = words.map((word) => [word, word.getBoundingClientRect()]).filter(([, box]) => box.width);
  const title = boxes.find(([word]) => word.matches(".xtitle"))?.[1];
  const [left, right] = [frame.left - 2, frame.right + 2]; // a box is a little larger than its letters
  const cut = boxes.filter(([, box]) => box.left < left || box.right > right || box.bottom > frame.bottom);
  const covered = boxes.filter(([word, box]) => title && !word.matches(".xtitle") &&
    box.top < title.bottom && box.bottom > title.top && box.left < title.right && box.right > title.left);
  return [...cut, ...covered].map(([word]) => `${{i}}: ${{word.textContent}}`);
}})"""


@pytest.mark.parametrize("width", [1440, 1024, 390])
@pytest.mark.parametrize(
    "path", ["/", "/step-response", "/anti-windup?panel=monte-carlo", "/replay", "/runs", "/map"]
)
def test_no_word_of_a_picture_is_cut_or_lies_on_the_title_of_its_axis(page, url, path, width):
    page.set_viewport_size({"width": width, "height": 844})
    open_page(page, url + path)
    page.wait_for_function("document.querySelector('.js-plotly-plot .xtick text')")
    page.wait_for_function(f"!({CUT})().length")  # a legend is placed last


@pytest.mark.parametrize("path", ["/", "/step-response"])
def test_a_legend_lies_below_its_picture_at_every_width_the_page_comes_to(page, url, path):
    open_page(page, url + path)
    for width in (390, 1440, 1024, 1440):
        page.set_viewport_size({"width": width, "height": 844})
        page.wait_for_function(f"{GRAPHS}.every((g) => g._fullLayout.width === g.offsetWidth)")
        page.wait_for_function(BELOW)


BELOW = f"""() => {GRAPHS}.every((graph) => {{
  const [legend, title] = [".legend", ".xtitle"].map((p) => graph.querySelector(p)?.getBoundingClientRect());
  return !legend?.height || legend.top >= title.bottom;
}})"""


@pytest.mark.parametrize("path", [*PATHS, "/runs", "/anti-windup", "/nowhere"])
def test_a_page_has_one_title_and_cards_below_it(page, url, path):
    page.goto(url + path)
    expect(page.locator("#react-entry-point h1")).to_have_count(1)
    expect(page.locator("#gaba-first")).to_have_count(0)
    levels = page.evaluate("[...document.querySelectorAll('h1, h2, h3, h4')].map((h) => h.tagName)")
    assert levels[0] == "H1"
    assert set(levels[1:]) <= ({"H2", "H3"} if path == "/guide" else {"H2"})  # sections of a chapter


def test_an_address_without_a_page_leads_on(page, url):
    page.goto(f"{url}/nowhere")
    expect(page.get_by_role("heading", name="Page not found")).to_be_visible()
    page.get_by_role("main").get_by_role("link", name="Convergence").click()
    expect(page.get_by_role("heading", name=HEADING)).to_be_visible()
