"""The tags of Dash's scripts, as Dash writes them and as the page has them."""

import re

import pytest

import app
from components.serving import dash_adapter


@pytest.fixture(scope="module")
def written():
    """Dash's script tags as it writes them itself."""
    seen, arranged = [], dash_adapter.arranged
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dash_adapter, "arranged", lambda scripts: seen.append(scripts) or arranged(scripts))
        app.create_app().server.test_client().get("/")
    return seen[0]


def test_seam_dash_script_tags(written):
    head, scripts, missing = dash_adapter.arranged(written)
    assert missing == ()
    assert re.fullmatch(r'<meta name="gaba-grid" content="[^"]*/dash_ag_grid[^"]*">', head)
    assert not re.search("polyfill|dash_ag_grid|dash_table", scripts)
    graph, components = (scripts.index(name) for name in ("async-graph", "dash_core_components."))
    assert graph < components
    assert scripts.count("<script") == written.count("<script") - 2  # three are gone, one has come


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        ("grid", "dash_ag_grid", "dash_table_grid"),
        ("polyfill", "polyfill", "patch"),
        ("table", "/dash_table/", "/dash_desk/"),
        ("graph", "dash_core_components.", "dash_kernel_components."),
    ],
)
def test_a_tag_that_is_written_otherwise_is_named_and_left_as_it_is(written, part, old, new):
    changed = written.replace(old, new)
    head, scripts, missing = dash_adapter.arranged(changed)
    assert missing == (part,)
    assert scripts.count(new) == changed.count(new)
    assert bool(head) == (part != "grid")
