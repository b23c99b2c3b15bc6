"""What a replayed method's steps would have harmed, and whether the gradients conflict."""

import csv
import dataclasses
import io
import json

import numpy as np
import pytest
from plotly.utils import PlotlyJSONEncoder

import app
from components.replay import data, harm, view
from components.replay import layout as page
from components.replay.cosine_figure import MARKED
from components.replay.pictures import pictures_of
from components.replay.table import as_csv, data_table
from gaba_core.aggregators import (
    AGGREGATORS,
    cosine_histogram,
    gradient_cosines,
    is_harmed,
)
from gaba_core.number_text import percent
from gaba_core.runs import harm_cost, read_run, replay
from gaba_core.runs.recording import recording_of
from tests.components.drawn import trace
from tests.components.replay_cases import state_of
from tests.paths import LOGS

GABA = "FD002/gaba/seed_42"


@pytest.fixture(scope="module")
def served():
    return app.create_app(LOGS)


@pytest.fixture(autouse=True)
def in_the_app(served):
    with served.server.test_request_context("/"):
        yield


@pytest.fixture(scope="module")
def run():
    return read_run(LOGS / GABA)


def texts(**given):
    return view.pictures(state_of(run=GABA, **given))["main"]["text"]


def harmful(run, weights):
    gain = np.einsum("nij,nj->ni", run.gramians, weights)
    size = np.einsum("nij,nj->ni", np.abs(run.gramians), np.abs(weights))
    return percent(float((gain < -1e-12 * size).any(axis=1).mean()))


@pytest.mark.parametrize("scheme", ["gaba", "gaba-unfloored", "raw", "equal", *AGGREGATORS])
def test_steps_that_harm_a_task_are_counted_for_each_method(run, scheme):
    given = {"beta": "0.99", "floor": "0.05", "warmup_steps": "100"}
    found = texts(scheme=scheme, **given)
    assert found["harm-recorded"] == harmful(run, run.steps.weights)
    assert found["harm-second"] == harmful(run, replay(run, method=scheme).weights[0])


@pytest.mark.parametrize("scheme", ["gaba", "gaba-unfloored", "projection", "pcgrad"])
def test_what_floor_and_memory_cost_is_told_apart_whatever_is_replayed(run, scheme):
    given = {"beta": "0.9", "floor": "0.1", "warmup_steps": "100"}
    found = texts(scheme=scheme, **given)
    floored = harmful(run, replay(run, 0.9, 0.1, 100).weights[0])
    without = harmful(run, replay(run, 0.9, 0.0, 100).weights[0])
    assert (found["harm-gaba"], found["harm-unfloored"], found["harm-raw"]) == (
        floored,
        without,
        percent(0.0),
    )
    cost = harm_cost(
        recording_of(run), *(getattr(replay(run, 0.9, 0.1, 100), n)[0] for n in ("weights", "state"))
    )
    words = [f"brings harm to another {percent(share)} of the steps" for share in (cost.floor, cost.memory)]
    assert found["harm-costs"] == f"The floor {words[0]}; memory {words[1]}."


def test_a_cost_that_is_none_is_said_to_be_none():
    assert texts(scheme="gaba", beta="0", floor="0", warmup_steps="0")["harm-costs"] == (
        "The floor costs no harm; memory costs no harm."
    )


def shown(**given):
    """What the card says, as one JSON text."""
    state = state_of(run=GABA, **given)
    subject = data.subject(state)
    found = pictures_of(subject, state)["main"]["text"]
    return json.dumps(page.numbers(state, subject, found).to_plotly_json(), cls=PlotlyJSONEncoder)


def test_the_card_names_the_method_and_what_it_is_laid_beside(run):
    through, own, compared = shown(scheme="pcgrad"), shown(scheme="gaba"), shown(mode="compare")
    assert "Replayed: PCGrad" in through
    assert "Replayed: GABA" not in own
    assert "GABA without floor and memory" in own
    assert "GABA without floor and memory" not in compared
    for text in (through, own, compared):
        assert json.dumps(harm.conflict(run))[1:-1] in text
        assert "for a plain gradient step; an AdamW step, or a clipped one, differs" in text
        assert "Cosine of rul and health" in text
        assert "Norm of rul over health" in text


def test_harm_follows_the_floor_under_the_hand():
    rates = [texts(scheme="gaba", floor=floor)["harm-second"] for floor in ("0", "0.05", "0.3")]
    assert len(set(rates)) == 3


