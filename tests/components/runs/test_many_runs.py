"""Many runs on the Runs page: a line each in few traces, then bands; and what stands in place of a legend."""

import json
from dataclasses import replace

import numpy as np
import orjson
import pytest
from dash.development.base_component import Component

from components.run_source.selected_run import Shown
from components.runs.cards import many, parameters, parts
from components.runs.figure.figure import runs_picture
from components.runs.figure.quantile_bands import LEVELS
from components.runs.playhead import QUANTILES, playhead
from components.runs.report.figure import report_picture
from components.runs.state import LINES, MAX_RUNS, NAMED, RunsState
from components.runs.verdicts import card
from components.runs.verdicts.answer import answer
from gaba_core.runs import diagnose, read_run
from tests.components.drawn import numbers

RECORDS = 1000


def runs(count, records=RECORDS, *, lacking=()):
    """Runs whose weight and metric are their own; those of `lacking` log no metric."""
    rng = np.random.default_rng(5)
    found = []
    for i in range(count):
        weight, score = 0.2 + 0.05 * rng.random(records), rng.random(records) + 0.5
        log = [
            {"epoch": e, "w_a": w, "w_b": 1.0 - w} | ({} if i in lacking else {"loss_val": s})
            for e, (w, s) in enumerate(zip(weight.tolist(), score.tolist(), strict=True))
        ]
        found.append(Shown(f"m/seed_{i}", f"run <{i}>", read_run(json.dumps(log), f"run {i}"), i))
    return found


STATE = RunsState(metric=("loss_val",), show=("applied", "state", "best"))


@pytest.fixture(scope="module")
def hundred():
    return runs(LINES)


@pytest.fixture(scope="module")
def thousand():
    return runs(MAX_RUNS, 40, lacking=(3, 4))


def merged(picture):
    return [trace for trace in picture["data"] if "meta" in trace]


def taken_apart(picture, start):
    """x and y of each run's own line among merged ones, by the name that the pointer reads."""
    found = {}
    for trace in merged(picture):
        if trace["uid"].startswith(start):
            x, y = (numbers(trace[axis]["bdata"]) for axis in ("x", "y"))
            ends = np.cumsum([0, *(points for _, points in trace["meta"]["lines"])])
            assert ends[-1] == x.size
            for (name, _), first, last in zip(trace["meta"]["lines"], ends, ends[1:], strict=False):
                assert np.isnan(y[last - 1])
                found[name] = x[first : last - 1], y[first : last - 1]
    return found


def test_every_record_of_a_hundred_runs_is_drawn_in_a_few_traces(hundred):
    picture = runs_picture(hundred, STATE)
    lines = taken_apart(picture, "metric-0")
    assert len(lines) == LINES
    for i, s in enumerate(hundred):
        x, y = lines[f"loss_val, run &lt;{i}&gt;"]
        np.testing.assert_array_equal(x, s.run.epochs)
        np.testing.assert_array_equal(y, s.run.metrics["loss_val"].astype(np.float32))
    weights = taken_apart(picture, "state-0")
    assert sum(x.size for x, _ in weights.values()) == LINES * RECORDS
    assert len(picture["data"]) <= 40
    assert sum(bool(trace.get("showlegend")) for trace in merged(picture)) == 0
    assert len(orjson.dumps(picture)) < 2_300_000  # 200,000 points of 8 bytes in base64, and little else


def test_up_to_a_dozen_runs_are_drawn_as_ever_and_one_more_as_many(hundred):
    few = runs_picture(hundred[:NAMED], STATE)
    assert not merged(few)
    assert all(
        trace["mode"] == "lines+markers" for trace in few["data"] if trace["uid"].startswith("metric-")
    )
    assert taken_apart(runs_picture(hundred[: NAMED + 1], STATE), "metric-0").keys() == {
        f"loss_val, run &lt;{i}&gt;" for i in range(NAMED + 1)
    }


def test_axes_of_many_runs_are_those_of_their_lines_and_not_of_how_they_are_joined(hundred):
    joined, apart = (runs_picture(hundred, STATE, merges=merges)["layout"] for merges in (True, False))
    for axis in ("xaxis", "yaxis", "yaxis2"):
        assert joined[axis]["range"] == apart[axis]["range"]


def test_a_report_names_each_line_to_plotly_itself(hundred):
    figure, _ = report_picture(hundred, STATE)
    named = [trace for trace in figure["data"] if trace["uid"].startswith("metric-0")]
    assert [trace["name"] for trace in named] == [f"loss_val, run &lt;{i}&gt;" for i in range(LINES)]


def test_the_best_epochs_of_many_runs_are_marked_each(hundred):
    found = [trace for trace in runs_picture(hundred, STATE)["data"] if trace["uid"].startswith("best-1")]
    assert sum(numbers(trace["x"]["bdata"]).size for trace in found) == LINES
    assert len(found) <= 8


def test_runs_that_log_no_applied_weight_are_drawn_by_their_state_in_groups_too():
    grouped = RunsState(metric=("loss_val",), group="all")
    assert any(t["uid"].startswith("mean-y-") for t in runs_picture(runs(3, 20), grouped)["data"])


