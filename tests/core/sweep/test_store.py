"""A sweep on disk, its command line, and what is said where it cannot go on."""

import errno
import io
import json
from concurrent.futures import CancelledError, Executor, Future
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import numpy as np
import pytest

from gaba_core import ParameterError, SimulationParams
from gaba_core.errors import SweepError
from gaba_core.sweep import MEASURES, Grid, computing, sweep
from gaba_core.sweep import running as running_module
from gaba_core.sweep.__main__ import main
from gaba_core.sweep.planning import plan
from gaba_core.sweep.store import read_result

GRID = Grid({"beta": (0.9, 0.99), "floor": (0.0, 0.05)}, SimulationParams(epochs=4, sigma=0.3))
SEEDS = 40
COMMAND = ["--axis", "beta=0.9:0.99:2", "--axis", "floor=0,0.05", "--epochs", "4", "--sigma", "0.3"]


@pytest.fixture(autouse=True)
def many_chunks(monkeypatch):
    """Cut any sweep into several chunks."""
    monkeypatch.setattr(running_module, "plan", lambda grid, seeds: plan(grid, seeds, seconds=3e-4))
    monkeypatch.setattr(running_module, "FEW", 1000)


def computed(monkeypatch):
    """The chunks that are computed from now on."""
    chunks = []
    monkeypatch.setattr(
        running_module, "compute", lambda chunk: (chunks.append(chunk), computing.compute(chunk))[1]
    )
    return chunks


def test_a_result_that_was_stored_reads_back_as_it_was(tmp_path):
    written = sweep(GRID, SEEDS, folder=tmp_path)
    path = tmp_path / "result.parquet"
    for source in (tmp_path, path, str(tmp_path), io.BytesIO(path.read_bytes())):
        found = read_result(source)
        assert found.grid == GRID
        assert found.seeds == tuple(range(SEEDS))
        assert all(np.array_equal(found[name], written[name], equal_nan=True) for name in MEASURES)


def test_a_sweep_that_was_cut_short_goes_on_where_it_was(tmp_path, monkeypatch):
    whole = tmp_path / "whole"
    sweep(GRID, SEEDS, folder=whole)
    chunks = computed(monkeypatch)

    class Enough(Exception):
        pass

    def stop(done, _):
        if done == 2:
            raise Enough

    with pytest.raises(Enough):
        sweep(GRID, SEEDS, folder=tmp_path / "cut", progress=stop)
    assert len(chunks) == 2
    sweep(GRID, SEEDS, folder=tmp_path / "cut")
    assert len(chunks) == len(set(chunks)) > 3
    assert (tmp_path / "cut/result.parquet").read_bytes() == (whole / "result.parquet").read_bytes()


def test_a_broken_part_is_computed_again(tmp_path, monkeypatch):
    sweep(GRID, SEEDS, folder=tmp_path)
    before = (tmp_path / "result.parquet").read_bytes()
    (tmp_path / "parts/1.parquet").write_bytes(b"PAR1 cut off")
    (tmp_path / "parts/2.parquet").unlink()
    chunks = computed(monkeypatch)
    sweep(GRID, SEEDS, folder=tmp_path)
    assert len(chunks) == 2
    assert (tmp_path / "result.parquet").read_bytes() == before


def test_other_measures_of_the_same_sweep_need_no_new_simulation(tmp_path, monkeypatch):
    sweep(GRID, SEEDS, "settle", folder=tmp_path)
    chunks = computed(monkeypatch)
    assert set(sweep(GRID, SEEDS, ("noise",), folder=tmp_path).values) == {"noise"}
    assert not chunks


def test_a_folder_that_holds_another_sweep_is_left_alone(tmp_path):
    sweep(GRID, 3, folder=tmp_path)
    before = (tmp_path / "result.parquet").read_bytes()
    with pytest.raises(SweepError, match="holds another one"):
        sweep(GRID, 4, folder=tmp_path)
    assert (tmp_path / "result.parquet").read_bytes() == before
    assert len(json.loads((tmp_path / "manifest.json").read_text())["seeds"]) == 3