@pytest.mark.parametrize(
    ("cosine", "ratio", "words"),
    [
        (-0.5, 3.0, "conflict (mean cosine −0.5); that of health is 3 times that of rul."),
        (0.5, 9.0, "do not conflict (mean cosine 0.5); they differ in size: that of health is 9 times"),
        (0.5, 1.5, "neither conflict (mean cosine 0.5) nor differ much in size: that of health is 1.5 times"),
        (0.5, 3.0, "lie between conflict and a mere difference in size (mean cosine 0.5); that of health"),
    ],
)
def test_the_sentence_on_conflict_tells_cosine_and_sizes(run, cosine, ratio, words):
    one = np.array([[1.0, cosine * ratio], [cosine * ratio, ratio**2]])
    steps = dataclasses.replace(run.steps, gramians=np.broadcast_to(one, run.gramians.shape))
    said = harm.conflict(dataclasses.replace(run, steps=steps))
    assert said.startswith("The gradients of rul and health ")
    assert words in said


def test_without_gramians_nothing_is_said_of_conflict(run):
    bare = dataclasses.replace(run, steps=dataclasses.replace(run.steps, gramians=None))
    assert harm.conflict(bare) == ""


def test_cosines_are_drawn_with_their_mean_over_an_epoch(run):
    found = view.pictures(state_of(run=GABA, below="cosine", window="whole", x="steps"))["below"]
    lines = {one["uid"]: trace(found, one["uid"])[1] for one in found["data"]}
    cosine = run.gramians[:, 0, 1] / np.sqrt(run.gramians[:, 0, 0] * run.gramians[:, 1, 1])
    assert {"cosine-1", "cosine-mean-1"} < set(lines)
    assert np.nanmin(lines["cosine-1"]) == pytest.approx(cosine.min(), abs=1e-6)
    assert np.nanmax(np.abs(lines["cosine-mean-1"])) < np.abs(cosine).max()
    assert found["layout"]["yaxis"]["range"] == [-1.05, 1.05]


def test_beside_the_cosines_stands_how_many_steps_lie_at_each(run):
    found = view.pictures(state_of(run=GABA, below="cosine", window="transient"))["below"]
    x, y = trace(found, "cosine-share-1")
    edges, shares = cosine_histogram(run.gramians)
    np.testing.assert_allclose(y, np.repeat(edges, 2), atol=1e-6)
    np.testing.assert_allclose(x, [0.0, *np.repeat(shares[0, 1], 2), 0.0], atol=1e-6)
    axes = found["layout"]
    assert axes["xaxis"]["domain"][1] < axes["xaxis2"]["domain"][0]
    assert axes["xaxis2"]["range"][1] > x.max()


@pytest.mark.parametrize(("scheme", "floor"), [("gaba", "0.0"), ("gaba", "0.001"), ("raw", "0.05")])
def test_the_steps_that_harm_are_marked_at_their_cosine(run, scheme, floor):
    asked = state_of(
        run=GABA, below="cosine", window="whole", x="steps", scheme=scheme, floor=floor, beta="0.9"
    )
    x, y = trace(view.pictures(asked)["below"], "harmful")
    weights = replay(run, 0.9, float(floor), 100, scheme=scheme).weights[0]
    steps = np.flatnonzero(is_harmed(run.gramians, weights).any(axis=1))
    assert len(x) == len(y) == 3 * min(len(steps), MARKED)
    marked = x[::3].astype(int)
    assert np.isin(marked, steps).all()
    assert len(set(marked)) == len(marked)
    cosine = gradient_cosines(run.gramians)[marked, 0, 1]
    np.testing.assert_allclose((y[::3] + y[1::3]) / 2, cosine, atol=1e-5)
    assert np.isnan(x[2::3]).all()
    assert np.isnan(y[2::3]).all()


def test_a_run_without_gramians_draws_the_difference_instead_and_says_so():
    asked = state_of(run=GABA, below="cosine")
    subject = data.subject(asked)
    assert page.below_title(asked, subject) == "Cosines between the recorded gradients"
    bare = dataclasses.replace(subject, recording=dataclasses.replace(subject.recording, gramians=None))
    assert page.below_title(asked, bare) == "Replayed minus recorded"
    found = pictures_of(bare, asked)["below"]
    assert found["layout"]["yaxis"]["title"]["text"] == "replayed − recorded"


def test_the_csv_holds_each_cosine_and_the_steps_that_harm(run):
    asked = state_of(run=GABA, floor="0.1")
    rows = list(csv.DictReader(io.StringIO(as_csv(data.subject(asked), asked))))
    cosines = gradient_cosines(run.gramians)[:, 0, 1]
    assert [float(row["cosine_rul_health"]) for row in rows] == cosines.tolist()
    harms = is_harmed(run.gramians, replay(run, floor=0.1).weights[0]).any(axis=1)
    assert [row["replayed_harms_a_task"] == "1" for row in rows] == harms.tolist()
    below = state_of(run=GABA, below="cosine")
    table = str(data_table(data.subject(below), below))
    assert "cosine, rul and health" in table
    assert "harms a task, replayed" in table
    assert "cosine" not in str(data_table(data.subject(asked), asked))
    compared = as_csv(data.subject(own := state_of(run=GABA, mode="compare")), own).splitlines()[0]
    assert "cosine_rul_health" in compared
    assert "harms" not in compared
