"""The conflict picture of a run of three tasks and more with Gramians."""

import json

import numpy as np
import pytest
from plotly.utils import PlotlyJSONEncoder

import app
from components.replay import data, harm
from components.replay import layout as page
from components.replay.pictures import pictures_of
from gaba_core.aggregators import judge_conflict
from gaba_core.runs import read_run
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


def run_of(folder, gramians):
    """A run that holds these Gramians."""
    tasks = gramians.shape[1]
    names = [f"w_{i}" for i in range(tasks)]
    upper = gramians[:, *np.triu_indices(tasks)].astype(np.float32)
    log = [{"epoch": e, **dict.fromkeys(names, 1.0 / tasks)} for e in range(6)]
    steps = trace(len(gramians), tasks=tasks) | {"gramians": upper}
    write(folder, log=log, run=info(method=None), steps=steps)


def test_of_many_tasks_those_that_oppose_the_drawn_one_most_are_drawn(tmp_path):
    rows = np.random.default_rng(1).standard_normal((40, 12, 9)) + 3.0
    rows[:, [2, 5, 7, 9]] *= -np.array([0.5, 4.0, 3.0, 1.0])[:, None]
    gramians = rows @ rows.swapaxes(1, 2)
    run_of(tmp_path / "many", gramians)
    served = app.create_app(tmp_path)
    with served.server.test_request_context("/"):
        asked = state_of(run="many", below="cosine", task="0")
        subject = data.subject(asked)
        found, title = pictures_of(subject, asked)["below"], page.below_title(asked, subject)
        verdict = judge_conflict(subject.run.gramians)
    drawn = [one["uid"] for one in found["data"] if one["uid"].startswith("cosine-mean")]
    assert drawn[:4] == [f"cosine-mean-{k}" for k in (2, 5, 7, 9)]
    assert len(drawn) == (4 if 0 in verdict.opposed else 5)
    assert title == "Cosines between the recorded gradients, the 4 that oppose 0 most"


@pytest.mark.parametrize(
    ("sizes", "words"),
    [((9.0, 3.0, 1.0), "; they differ in size: that of 0 is 9"), ((1.5, 1.2, 1.0), "; that of 0 is 1.5")],
)
def test_of_three_tasks_it_is_said_that_no_two_conflict(sizes, words, tmp_path):
    cosines = np.array([[1.0, 0.5, 0.2], [0.5, 1.0, 0.6], [0.2, 0.6, 1.0]])
    run_of(tmp_path, np.tile(np.outer(sizes, sizes) * cosines, (30, 1, 1)))
    said = harm.conflict(read_run(tmp_path))
    assert said == f"No two gradients conflict (lowest mean cosine 0.2, of 0 and 2){words} times that of 2."
