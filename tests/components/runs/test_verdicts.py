"""The verdict card of the Runs view as data: words for every code, evidence folded, judged again when due."""

import json

import pytest
from flask import Flask, current_app
from plotly.utils import PlotlyJSONEncoder

from components.run_source import source
from components.run_source.siblings import SIBLINGS, siblings_of
from components.runs.state import RunsState
from components.runs.verdicts import diagnoses
from components.runs.verdicts.card import TONES, card, evidence_text, value_text, verdicts, words
from components.serving import cache
from gaba_core.number_text import THIN, number
from gaba_core.runs import read_run
from gaba_core.runs.__main__ import main
from gaba_core.runs.diagnosis import diagnose, summary
from gaba_core.runs.diagnosis.verdict import verdict
from gaba_core.runs.number_text import percent
from tests.paths import LOGS as SHIPPED
from tests.run_cases import params
from tests.run_cases import records as run_records
from tests.run_logs import info, records, trace, write

KEY, SIBLING = "FD002/gaba/seed_42", "FD002/gaba/seed_123"


@pytest.fixture
def serve():
    """Return a function that makes a folder the one the page reads."""
    server = Flask("runs")
    cache.init_app(server)

    def over(folder):
        server.config["GABA_LOGS"] = folder
        server.extensions.pop("gaba_runs", None)

    with server.app_context():
        yield over


def shown(*keys):
    drawn, problems = source.shown(keys)
    assert problems == ()
    return drawn


def texts(tree):
    """Every text below a component, in the order of the page."""
    if isinstance(tree, list):
        return [text for item in tree for text in texts(item)]
    if isinstance(tree, dict):
        return texts(tree["props"].get("children"))
    return [] if tree is None else [str(tree)]


def sections(runs):
    return [texts(part) for part in json.loads(json.dumps(verdicts(runs), cls=PlotlyJSONEncoder))]


def test_the_shipped_runs_get_the_verdicts_of_the_core_beside_their_siblings(serve):
    serve(SHIPPED)
    keys = (KEY, "FD002/gradnorm/seed_123")
    good, bad = sections(shown(*keys))
    assert good[1:2] == ["FD002 gaba seed 42"]
    assert good[3:5] == ["Balancer", "converged"]
    assert bad[3:5] == ["Balancer", "diverged"]
    assert bad[6:8] == ["Model", "past best"]
    group = [
        read_run(path.parent) for path in sorted((SHIPPED / "FD002/gaba").glob("*/convergence_log.json"))
    ]
    own = next(run for run in group if run.info.seed == 42)
    expected = diagnose.diagnose(own, group)
    assert good[2] == expected.summary
    assert good[6:8] == ["Model", expected.model.code.replace("-", " ")]
    assert good[5] == expected.balancer.sentence
    assert good[8] == expected.model.sentence
    assert f"Evidence and rules, {len(expected.findings)} findings" in good
    assert expected.balancer.rule in good
    assert any("siblings: 4;" in text for text in good)
    assert any(f"weight: {number(expected.balancer.evidence['w'])};" in text for text in good)


def test_a_run_without_weights_is_said_to_have_no_balancer(serve, tmp_path):
    bare = [{k: v for k, v in r.items() if not k.startswith("w_")} for r in records()]
    write(tmp_path / KEY, log=bare)
    serve(tmp_path)
    (section,) = sections(shown(KEY))
    assert section[2].startswith("There is no balancer in this log to judge.")
    assert section[3:5] == ["Balancer", "no balancer"]


def test_every_verdict_has_a_tone_and_no_tone_is_left_over():
    known = {*summary.BALANCER, *summary.MODEL, *summary.AT_REST}
    assert set(TONES) == known


def test_without_a_selection_the_card_says_what_to_do(serve, tmp_path):
    serve(tmp_path)
    said = json.dumps(card((), RunsState()), cls=PlotlyJSONEncoder)
    assert "Tick a run in the list to have it judged." in said


