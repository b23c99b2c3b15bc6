"""The parts of a link that name nothing on its page."""

import json

import pytest
from plotly.utils import PlotlyJSONEncoder

from components.application import create_app
from components.layout import shell
from components.layout.link_parts import names_of, unknown_parts
from components.layout.url_state import to_text
from components.views import VIEWS, link_names


def page_of(view, **query):
    sent = json.dumps(shell.page(view, link_names(view))(**query), cls=PlotlyJSONEncoder)
    return json.dumps(json.loads(sent), ensure_ascii=False)  # the encoder escapes a page that speaks of NaN


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.NAME)
def test_a_part_that_no_setting_has_is_named_and_the_page_stands(view, tmp_path):
    with create_app(tmp_path).server.test_request_context():
        page = page_of(view, betta="0.9")
    assert "“betta” is not a setting of this page." in page
    assert "Part of this link was ignored" in page


@pytest.mark.parametrize(
    "view", [view for view in VIEWS if hasattr(view, "STATE")], ids=lambda view: view.NAME
)
def test_nothing_is_said_of_what_a_view_writes_into_its_own_link(view):
    assert unknown_parts(to_text(view.STATE()), link_names(view)) == ()


def test_every_panel_of_anti_windup_may_have_its_settings_and_its_guide():
    (view,) = [view for view in VIEWS if view.NAME == "anti-windup"]
    for panel in view.PANELS:
        query = {**to_text(panel.STATE()), "panel": panel.PANEL, "guide": "1"}
        assert unknown_parts(query, link_names(view)) == ()
    assert link_names(view) > names_of(panel.STATE for panel in view.PANELS)


def test_a_long_name_is_cut():
    (sentence,) = unknown_parts({"x" * 500: "1"}, frozenset())
    assert len(sentence) < 90
