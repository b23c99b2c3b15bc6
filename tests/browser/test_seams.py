"""What is private of other people's code, seam by seam: each check fails where an upgrade moved its seam.

The seams are those of `assets/plotly_adapter.mjs`, `assets/dash_adapter.mjs` and `serving/dash_adapter.py`.
Every check is made on the page as it is, and on one whose seam is stubbed: there it must fail.
"""

import pytest
from playwright.sync_api import TimeoutError

from tests.browser.pictures import wait_until_eased, wait_until_still
from tests.browser.test_convergence import grab, open_view, seed_42_is_simulated_at, shown

pytestmark = pytest.mark.browser

GRAPH = "document.querySelector('.gaba-graph[data-view=convergence] .js-plotly-plot')"


def check_plotly_coordinates(page, url):
    """Numbers become the pixels at which Plotly draws them."""
    open_view(page, url)
    seen = page.evaluate(
        f"""async () => {{
          const {{ axisIn, faultsOf, levelOf }} = await import("/assets/plotly_adapter.mjs");
          const graph = {GRAPH};
          const box = graph.querySelector(".nsewdrag").getBoundingClientRect();
          const {{ left, top }} = graph.getBoundingClientRect();
          const [x, y] = ["xaxis", "yaxis"].map((name) => axisIn(graph, name));
          const [low, high] = graph.layout.xaxis.range;
          return {{
            faults: faultsOf(graph),
            start: x && [x.start + left - box.left, y.start + top - box.top],
            length: x && [x.length - box.width, y.length - box.height],
            back: x && [x.toValue(x.start) - low, x.toValue(x.start + x.length) - high],
            there: x && x.toPixel(x.toValue(x.start + 100)) - x.start,
            level: levelOf(graph, "floor"),
          }};
        }}"""
    )
    assert seen["faults"] == []
    assert seen["start"] == pytest.approx([0, 0], abs=1)
    assert seen["length"] == pytest.approx([0, 0], abs=1)
    assert seen["back"] == pytest.approx([0, 0], abs=1e-6)
    assert seen["there"] == pytest.approx(100, abs=0.01)
    assert seen["level"] == pytest.approx(0.05)


def check_plotly_markup(page, url):
    """A frame is painted onto the paths of a picture, without a call of Plotly's."""
    open_view(page, url)
    page.evaluate(
        """() => {
          window.calls = [];
          for (const name of ["animate", "react", "redraw", "relayout"]) {
            const own = Plotly[name];
            Plotly[name] = (...args) => { calls.push(name); return own(...args); };
          }
          window.paths = () => [...document.querySelectorAll(".gaba-graph[data-figure=weights] path.js-line")]
            .map((path) => path.getAttribute("d"));
          window.before = paths();
        }"""
    )
    x, y = grab(page, "beta")
    page.mouse.move(x - 6, y)
    seed_42_is_simulated_at(page, "beta")
    at_once = page.evaluate("[calls.length, paths().filter((d, i) => d !== before[i]).length]")
    page.mouse.up()
    assert at_once[1] >= 5
    page.wait_for_url("**beta=*")
    page.wait_for_function("(({ drawn, clock }) => drawn === clock)(ours.dragOf('convergence'))")
    wait_until_eased(page)
    page.evaluate("calls.length = 0")
    x, y = grab(page, "beta")
    page.mouse.move(x + 3, y)
    assert page.evaluate("new Promise((done) => requestAnimationFrame(() => done(calls)))") == []
    page.mouse.up()


def check_ag_grid_export(page, url):
    """The grid's script comes with the first grid, and what it exports is what Dash draws."""
    fetched = []
    page.on("request", lambda r: fetched.append(r.url) if "dash_ag_grid." in r.url else None)
    page.goto(f"{url}/step-response")
    wait_until_still(page)
    before = len(fetched)
    page.get_by_role("link", name="Runs").click()
    rows = page.locator(".ag-center-cols-container [role=row]")
    try:
        rows.first.wait_for(timeout=15_000)
    except TimeoutError:
        raise AssertionError("no grid") from None
    assert before == 0
    assert len(fetched) == 1


