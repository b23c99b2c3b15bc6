"""What the Runs page says of a folder: names told apart, tasks that are missing, what was passed by."""

import base64
import json
from urllib.parse import unquote

import pytest

import app
from components.run_source import source
from components.run_source.run_names import marks_of
from components.runs.cards import folder_notes, parts
from components.runs.state import ALL_TASKS, RunsState
from components.runs.verdicts import diagnoses as verdicts
from tests.run_logs import info, records, write

THREE = [{"epoch": e, "w_a": 0.2, "w_b": 0.3, "w_c": 0.5} for e in range(4)]


@pytest.fixture
def served(tmp_path):
    write(tmp_path / "mine/two/seed_0", run=info(subset="mine", seed=0))
    write(tmp_path / "mine/three/seed_0", THREE, run=info(subset="mine", seed=0))
    (tmp_path / "notes.txt").write_text("40 epochs on the big machine")
    with app.create_app(tmp_path).server.app_context():
        yield tmp_path


def dropped(name, log):
    return source.drop(name, f"data:;base64,{base64.b64encode(json.dumps(log).encode()).decode()}")


def test_two_runs_of_one_name_are_told_apart_in_list_and_legend(served):
    rows = source.rows(source.library().entries())
    assert [row["subset"] for row in rows] == ["mine (three)", "mine (two)"]
    shown, _ = source.shown([row["key"] for row in rows])
    assert [s.label for s in shown] == ["mine gaba seed 0 (three)", "mine gaba seed 0 (two)"]
    alone, _ = source.shown([rows[0]["key"]])
    assert [s.label for s in alone] == ["mine gaba seed 0"]


def test_two_dropped_files_of_one_name_are_told_apart(served):
    entries = [dropped("log.json", records(n)) for n in (3, 4)]
    labels = [s.label for s in source.shown([entry.key for entry in entries])[0]]
    assert len(set(labels)) == 2
    assert all(label.startswith("log.json (#") for label in labels)
    assert len({row["subset"] for row in source.rows(entries)}) == 2


@pytest.mark.parametrize(
    ("keys", "marks"),
    [
        (("a/x/s", "a/y/s"), ["x", "y"]),
        (("s", "a/s"), ["s", "a"]),
        (("a/b/c", "a/c"), ["b", "a/c"]),
        (("x/1/s", "y/2/s", "x/2/s"), ["x/1", "y/2", "x/2"]),
    ],
)
def test_the_mark_is_the_part_in_which_paths_differ(keys, marks):
    found = marks_of(["same"] * len(keys), keys)
    assert found == marks
    assert len(set(found)) == len(keys)


def test_a_run_that_lacks_a_task_that_is_drawn_is_named(served):
    shown, _ = source.shown(["mine/two/seed_0", "mine/three/seed_0"])
    said = texts(parts.legend(shown, RunsState(task="c")))
    assert "mine gaba seed 0 (two) has no task c." in said
    every = " ".join(texts(parts.legend(shown, RunsState(task=ALL_TASKS))))
    assert "(two) has no task a, b or c" in every
    assert "(three) has no task rul or health" in every
    assert not any("has no task" in text for text in texts(parts.legend(shown[:1], RunsState())))


def test_what_was_passed_by_is_counted_and_named(served):
    source.library().entries()
    said = texts(folder_notes.passed_by(source.library().passed_by()))
    assert said[:2] == ["1 file passed by", "notes.txt"]
    assert folder_notes.passed_by(()) is None


def test_a_run_without_run_json_is_offered_one_to_fill_in(served):
    entry = dropped("ours_seed3.json", records())
    shown, _ = source.shown([entry.key])
    (link,) = [part for part in walk(parts.remarks(shown)) if type(part).__name__ == "A"]
    assert link.download == "ours_seed3.run.json"
    offered = json.loads(unquote(link.href.partition(",")[2]))
    assert (offered["method"], offered["seed"]) == ("ours", 3)
    card = parts.remarks(source.shown(["mine/two/seed_0"])[0])
    assert not [part for part in walk(card) if type(part).__name__ == "A"]


def test_dropped_seeds_of_one_name_have_their_colours_and_are_siblings(served, monkeypatch):
    logs = {f"ours_seed{seed}.json": records(5 + seed) for seed in range(3)} | {
        "theirs_seed0.json": records(9)
    }
    shown, _ = source.shown([dropped(name, log).key for name, log in logs.items()])
    assert len({s.style for s in shown}) == 4
    judged = {}

    def noted(run, siblings=(), *_):
        judged[run.name] = [sibling.name for sibling in siblings]

    monkeypatch.setattr(verdicts, "diagnose", noted)
    verdicts.diagnoses(shown)
    assert judged == {
        "ours_seed0.json": ["ours_seed1.json", "ours_seed2.json"],
        "ours_seed1.json": ["ours_seed0.json", "ours_seed2.json"],
        "ours_seed2.json": ["ours_seed0.json", "ours_seed1.json"],
        "theirs_seed0.json": [],
    }


def texts(part):
    return [one for one in walk(part) if isinstance(one, str)]


def walk(part):
    yield part
    children = getattr(part, "children", None)
    for child in children if isinstance(children, (list, tuple)) else [children]:
        if child is not None:
            yield from walk(child)
