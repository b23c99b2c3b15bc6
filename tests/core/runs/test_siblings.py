"""A run that is given alone is compared with the seeds that lie beside it."""

import json

import pytest

from gaba_core.runs import read_run
from gaba_core.runs.__main__ import main
from gaba_core.runs.commands.options import Stated
from gaba_core.runs.commands.siblings import MOST, siblings_of
from gaba_core.runs.commands.watching import Clock, watch
from tests.run_cases import params, records

NAMES = [
    "ours/seed_{}/convergence_log.json",
    "ours_seed{}.json",
    "nyu/ours/seed_{}/metrics.json",
    "gaba-s{}/log.json",
]


def put(path, **changes):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(records(params(**changes), "weights")))
    return path


def found(path):
    return siblings_of({path: read_run(path)}, Stated())


@pytest.mark.parametrize("name", NAMES)
def test_other_seeds_of_the_same_name_are_siblings(tmp_path, name):
    paths = [put(tmp_path / name.format(seed), seeds=(seed,)) for seed in range(4)]
    put(tmp_path / name.replace("ours", "theirs").replace("gaba", "dwa").format(7))
    (tmp_path / name.format(8)).parent.mkdir(exist_ok=True)
    (tmp_path / name.format(8)).write_text("[{")
    assert sorted(found(paths[2])) == [paths[0], paths[1], paths[3]]


def test_a_log_that_no_path_calls_a_seed_has_none(tmp_path):
    put(tmp_path / "run_a.json")
    assert found(put(tmp_path / "mine.json")) == {}


def test_more_siblings_than_say_anything_are_not_read(tmp_path):
    paths = [put(tmp_path / f"ours_seed{seed}.json", epochs=8) for seed in range(MOST + 4)]
    assert len(found(paths[3])) == MOST


def test_what_was_given_with_a_run_is_not_read_twice(tmp_path):
    paths = [put(tmp_path / f"ours_seed{seed}.json", seeds=(seed,)) for seed in range(3)]
    assert siblings_of({path: read_run(path) for path in paths}, Stated()) == {}


def test_the_verdict_on_one_seed_is_the_one_it_has_in_its_folder(tmp_path, capsys):
    for seed in range(4):
        put(tmp_path / f"ours_seed{seed}.json", seeds=(seed,), sigma=0.2)
    main(["diagnose", "--json", str(tmp_path)])
    in_folder = {one["path"]: one for one in json.loads(capsys.readouterr().out)}
    main(["diagnose", "--json", str(tmp_path / "ours_seed2.json")])
    (alone,) = json.loads(capsys.readouterr().out)
    assert alone == in_folder[alone["path"]]
    assert "as in its sibling runs" in alone["summary"]


def test_a_growing_log_is_compared_with_the_seeds_beside_it(tmp_path):
    for seed in range(4):
        put(tmp_path / f"ours_seed{seed}.json", seeds=(seed,), sigma=0.2)
    lines, now = [], iter(range(100))
    clock = Clock(now=lambda: float(next(now)), wait=lambda _: None)
    watch([tmp_path / "ours_seed1.json"], Stated(), lines.append, lines.append, quiet=5.0, clock=clock)
    assert len(lines) == 1
    assert "as in its sibling runs" in lines[0]
