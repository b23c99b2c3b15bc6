"""The index holds the first picture of the view it is asked for, and what draws it comes before Dash."""

import json
import re
from html import escape
from pathlib import Path

import pytest
from plotly.io.json import to_json_plotly

import app
from components.convergence import view
from components.convergence.sentence import sentence
from components.convergence.state import ConvergenceState
from components.folders import ASSETS
from components.layout import theme
from components.serving import compression, dash_adapter
from components.serving.prerender import AHEAD

FIGURE = re.compile(r'<script type="application/json" id="gaba-first-figure">(.*?)</script>', re.DOTALL)


@pytest.fixture(scope="module")
def client():
    return app.create_app().server.test_client()


def figure(page):
    return json.loads(FIGURE.search(page).group(1))


@pytest.mark.parametrize(("query", "state"), [("", {}), ("?beta=0.9&seeds=7", {"beta": 0.9, "seeds": (7,)})])
def test_the_picture_is_the_one_the_view_will_draw(client, query, state):
    embedded = figure(client.get(f"/{query}").text)
    expected = next(iter(view.pictures(ConvergenceState(**state)).values()))
    assert embedded["figure"] == json.loads(to_json_plotly({k: expected[k] for k in ("data", "layout")}))
    assert embedded["templates"] == theme.TEMPLATES


def test_what_a_link_cannot_have_is_drawn_with_the_default_and_cannot_break_out(client):
    page = client.get("/?beta=2&seeds=</script><script>alert(1)</script>").text
    assert figure(page) == figure(client.get("/").text)
    assert "<script>alert" not in page


def test_a_view_without_a_first_picture_has_none(client):
    page = client.get("/runs").text
    assert "gaba-first" not in page
    assert all(name in page for name in AHEAD)


def test_what_draws_it_comes_once_and_before_dash(client):
    page = client.get("/").text
    places = [page.index(name) for name in AHEAD]
    assert places == sorted(places)
    assert page.index('id="gaba-first"') < places[0]
    assert places[-1] < page.index("react-entry-point") < page.index("dash_renderer")
    assert all(page.count(name) == 1 for name in AHEAD)


def test_modules_run_after_dashs_scripts_and_before_its_start(client):
    page = client.get("/").text
    dash, ours = ["react-dom", "dash_renderer"], ["modulepreload", '<script type="module"']
    places = [page.index(part) for part in ["importmap", *AHEAD, *dash, *ours, dash_adapter.START]]
    assert places == sorted(places)
    assert "DOMContentLoaded" in dash_adapter.START
    assert not re.search(r'<script src="[^"]*\.mjs', page)


LATE = {"line_canvas", "map_cells", "mathematics", "point_handle"}
LATE |= {"runs_news", "runs_polling", "runs_rows", "runs_zoom"}
LATE |= {f"figure_{part}" for part in ("data", "dialog", "files", "pdf", "script")} | {
    "paper_figure",
    "paper_legend",
}


def test_every_module_has_one_dated_address_under_which_the_others_import_it(client):
    page = client.get("/").text
    addresses = json.loads(re.search(r'<script type="importmap">(.*?)</script>', page).group(1))["imports"]
    assert {Path(name).name for name in addresses} == {path.name for path in ASSETS.glob("*.mjs")}
    for name, dated in addresses.items():
        assert dated.startswith(f"{name}?m=")
        assert page.count(f'"{dated}"') == (
            1 if Path(name).stem in LATE else 2
        )  # the map; a preload or the main module's tag
        with client.get(dated) as reply:
            assert reply.headers["Cache-Control"] == compression.FOREVER


def test_the_words_are_the_views_own(client):
    page = client.get("/").text
    assert f"<h1>{view.HEADING}</h1>" in page
    assert escape(view.PURPOSE) in page
    assert all(words in page for words in view.CALL)
    assert escape(sentence(ConvergenceState())) in page
