"""The conflict picture of a run of three tasks with Gramians."""

import json

import numpy as np
from plotly.utils import PlotlyJSONEncoder

import app
from components.replay import data
from components.replay import layout as page
from components.replay.pictures import pictures_of
from gaba_core.aggregators import judge_conflict
from tests.components.replay_cases import state_of
from tests.run_logs import info, records, trace, write


def test_of_three_tasks_the_worst_pair_is_drawn_beside_those_of_the_task(tmp_path):
    rows = np.random.default_rng(0).standard_normal((80, 3, 6)) + 1.0
    rows[:, 2] -= 1.6 * rows[:, 1]
    gramians = rows @ rows.swapaxes(1, 2)
    steps = trace(80, tasks=3) | {"gramians": gramians[:, *np.triu_indices(3)].astype(np.float32)}
    log = [r | {"w_third": 0.0} for r in records()]
    write(tmp_path / "three", log=log, run=info(method=None), steps=steps)
    served = app.create_app(tmp_path)
    with served.server.test_request_context("/"):
        asked = state_of(run="three", below="cosine", task="rul")
        subject = data.subject(asked)
        pictures = pictures_of(subject, asked)
        verdict = judge_conflict(subject.run.gramians)
        card = page.numbers(asked, subject, pictures["main"]["text"]).to_plotly_json()
        mine = pictures_of(data.subject(own := state_of(run="three", below="cosine", task="health")), own)
    found, said = pictures["below"], json.dumps(card, cls=PlotlyJSONEncoder)
    assert (verdict.code, verdict.opposed) == ("conflict", (1, 2))
    drawn = [one["uid"] for one in found["data"] if one["uid"].startswith("cosine-mean")]
    assert drawn == ["cosine-mean-1", "cosine-mean-2", "cosine-mean-worst"]
    assert found["data"][-2]["name"] == "health, third: share of steps"
    assert "Cosine of health and third" in said
    assert "the one with the lowest mean" in said
    assert not any(one["uid"].endswith("worst") for one in mine["below"]["data"])
