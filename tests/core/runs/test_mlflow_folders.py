"""Runs in MLflow's file store: records as its client returns them, torn ends, a folder of runs."""

import os
import shutil
from pathlib import Path

import pytest

from gaba_core.errors import LogFormatError
from gaba_core.runs import RunLibrary, read_run, read_runs
from tests.store_cases import EXPECTED, STORES, assert_settings, column, finite


def mlflow_folder(name):
    expected = EXPECTED["mlflow_files"][name]
    [folder] = STORES.glob(f"mlruns/*/{expected['id']}")
    return folder, expected


@pytest.mark.parametrize("name", ["seed 1", "seed 2"])
def test_a_run_folder_of_mlflow_holds_what_its_client_returns(name):
    folder, expected = mlflow_folder(name)
    run = read_run(folder)
    assert (run.name, run.tasks, len(run.epochs)) == (name, ("depth", "seg"), 12)
    for key, pairs in expected["metrics"].items():
        assert column(run, key) == finite(pairs), key
    assert set(run.reading.table.columns) == {*expected["metrics"], "step", "timestamp"}
    assert_settings(run, int(name[-1]))


def test_every_run_of_a_file_store_is_found_as_one(tmp_path):
    shutil.copytree(STORES / "mlruns", tmp_path / "mlruns")
    assert sorted(run.name for run in read_runs(tmp_path)) == ["seed 1", "seed 2"]
    library = RunLibrary(tmp_path)
    keys = [entry.key for entry in library.entries()]
    experiment = mlflow_folder("seed 1")[0].parent.name
    assert keys == sorted(f"mlruns/{experiment}/{one['id']}" for one in EXPECTED["mlflow_files"].values())
    assert {library.get(key).info.seed for key in keys} == {1, 2}
    assert [one.name for one in library.passed_by() if not one.name.endswith("meta.yaml")] == []


def test_a_metric_that_is_still_written_loses_its_torn_line_alone(tmp_path):
    folder = Path(shutil.copytree(mlflow_folder("seed 1")[0], tmp_path / "run"))
    metric = folder / "metrics" / "w_seg"
    metric.write_bytes(metric.read_bytes() + b"1795661743774 0.0")
    library = RunLibrary(tmp_path)
    [entry] = library.entries()
    run = library.get(entry.key)
    assert len(run.epochs) == 12
    assert any("The last line of w_seg breaks off" in note for note in run.notes)
    metric.write_bytes(metric.read_bytes() + b"2 12\n")
    [entry] = library.entries()
    assert column(library.get(entry.key), "w_seg")[12.0] == 0.02


def test_a_metric_that_is_none_is_refused_with_its_line(tmp_path):
    folder = Path(shutil.copytree(mlflow_folder("seed 1")[0], tmp_path / "run"))
    (folder / "metrics" / "w_seg").write_text("1 0.5 0\nabc\n", encoding="utf-8")
    with pytest.raises(LogFormatError, match="metric w_seg, line 2 must be a time, a value and a step; got"):
        read_run(folder)


def test_a_parameter_that_cannot_be_read_is_a_note_and_costs_no_other(tmp_path):
    folder = Path(shutil.copytree(mlflow_folder("seed 1")[0], tmp_path / "run"))
    os.mkfifo(folder / "params" / "pipe")
    run = read_run(folder)
    assert_settings(run, 1)
    assert "A parameter was left out: params/pipe must be a regular file; got a FIFO." in run.notes


def test_a_metric_that_leads_out_of_the_run_is_refused(tmp_path):
    folder = Path(shutil.copytree(mlflow_folder("seed 1")[0], tmp_path / "run"))
    (tmp_path / "secret").write_text("1 0.5 0\n", encoding="utf-8")
    (folder / "metrics" / "stolen").symlink_to(tmp_path / "secret")
    with pytest.raises(LogFormatError, match="link that leads out"):
        read_run(folder)