def test_a_thousand_runs_are_bands_whose_edges_are_quantiles(thousand):
    picture = runs_picture(thousand, STATE)
    found = {t["uid"]: (numbers(t["x"]["bdata"]), numbers(t["y"]["bdata"])) for t in picture["data"]}
    values = [s.run.metrics["loss_val"] for s in thousand if "loss_val" in s.run.metrics]
    top, upper, middle, lower, bottom = np.quantile(values, LEVELS, axis=0).astype(np.float32)
    np.testing.assert_allclose(found["median-0-y2"][1], middle, rtol=1e-6)
    for name, low, high in (("outer", bottom, top), ("inner", lower, upper)):
        outline = np.concatenate([low, high[::-1]])
        np.testing.assert_allclose(found[f"band-{name}-0-y2"][1], outline, rtol=1e-6)
    assert not [uid for uid in found if uid.startswith(("metric", "state", "best", "regime"))]
    assert len(orjson.dumps(picture)) < 20_000


def test_a_band_says_of_how_many_runs_it_is(thousand):
    median = next(t for t in runs_picture(thousand, STATE)["data"] if t["uid"] == "median-0-y2")
    assert median["name"] == "loss_val, median of 998 runs"
    assert "of 1,000 runs" in median["hovertemplate"].replace("\N{THIN SPACE}", ",").replace("\u202f", ",")
    count = numbers(median["customdata"]["bdata"]).reshape(-1, 5)[:, 4]
    assert set(count.tolist()) == {998.0}


def texts(component):
    """Every text of a component tree."""
    if isinstance(component, str):
        return [component]
    if isinstance(component, (list, tuple)):
        return [text for part in component for text in texts(part)]
    return (
        texts(component.children)
        if isinstance(component, Component) and hasattr(component, "children")
        else []
    )


def test_the_legend_of_many_runs_is_a_sentence(hundred, thousand):
    of_lines, of_bands = (" ".join(texts(parts.legend(s, STATE))) for s in (hundred, thousand))
    assert "100 runs, a line each. Point at a line to read which run it is." in of_lines
    assert "run <7>" not in of_lines
    assert "runs as bands: their median, the middle half of them, and 90 % of them." in of_bands
    assert "Loss_val: 998 of" in of_bands


def test_more_groups_than_can_be_told_apart_are_not_drawn_and_the_page_says_so(hundred):
    state = RunsState(metric=("loss_val",), group="seed")
    assert "Seed makes more than 40 groups, so none is drawn." in many.words(hundred, (), state)
    assert taken_apart(runs_picture(hundred, state), "metric-0")


def test_at_the_playhead_stand_the_quantiles_of_many_runs(hundred):
    head = playhead(hundred, STATE)
    assert len(head["values"]) == len(QUANTILES)
    column = [i for i, row in enumerate(head["values"][0]) if row[5] is not None][-1]
    logged = [s.run.metrics["loss_val"][5] for s in hundred]
    at = [row[column][head["epochs"].index(5)] for row in head["values"]]
    np.testing.assert_allclose(at, np.quantile(logged, LEVELS), rtol=1e-12)
    assert len(orjson.dumps(head)) < 300_000  # one row a run would be 5 MB
    assert texts(parts.readout(hundred, STATE))[0] == "Of 100 runs"


def test_parameters_of_many_runs_are_summed_up(hundred):
    assert parameters.summed_up(hundred)[0] == [("Seed", ["100 different values"])]


def test_lists_end_at_a_dozen_runs_and_say_so(thousand):
    assert not many.rest(thousand[:NAMED])
    assert "The first 12 of" in texts(many.rest(thousand))[0]


def components(tree):
    if hasattr(tree, "children"):
        return 1 + components(tree.children)
    return sum(map(components, tree)) if isinstance(tree, (list, tuple)) else 0


def test_a_hundred_runs_make_a_page_no_longer_than_a_dozen(hundred, monkeypatch):
    """Dash asks every component after every change: thousands of them stall the page."""
    judged = [diagnose(s.run) for s in hundred[:NAMED]] * 9
    each = [replace(d, summary=f"As run {i}.") for i, d in enumerate(judged)]  # of none the same is said
    monkeypatch.setattr(card, "diagnoses", lambda shown, _by: each[: len(shown)])
    for content in (parts.regimes, parts.remarks, card.verdicts):
        dozen, all_ = components(content(hundred[:NAMED])), components(content(hundred))
        assert 0 < all_ < 1.3 * dozen + 20


def test_the_gravest_verdicts_stand_first_and_say_of_how_many_runs(hundred, monkeypatch):
    calm, lost = (diagnose(s.run) for s in hundred[:2])
    lost = replace(lost, balancer=replace(lost.balancer, code="diverged"), summary="Lost.")
    judged = tuple(lost if i >= 60 else calm for i in range(len(hundred)))
    monkeypatch.setattr(card, "diagnoses", lambda shown, _by: judged)
    said = card.verdicts(hundred)
    first, second = (texts(section) for section in said[:2])
    assert "Lost." in first
    assert "and 37 more" in first
    assert "and 57 more" in second
    assert "those on 94 more runs" in texts(said[-1])[0]


def test_the_answer_says_of_how_many_runs_it_is(thousand):
    few = thousand[:2]
    judged = [diagnose(s.run) for s in few]
    assert answer(thousand, judged).startswith("The first 2 of 1")
    assert "2 of 2 balancers" in answer(few, judged)
