"""What the panels of the Anti-windup view save is what they draw."""

import csv
import io
import json

import pytest

import app
from components.anti_windup import view
from components.anti_windup.panels.export import as_csv
from components.layout.url_state import to_text
from tests.components.drawn import trace

PANELS = pytest.mark.parametrize("panel", view.PANELS, ids=lambda panel: panel.PANEL)


@PANELS
def test_csv_holds_every_drawn_point(panel):
    pictures = panel.pictures(panel.STATE())
    rows = list(csv.DictReader(io.StringIO(as_csv(pictures))))
    for name, picture in pictures.items():
        for drawn in picture["data"]:
            if "xaxis" in drawn:  # a lens shows the same again
                assert drawn["uid"] not in {row["curve"] for row in rows}
                continue
            mine = [r for r in rows if (r["picture"], r["curve"]) == (name, drawn["uid"])]
            x, y = trace(picture, drawn["uid"])
            assert [float(r["x"]) for r in mine] == x.tolist()
            assert [float(r["y"]) for r in mine] == y.tolist()


@PANELS
def test_the_button_sends_the_csv_of_the_state_shown(panel):
    client = app.create_app().server.test_client()
    state = panel.STATE(floor=0.1)
    output = {"id": f"{panel.NAME}-save", "property": "data"}
    body = {
        "output": f"{panel.NAME}-save.data",
        "outputs": output,
        "inputs": [{"id": f"{panel.NAME}-csv", "property": "n_clicks", "value": 1}],
        "state": [{"id": f"{panel.NAME}-state", "property": "data", "value": {**to_text(state), "clock": 1}}],
        "changedPropIds": [f"{panel.NAME}-csv.n_clicks"],
    }
    answer = client.post("/_dash-update-component", json=body).get_json()["response"]
    sent = answer[f"{panel.NAME}-save"]["data"]
    assert sent["filename"] == f"gaba_{panel.NAME.replace('-', '_')}.csv"
    assert sent["content"] == as_csv(panel.pictures(state))
    assert json.dumps(sent)
