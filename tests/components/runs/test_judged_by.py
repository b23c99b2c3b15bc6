"""By which metric the page judges a model, and one reading of `w_NAME` for sibling runs."""

import json
from urllib.parse import quote

import numpy as np
import pytest
from flask import Flask
from plotly.utils import PlotlyJSONEncoder

from components.layout.url_state import from_text
from components.run_source import source
from components.run_source.selected_run import Shown
from components.runs.cards import parts
from components.runs.figure.curves import means_of, weight_curves
from components.runs.figure.panels import board_of
from components.runs.groups import groups_of
from components.runs.state import RunsState
from components.runs.verdicts.card import judge_options
from components.runs.verdicts.diagnoses import diagnoses
from components.serving import cache
from gaba_core import SimulationParams, simulate
from gaba_core.runs import read_run
from tests.run_logs import write


@pytest.fixture
def serve(tmp_path):
    """The page's folder: five seeds of which one met its floor."""
    server = Flask("runs")
    cache.init_app(server)
    server.config["GABA_LOGS"] = tmp_path
    for seed in range(5):
        write(tmp_path / "nyu" / "ours" / f"seed_{seed}", log(seed, 1600.0 if seed == 3 else 4.0))
    with server.app_context():
        yield tmp_path


def log(seed, ratio):
    params = SimulationParams(norms=(ratio, 1.0), sigma=0.2, noise="lognormal", epochs=40, seeds=(seed,))
    rows = simulate(params, params.steps_per_epoch, params.steps_per_epoch - 1).weights[0].tolist()
    return [
        {
            "epoch": e,
            "w_seg": a,
            "w_depth": b,
            "val_miou": 0.7 - 0.005 * e,
            "train_loss": 0.9**e,
            "val_odd": e,
        }
        for e, (a, b) in enumerate(rows)
    ]


def shown():
    return source.shown([f"nyu/ours/seed_{seed}" for seed in range(5)])[0]


def texts(part):
    return json.dumps(part, cls=PlotlyJSONEncoder)


def test_the_mean_of_five_seeds_is_that_of_all_five(serve):
    runs = shown()
    assert [s.run.origins.judged.quantity for s in runs] == ["applied weight"] * 5
    state = RunsState(group="method")
    (group,) = groups_of(runs, state)
    axis = board_of(runs, state).axis
    means = means_of(group, lambda s: weight_curves(s, axis, ["seg"], ["applied"]))
    assert [mean.members for mean in means] == [5]
    expected = np.mean([s.run.weights[:, 0] for s in runs], axis=0)
    np.testing.assert_allclose(means[0].y, expected, atol=1e-12)


def test_a_reading_is_made_once_for_runs_that_did_not_change(serve):
    assert all(one.run is other.run for one, other in zip(shown(), shown(), strict=True))


def test_a_mean_never_mixes_quantities_and_says_how_many_have_it(serve):
    state = RunsState(group="all")
    bare = read_run(json.dumps([{"epoch": e, "val_miou": 0.5} for e in range(9)]), "bare")
    named = read_run(
        json.dumps([{"epoch": e, "raw_weight_seg": 0.3, "raw_weight_depth": 0.7} for e in range(9)])
    )
    runs = (*shown(), Shown("bare", "bare", bare, 6), Shown("named", "named", named, 7))
    drawn = board_of(runs, state)
    names = [t for panel in drawn.panels for _, means in panel.means for t in means]
    applied = [mean for mean in names if mean.kind == "applied"]
    assert [mean.members for mean in applied] == [5]
    said = texts(parts.legend(runs, state))
    assert "applied weight: 5 of 7, not bare, named" in said


def test_every_metric_is_offered_its_own_way_first(serve):
    options = judge_options(shown(), RunsState())
    assert options[0] == {"value": "", "label": "As found: val_miou"}
    values = [option["value"] for option in options[1:]]
    assert values[0] == "val_miou:max"
    assert values.index("val_miou:max") < values.index("train_loss:min") < values.index("val_miou:min")
    assert {"val_odd:max", "val_odd:min"} <= set(values)
    assert len(set(values)) == len(values)


def test_the_link_holds_what_the_model_is_judged_by(serve):
    found = {d.model.code for d in diagnoses(shown())}
    assert found == {"overfitting"}
    state, problems = from_text(RunsState, {"judge": "val_odd:max"})
    assert problems == ()
    (one, *_) = diagnoses(shown(), state.judged_by)
    assert (one.model.code, one.model.evidence["metric"]) == ("improving", "val_odd")
    (other, *_) = diagnoses(shown(), "val_odd:min")
    assert other.model.code == "overfitting"


def test_an_odd_name_goes_through_the_link(serve):
    name = "val, a%:b"
    state = RunsState(judge=quote(f"{name}:max", safe=""))
    assert state.judged_by == f"{name}:max"
    options = judge_options(shown(), state)
    assert options[-1]["label"] == f"{name}, higher is better"


def test_a_run_without_the_chosen_metric_is_judged_by_its_own(serve):
    (one, *_) = diagnoses(shown(), "bleu:max")
    assert one.model.evidence["metric"] == "val_miou"
