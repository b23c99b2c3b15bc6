"""The index holds the first picture of the view it is asked for, and what draws it comes before Dash."""

import json
import re

import pytest
from plotly.io.json import to_json_plotly

import app
from components.convergence import view
from components.convergence.state import ConvergenceState
from components.layout import theme
from components.serving.prerender import AHEAD

FIGURE = re.compile(r'<script type="application/json" id="gaba-first-figure">(.*?)</script>', re.DOTALL)


@pytest.fixture(scope="module")
def client():
    return app.create_app().server.test_client()


def figure(page):
    return json.loads(FIGURE.search(page).group(1))


@pytest.mark.parametrize(("query", "state"), [("", {}), ("?beta=0.9&seeds=7", {"beta": 0.9, "seeds": (7,)})])
def test_the_picture_is_the_one_the_view_will_draw(client, query, state):
    told = figure(client.get(f"/{query}").text)
    expected = next(iter(view.pictures(ConvergenceState(**state)).values()))
    assert told["figure"] == json.loads(to_json_plotly({k: expected[k] for k in ("data", "layout")}))
    assert told["templates"] == theme.TEMPLATES


def test_what_a_link_cannot_have_is_drawn_with_the_default_and_cannot_break_out(client):
    page = client.get("/?beta=2&seeds=</script><script>alert(1)</script>").text
    assert figure(page) == figure(client.get("/").text)
    assert "<script>alert" not in page


def test_a_view_without_a_first_sight_has_none(client):
    page = client.get("/runs").text
    assert "gaba-first" not in page.replace("gaba-first_sight", "")
    assert all(name in page for name in AHEAD)


def test_what_draws_it_comes_once_and_before_dash(client):
    page = client.get("/").text
    places = [page.index(name) for name in AHEAD]
    assert places == sorted(places)
    assert page.index('id="gaba-first"') < places[0]
    assert places[-1] < page.index("react-entry-point") < page.index("dash_renderer")
    assert all(page.count(name) == 1 for name in AHEAD)


def test_the_heading_is_the_views_own(client):
    page = client.get("/").text
    assert f"<h1>{view.HEADING}</h1>" in page
    assert view.LOOK_FOR in page
