"""run.json and steps.npz are optional: a broken one is a note and hides nothing."""

import json

import numpy as np
import pytest

from gaba_core.runs import read_run
from tests.run_logs import info, trace, write


def test_a_missing_run_json_is_a_note(tmp_path):
    run = read_run(write(tmp_path))
    assert run.info is None
    assert any("no run.json" in note for note in run.notes)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "must be complete JSON"),
        ('{"seed": 4', "may still be being written"),
        ("[1]", "must be an object; got a list of 1"),
        ("{bad}", "line 1, column 2"),
        ("[" * 50_000, "run.json was left out"),
    ],
)
def test_a_broken_run_json_is_a_note(tmp_path, text, said):
    run = read_run(write(tmp_path, run=text))
    assert len(run.epochs) == 6
    assert run.info is None
    assert any("run.json" in note and said in note for note in run.notes)


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"seed": "42"}, "seed", 'a whole number of at least 0; got the text "42"'),
        ({"seed": True}, "seed", "got the boolean true"),
        ({"epochs": 2.5}, "epochs", "got the number 2.5"),
        ({"subset": 3}, "subset", "a text; got the number 3"),
        ({"seconds": -1}, "seconds", "at least 0"),
        ({"controller": {"beta": 1.0}}, "beta", "[0, 1)"),
        ({"controller": {"floor": 0.7}}, "floor", "[0, 1/K]"),
    ],
)
def test_a_wrong_entry_of_run_json_is_noted_and_left_out(tmp_path, changes, field, said):
    run = read_run(write(tmp_path, run=info(**changes)))
    assert getattr(run.info, field) is None
    assert any(f"field '{field}' must be" in note and said in note for note in run.notes)


def test_a_floor_too_high_for_the_tasks_gives_no_applied_weights(tmp_path):
    log = [{"epoch": 0, "w_a": 0.2, "w_b": 0.3, "w_c": 0.5}]
    run = read_run(write(tmp_path, log, info(controller={"floor": 0.4})))
    assert run.weights is None
    assert run.state is not None


def test_what_run_json_says_is_kept(tmp_path):
    run = read_run(write(tmp_path, run=info(seconds=12.5, torch="2.13", mine=[1, 2], started=None)))
    assert (run.info.beta, run.info.floor, run.info.warmup_steps) == (0.9, 0.05, 3)
    assert (run.info.seed, run.info.seconds, run.info.torch, run.info.started) == (42, 12.5, "2.13", None)
    assert dict(run.info.extra) == {"mine": [1, 2]}


def test_a_run_of_another_method_has_no_controller(tmp_path):
    run = read_run(write(tmp_path, run=info(method="gradnorm", controller=None)))
    assert run.info.method == "gradnorm"
    assert run.info.floor is None
    assert not any("controller" in note for note in run.notes)


def test_step_arrays_are_read_as_columns(tmp_path):
    steps = trace()
    run = read_run(write(tmp_path, run=info(), steps=steps))
    np.testing.assert_array_equal(run.steps.step, np.arange(30))
    for name in ("state", "weights", "norms", "losses"):
        np.testing.assert_array_equal(getattr(run.steps, name), steps[name])


def test_a_norm_that_was_not_finite_is_a_gap(tmp_path):
    steps = trace()
    steps["norms"][3, 0] = np.inf
    run = read_run(write(tmp_path, run=info(), steps=steps))
    assert np.isnan(run.steps.norms[3]).tolist() == [True, False]


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda s: s.pop("norms"), "norms"),
        (lambda s: s.update(state=s["state"][:5]), "'state' must be (30, 2)"),
        (lambda s: s.update(step=s["step"].astype(float)), "whole numbers"),
        (lambda s: s.update(step=s["step"][:0]), "whole numbers"),
        (lambda s: s.update(losses=np.full((30, 2), "x")), "'losses' must be (30, 2) numbers"),
        (lambda s: s.update(weights=np.full((30, 2), None)), "pickle"),
        (lambda s: s.update(trace(tasks=3)), "must be (30, 2)"),
    ],
)
def test_broken_step_arrays_are_a_note(tmp_path, spoil, said):
    steps = trace()
    spoil(steps)
    run = read_run(write(tmp_path, run=info(), steps=steps))
    assert run.steps is None
    assert any("steps.npz was left out" in note and said in note for note in run.notes)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04torn", b"not an archive"])
def test_a_torn_steps_file_is_a_note(tmp_path, content):
    folder = write(tmp_path, run=info())
    (folder / "steps.npz").write_bytes(content)
    run = read_run(folder)
    assert run.steps is None
    assert any("steps.npz was left out" in note for note in run.notes)


def test_a_single_array_in_place_of_the_archive_is_a_note(tmp_path):
    folder = write(tmp_path, run=info())
    with (folder / "steps.npz").open("wb") as stream:
        np.save(stream, np.arange(3))
    assert any("must be an archive" in note for note in read_run(folder).notes)


def test_steps_that_start_over_are_noted(tmp_path):
    steps = trace()
    steps["step"][10:] -= 10
    assert any("do not ascend" in note for note in read_run(write(tmp_path, run=info(), steps=steps)).notes)


def test_a_pickle_is_never_loaded(tmp_path):
    folder = write(tmp_path, run=info())
    np.savez(folder / "steps.npz", **(trace() | {"losses": np.array([json], dtype=object)[:0]}))
    assert read_run(folder).steps is None
