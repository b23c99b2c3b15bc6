"""The sentence above the replay, against numbers computed here from the run's own arrays."""

import re

import pytest

import app
from components.replay import view
from gaba_core.number_text import number, percent
from gaba_core.runs import replay
from tests.components.replay_cases import DWA, KEY, make_folder, run_of, state_of


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    return app.create_app(make_folder(tmp_path_factory.mktemp("outcome") / "logs"))


@pytest.fixture(autouse=True)
def in_the_app(served):
    with served.server.test_request_context("/"):
        yield


def said(**text):
    return view.pictures(state_of(**text))["main"]["text"]["outcome"]


def late(values):
    return values[-(len(values) // 4) :]


def share(weights, norms):
    pull = late(weights * norms)
    return percent(float((pull[:, 0] / pull.sum(axis=1)).mean()))


@pytest.mark.parametrize("floor", [0.1, 0.2, 0.3])
def test_another_floor_says_where_the_weight_would_have_settled_and_what_of_the_gradient_it_had(floor):
    run = run_of()
    replayed = replay(run, scheme="gaba", floor=floor).weights[0]
    recorded, norms = run.steps.weights.astype(float), run.steps.norms.astype(float)
    at, was = (number(float(late(w)[:, 0].mean())) for w in (replayed, recorded))
    sentence = said(floor=str(floor))
    assert sentence.startswith(
        f"With floor {floor}, the rul weight would have settled at {at} instead of {was}"
    )
    shares = re.search("with (.+) of the gradient instead of (.+)[.]", sentence)
    assert shares.groups() == (share(replayed, norms), share(recorded, norms))


def test_a_weight_that_does_not_settle_is_said_to_end():
    replayed = replay(run_of(), scheme="raw").weights[0, :, 0]
    assert f"Through Raw shares, the rul weight would have ended at {number(float(replayed[-1]))}" in said(
        scheme="raw"
    )


def test_what_changes_nothing_is_called_the_same():
    assert "would still have settled at 0.0477" in said(beta="0.9")


def test_the_runs_own_parameters_give_the_recording_again():
    sentence = said()
    off = re.fullmatch(
        "With the run's own parameters the replay stays within (.+)×10⁻[⁷⁸] of the recording.", sentence
    )
    assert off, sentence


def test_every_change_is_named_in_its_order():
    sentence = said(beta="0.999", floor="0.3", warmup_steps="400")
    assert sentence.startswith("With β 0.999, floor 0.3 and a warm-up of 400 steps, the rul weight")


def test_another_method_is_named_and_a_simulation_says_how_far_it_is():
    assert said(run=DWA).startswith("Through GABA: floor + renormalise")
    assert said(mode="compare").startswith(
        "A simulation with constant norms leaves the recorded curve by at most"
    )


@pytest.mark.parametrize("key", [KEY, DWA])
@pytest.mark.parametrize("scheme", ["gaba", "gaba-unfloored", "projection", "raw", "equal"])
def test_the_sentence_fits_the_lines_kept_for_it(key, scheme):
    given = {"beta": "0.9987", "floor": "0.3333", "warmup_steps": "1234"}
    sentence = said(run=key, scheme=scheme, **given)
    assert len(sentence) <= 200
    assert not [part for part in ("nan", "inf", "e-") if part in sentence]
