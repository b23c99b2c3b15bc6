"""The run.json that is offered is one that the reader takes once it is filled in."""

import json

from gaba_core.runs import RunLibrary, read_run
from gaba_core.runs.sidecar_template import info_template
from tests.run_logs import records, write


def test_an_unfilled_template_says_nothing_and_raises_no_remark(tmp_path):
    folder = write(tmp_path / "mine/seed_3")
    name, text = info_template(read_run(folder), "mine/seed_3")
    assert name == "run.json"
    (folder / name).write_text(text)
    run = read_run(folder)
    assert (run.info.method, run.info.seed, run.info.beta, run.info.extra) == ("mine", 3, None, {})
    assert not any("run.json" in note for note in run.notes)


def test_a_filled_template_states_the_parameters_of_a_log_of_any_name(tmp_path):
    (tmp_path / "ours_seed3.csv").write_text("epoch,w_a,w_b\n0,.5,.5\n1,.4,.6\n")
    run = RunLibrary(tmp_path).get("ours_seed3.csv")
    name, text = info_template(run, "ours_seed3.csv")
    assert name == "ours_seed3.run.json"
    filled = json.loads(text) | {
        "controller": {"beta": 0.9, "floor": 0.05, "warmup_steps": 3},
        "subset": "NYU",
    }
    (tmp_path / name).write_text(json.dumps(filled))
    entry, again = RunLibrary(tmp_path).entries()[0], RunLibrary(tmp_path).get("ours_seed3.csv")
    assert (entry.subset, entry.method, entry.seed) == ("NYU", "ours", 3)
    assert (again.info.beta, again.floor, again.info.warmup_steps) == (0.9, 0.05, 3)


def test_a_dropped_log_is_offered_one_too():
    run = read_run(json.dumps(records()).encode(), "ours_seed0.json")
    assert info_template(run, "dropped: ours_seed0.json #0f")[0] == "ours_seed0.run.json"
