"""What made a run, as one flat list."""

import json

from gaba_core.runs import read_run
from gaba_core.runs.run_parameters import differing, facts
from tests.run_logs import info, records


def test_every_parameter_is_listed_and_nothing_that_came_out():
    more = {"optimisation": {"rate": 0.001, "decays": [10, 20]}, "max_epochs": 9, "stopped": "patience"}
    more["weighting"] = {"name": "gaba", "beta": 0.9, "floor": 0.2}
    run = read_run(json.dumps({"history": records()} | info(**more)))
    found = facts(run, "FD002/gaba/seed_42")
    assert found["beta"] == 0.9
    assert found["optimisation/rate"] == 0.001
    assert found["optimisation/decays"] == "10, 20"
    assert found["max_epochs"] == 9
    assert "weighting/beta" not in found
    assert found["weighting/floor"] == 0.2
    assert not found.keys() & {"best_epoch", "epochs", "stopped", "extra"}
    assert list(found)[:3] == ["subset", "method", "seed"]


def test_a_run_without_a_word_about_it_is_named_by_its_place():
    run = read_run(json.dumps(records()))
    assert facts(run, "FD004/dwa/seed_7") == {"subset": "FD004", "method": "dwa", "seed": 7}
    assert facts(run, "mine.json") == {}


def test_a_parameter_differs_where_a_run_does_not_name_it():
    unlike, alike = differing([{"a": 1, "b": 2, "c": 3}, {"a": 1, "b": 4}])
    assert unlike == ("b", "c")
    assert alike == ("a",)
    assert differing([]) == ((), ())
