"""What a replayed method's steps would have harmed, and whether the gradients conflict."""

import dataclasses

import numpy as np
import pytest

import app
from components.replay import data, harm, view
from components.replay import layout as page
from components.replay.lower_figure import running_mean
from components.replay.pictures import pictures_of
from gaba_core.aggregators import AGGREGATORS
from gaba_core.number_text import percent
from gaba_core.runs import read_run, replay
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


def test_the_running_mean_is_cut_at_the_ends_and_passes_gaps():
    values = np.array([1.0, 2.0, np.nan, 6.0, 8.0])
    np.testing.assert_allclose(running_mean(values, 3), [1.5, 1.5, 4.0, 7.0, 7.0])
    np.testing.assert_allclose(running_mean(values, 2), [1.5, 2.0, 6.0, 7.0, 8.0])
    assert np.isnan(running_mean(np.full(3, np.nan), 2)).all()


def test_a_run_without_gramians_draws_the_difference_instead_and_says_so():
    asked = state_of(run=GABA, below="cosine")
    subject = data.subject(asked)
    assert page.below_title(asked, subject) == "Cosines between the recorded gradients"
    bare = dataclasses.replace(subject, recording=dataclasses.replace(subject.recording, gramians=None))
    assert page.below_title(asked, bare) == "Replayed minus recorded"
    found = pictures_of(bare, asked)["below"]
    assert found["layout"]["yaxis"]["title"]["text"] == "replayed − recorded"
