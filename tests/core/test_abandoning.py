"""Long loops stop at the next block once nobody waits for them, and leave nothing half done."""

import json

import pytest

from gaba_core import SimulationParams
from gaba_core.abandoning import Abandoned, abandoned_when, stop_if_abandoned, while_awaited
from gaba_core.runs import RunLibrary, read_run
from gaba_core.runs.formats import pieces, plain_rows, text_lines
from gaba_core.sweep import map_run
from gaba_core.sweep.computing import Chunk, compute
from gaba_core.sweep.grid import Grid
from tests.paths import LOGS


class After:
    """A probe that says so many times that somebody waits, and then that nobody does."""

    def __init__(self, times):
        self.times, self.asked = times, 0

    def __call__(self):
        self.asked += 1
        return self.asked > self.times


def stopped_after(times, work):
    """How often the probe was asked by a work that is stopped."""
    probe = After(times)
    with pytest.raises(Abandoned), abandoned_when(probe):
        work()
    return probe.asked


def test_no_block_is_begun_once_nobody_waits():
    done = []
    assert stopped_after(3, lambda: list(map(done.append, while_awaited(range(10))))) == 4
    assert done == [0, 1, 2]


def test_without_a_probe_and_after_its_block_all_is_done():
    stop_if_abandoned()
    with abandoned_when(lambda: True), abandoned_when(None):
        assert list(while_awaited("abc")) == ["a", "b", "c"]
    assert list(while_awaited("abc")) == ["a", "b", "c"]


@pytest.mark.parametrize("scheme", ["A", "C"])
def test_a_sweep_stops_between_its_blocks(scheme):
    grid = Grid(
        {"sigma": (0.1, 0.2, 0.3, 0.4), "beta": (0.9, 0.99), "floor": (0.0, 0.05)},
        SimulationParams(seeds=(0,), epochs=20),
        scheme,
    )
    chunk = Chunk(grid, 0, grid.groups, tuple(range(4)))
    assert stopped_after(0, lambda: compute(chunk)) == 1
    probe = After(10**9)
    with abandoned_when(probe):
        compute(chunk)
    assert probe.asked > 0


def test_the_map_of_a_run_stops_between_two_betas():
    run = read_run(LOGS / "FD002/gaba/seed_42/convergence_log.json")
    assert stopped_after(3, lambda: map_run(run, [0.5, 0.9, 0.95, 0.99, 0.999], [0.0, 0.05])) == 4


def long_log(kind):
    records = [{"epoch": i, "w_a": 0.5, "w_b": 0.5, "loss": 1.0 / (i + 1)} for i in range(3000)]
    if kind == "json":
        return json.dumps(records)
    if kind == "jsonl":
        return "\n".join(map(json.dumps, records)) + "\n"
    rows = [",".join(map(str, record.values())) for record in records]
    return "\n".join([",".join(records[0]), *rows]) + "\n"


@pytest.mark.parametrize("kind", ["json", "jsonl", "csv"])
def test_reading_a_long_log_stops_and_the_next_reader_gets_all_of_it(kind, tmp_path, monkeypatch):
    for module in (pieces, plain_rows, text_lines):
        monkeypatch.setattr(module, "PIECE", 1 << 12)
    (tmp_path / f"metrics.{kind}").write_text(long_log(kind), encoding="utf-8")
    library = RunLibrary(tmp_path)
    assert stopped_after(2, lambda: library.get(f"metrics.{kind}")) == 3
    assert len(library.get(f"metrics.{kind}").epochs) == 3000


def test_a_list_of_runs_that_was_abandoned_is_whole_at_the_next_look(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "metrics.jsonl").write_text(long_log("jsonl"), encoding="utf-8")
    library = RunLibrary(tmp_path)
    stopped_after(1, library.entries)
    assert [entry.epochs for entry in library.entries()] == [3000, 3000]