def test_two_hundred_mappings_of_one_run_fill_no_memory(serve, tmp_path, monkeypatch):
    monkeypatch.setattr(diagnoses, "VERDICTS", 200_000)
    write(tmp_path / KEY, run=info(), steps=trace(30))
    serve(tmp_path)

    def judged(floor):
        drawn, problems = source.shown([KEY], {KEY: f"@floor={floor / 1000}"})
        assert problems == ()
        return diagnoses.diagnoses(drawn)[0]

    found = [judged(floor) for floor in range(1, 201)]
    retained = current_app.extensions["gaba_verdicts"]
    assert 1 < len(retained) < 200
    assert retained.nbytes <= 200_000
    assert judged(200) is found[-1]
    assert judged(1) is not found[0]
    assert len(source.library()._asked) == 1


def test_a_run_is_judged_once_until_a_file_of_its_own_or_of_a_sibling_changes(serve, tmp_path):
    for key in (KEY, SIBLING):
        write(tmp_path / key, run=info(), steps=trace(30))
    serve(tmp_path)
    (first,) = diagnoses.diagnoses(shown(KEY))
    assert diagnoses.diagnoses(shown(KEY))[0] is first
    write(tmp_path / SIBLING, log=records(9))
    (second,) = diagnoses.diagnoses(shown(KEY))
    assert second is not first
    write(tmp_path / KEY, run=info(controller={"beta": 0.9, "floor": 0.1, "warmup_steps": 3}))
    assert diagnoses.diagnoses(shown(KEY))[0] is not second


def test_siblings_share_subset_and_method_and_can_be_read(serve, tmp_path):
    for key in (KEY, SIBLING, "FD002/dwa/seed_42", "FD004/gaba/seed_42", "loose"):
        write(tmp_path / key)
    write(tmp_path / "FD002/gaba/seed_7", log="[{")
    serve(tmp_path)
    entries = {entry.key: entry for entry in source.library().entries()}
    found = {key: [e.key for e in siblings_of(entries[key], entries.values())] for key in entries}
    assert found[KEY] == [SIBLING]
    assert found["FD004/gaba/seed_42"] == found["loose"] == []


def test_siblings_without_end_are_not_all_read(serve, tmp_path):
    for seed in range(SIBLINGS + 5):
        write(tmp_path / f"FD002/gaba/seed_{seed}")
    serve(tmp_path)
    library = source.library()
    entries = library.entries()
    while library.waiting():
        entries = library.entries()
    assert len(siblings_of(entries[0], entries)) == SIBLINGS


@pytest.mark.parametrize(
    ("value", "text"),
    [(True, "yes"), (False, "no"), (3, "3"), (0.25, "0.25"), (-131749.2, f"−131{THIN}749")],
)
def test_evidence_is_written_as_a_reader_would(value, text):
    assert value_text(value) == text


def test_codes_and_names_are_written_as_words():
    assert words("past-best") == "past best"
    assert words("w_predicted") == "weight predicted"
    assert words("siblings_mad") == "siblings' median absolute deviation"


def test_evidence_that_is_not_known_is_left_out():
    found = verdict("settled", "Settled.", "Rule.", best=13.5, siblings=0, siblings_median=None, z=None)
    assert evidence_text(found) == "best: 13.5; siblings: 0"


def test_shares_are_written_in_percent_with_a_space():
    assert percent(0.134, "+.0f") == "+13 %"
    assert percent(0.02341, ".2f") == "2.34 %"


def test_one_run_alone_is_read_and_judged_as_its_folder_and_the_command_line_have_it(serve, tmp_path, capsys):
    for seed in range(5):
        case = params(norms=(900.0 if seed == 4 else 4.0, 1.0), sigma=0.2, noise="lognormal", seeds=(seed,))
        log = run_records(case, "weights")
        write(tmp_path / f"nyu/ours/seed_{seed}", log=log, run=None)
    serve(tmp_path)
    (alone,) = shown("nyu/ours/seed_1")
    assert alone.run.origins.judged.quantity == "applied weight"
    assert "its sibling" in alone.run.origins.judged.why
    (found,) = diagnoses.diagnoses((alone,))
    main(["diagnose", "--json", str(tmp_path / "nyu/ours/seed_1")])
    (printed,) = json.loads(capsys.readouterr().out)
    assert printed["summary"] == found.summary
    assert printed["balancer"]["sentence"] == found.balancer.sentence
    assert [f["code"] for f in printed["findings"]] == [f.code for f in found.findings]
    assert "like-siblings" in [f.code for f in found.findings]