def test_a_full_disk_is_one_message_that_says_how_far_it_got(tmp_path, monkeypatch, capsys):
    replace, moved = Path.replace, []

    def full(self, target):
        if len(moved) == 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        moved.append(target)
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", full)
    assert main([*COMMAND, "--seeds", "40", "--out", str(tmp_path), "--quiet"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "must have room; its disk is full, with 1 of" in line
    assert "goes on from there" in line
    assert not list(tmp_path.rglob("*.tmp"))


def test_a_folder_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(SweepError, match="must be a folder that can be written"):
        sweep(GRID, 3, folder=tmp_path / "file")


@pytest.mark.parametrize("content", [b"", b"PAR1", b"beta,floor\n"])
def test_what_is_no_result_is_refused(tmp_path, content):
    path = tmp_path / "result.parquet"
    path.write_bytes(content)
    with pytest.raises(SweepError, match=r"must be the result.parquet of a sweep"):
        read_result(path)


class Fails(Executor):
    """An executor each of whose jobs ends in the same error."""

    def __init__(self, error):
        self.error = error

    def submit(self, *_):
        future = Future()
        future.set_exception(self.error)
        return future


def test_workers_that_die_are_one_message():
    with pytest.raises(SweepError, match="one of them was lost"):
        sweep(GRID, SEEDS, executor=Fails(BrokenProcessPool()))


def test_a_defect_of_a_worker_is_not_hidden():
    with pytest.raises(CancelledError):
        sweep(GRID, SEEDS, executor=Fails(CancelledError()))


def test_the_command_line_sweeps_what_it_says(tmp_path, capsys):
    assert main([*COMMAND, "--seeds", "40", "--out", str(tmp_path), "--quiet"]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first == f"{tmp_path}/result.parquet: 2 x 2 cells, 40 seeds each."
    assert second.endswith(f"--logs {tmp_path.parent}, then /map?sweep={tmp_path.name}")
    found = read_result(tmp_path)
    assert found.axes == {"beta": (0.9, 0.99), "floor": (0.0, 0.05)}
    expected = sweep(GRID, SEEDS)
    assert all(np.array_equal(found[name], expected[name], equal_nan=True) for name in MEASURES)


def test_betas_lie_evenly_in_their_time_constant_and_ratios_in_their_logarithm(tmp_path):
    axes = ["--axis", "beta=0.9:0.999:3", "--axis", "ratio=1:100:3", "--axis", "scheme=A,B"]
    assert main([*axes, "--seeds", "1,5", "--epochs", "2", "--out", str(tmp_path), "--quiet"]) == 0
    found = read_result(tmp_path)
    assert found.axes["beta"] == (0.9, 0.99, 0.999)
    assert found.axes["ratio"] == (1.0, 10.0, 100.0)
    assert found.axes["scheme"] == ("A", "B")
    assert found.seeds == (1, 5)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (["--axis", "beta=0:1:x"], "an axis must be NAME=first:last:count or NAME=a,b,c; got 'beta=0:1:x'."),
        (["--axis", "gamma=1,2"], "an axis must be one of"),
        (["--axis", "beta=0.9,0.99", "--seeds", "few"], "seeds must be"),
        (["--axis", "beta=0.9,0.99", "--ratio", "-1"], "ratio must be"),
    ],
)
def test_a_command_that_cannot_be_is_one_line(given, says, tmp_path, capsys):
    assert main([*given, "--out", str(tmp_path), "--quiet"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(says)


def test_ratio_and_drift_can_be_set_where_they_are_no_axes(tmp_path):
    given = ["--axis", "beta=0.9", "--ratio", "20", "--drift", "3", "--epochs", "2", "--seeds", "1"]
    assert main([*given, "--out", str(tmp_path), "--quiet"]) == 0
    base = read_result(tmp_path).grid.base
    assert base.norms == (4.0, 0.2)
    assert base.norms_end == pytest.approx((12.0, 0.2))


def test_a_legal_grid_with_an_illegal_base_is_refused_in_the_constructor():
    with pytest.raises(ParameterError, match="k must be a number in"):
        Grid({"beta": (0.9,)}, k=7.0)