def check_dash_fetch(page, url):
    """Questions of Dash's go through what stands in front of `fetch`, by the outputs that they are for."""
    open_view(page, url)
    named = page.evaluate(
        """async () => {
          const { callbackAsked } = await import("/assets/dash_adapter.mjs");
          const [own, names] = [window.fetch, []];
          window.fetch = (what, how) => { names.push(callbackAsked(what, how)); return own(what, how); };
          dash_clientside.set_props({ type: "number", view: "convergence", param: "floor" }, { value: 0.2 });
          for (let i = 0; i < 100 && !names.some(Boolean); i += 1) await new Promise(requestAnimationFrame);
          return names.filter(Boolean);
        }"""
    )
    assert any("weights" in name for name in named)


# The check of a seam, and what an upgrade might do to it: in files that match, one text for another.
STUBS = {
    "plotly_coordinates": (check_plotly_coordinates, "**/plotly-basic*", "_offset", "_offzet"),
    "plotly_markup": (check_plotly_markup, "**/plotly-basic*", "js-line", "jz-line"),
    "ag_grid_export": (check_ag_grid_export, "**/dash_ag_grid*", "AgGrid", "AgTable"),
}


def stub(page, seam):
    """Let the server's answers be what they would be after an upgrade."""
    _, where, old, new = STUBS[seam]

    def changed(route):
        reply = route.fetch()
        route.fulfill(response=reply, body=reply.text().replace(old, new))

    page.route(where, changed)


def test_seam_plotly_coordinates(page, url):
    check_plotly_coordinates(page, url)


def test_seam_plotly_markup(page, url):
    check_plotly_markup(page, url)


def test_seam_ag_grid_export(page, url):
    check_ag_grid_export(page, url)


def test_seam_dash_fetch(page, url):
    check_dash_fetch(page, url)


def test_seam_dash_script_tags(page, url):
    """Dash asks for nothing again that was brought forward, and finds our functions when it starts."""
    fetched = []
    page.on("request", lambda r: fetched.append(r.url))
    page.goto(url)
    wait_until_still(page)
    assert sum("async-graph" in address for address in fetched) == 1
    assert not [address for address in fetched if "polyfill" in address or "ag_grid" in address]
    assert max(i for i, address in enumerate(fetched) if ".mjs" in address) < min(
        i for i, address in enumerate(fetched) if "_dash-layout" in address
    )


def test_modules_that_come_late_are_waited_for(page, url):
    """Dash starts when they have run, however long that takes; the first picture is there before."""
    held = []
    page.route("**/url_state.mjs*", lambda route: held.append(route))
    asked = []
    page.on("request", lambda r: asked.append(r.url))
    page.goto(url, wait_until="commit")
    page.wait_for_selector(".gaba-first-graph path", state="attached")
    page.wait_for_function("window.DashRenderer !== undefined")
    while not held:
        page.wait_for_timeout(20)
    assert not any("_dash-layout" in address for address in asked)
    held.pop().continue_()
    wait_until_still(page)
    page.wait_for_selector("#gaba-first", state="detached")


@pytest.fixture
def other_page(browser):
    """A page that may complain: what it says is judged by the test."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    yield context.new_page()
    context.close()


@pytest.mark.slow
@pytest.mark.parametrize("seam", STUBS)
def test_a_check_fails_where_its_seam_is_stubbed(other_page, url, seam):
    stub(other_page, seam)
    with pytest.raises(AssertionError):
        STUBS[seam][0](other_page, url)


@pytest.mark.parametrize("part", ["coordinates", "markup"])
def test_with_another_plotly_pictures_follow_by_react_and_that_is_said_once(other_page, url, part):
    said, page = [], other_page
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    stub(page, f"plotly_{part}")
    open_view(page, url)
    page.evaluate(
        "() => { window.reacts = 0; const own = Plotly.react;"
        "Plotly.react = (...args) => { reacts += 1; return own(...args); }; }"
    )
    x, y = grab(page, "floor")
    page.mouse.move(x + 30, y, steps=4)
    assert shown(page, "floor") > 0.05
    seed_42_is_simulated_at(page, "floor")
    assert page.evaluate("reacts") > 0
    page.mouse.up()
    page.wait_for_url("**floor=*")
    assert len(said) == 1
    assert part in said[0]
    assert "Plotly.react" in said[0]
