"""Files that hold several runs are split, files that are one run are joined, and a resumed run stays one."""

import json

import numpy as np
import pytest

from gaba_core.errors import LogFormatError
from gaba_core.runs import RunLibrary, read_run, read_runs
from gaba_core.runs.__main__ import main
from gaba_core.runs.restarts import resumed
from tests.event_files import event, event_file, simple

SEEDS = (42, 123, 456)
EPOCHS = range(6)
ROWS = [(s, e, 9.0 - e + s / 1000, 0.5 - 0.05 * e) for s in SEEDS for e in EPOCHS]


def table(head, rows):
    return "\n".join([head, *(",".join(map(str, row)) for row in rows)]) + "\n"


def wide(names):
    head = "Step," + ",".join(f"{n} - rmse,{n} - rmse__MIN,{n} - rmse__MAX" for n in names)
    rows = [[e, *(v for s in SEEDS for v in [9.0 - e + s / 1000] * 3)] for e in EPOCHS]
    return table(head, rows)


HOLDING = {
    "D44, a seed column": table("seed,epoch,rmse,w_a,w_b", [(s, e, r, w, 1 - w) for s, e, r, w in ROWS]),
    "seeds between one another": table("epoch,seed,rmse", sorted((e, s, r) for s, e, r, _ in ROWS)),
    "records": "".join(json.dumps({"seed": s, "epoch": e, "rmse": r}) + "\n" for s, e, r, _ in ROWS),
    "runs by name": table("run,epoch,rmse", [(f"ours_{s}", e, r) for s, e, r, _ in ROWS]),
    "a long table": table("seed,epoch,metric,value",
                          [(s, e, m, v) for s, e, r, w in ROWS for m, v in (("rmse", r), ("w_a", w))]),
    "a long table of names": table("run,step,variable,value",
                                   [(f"seed{s}", e, "rmse", r) for s, e, r, _ in ROWS]),
    "a chart of W&B": wide([f"ours-seed{s}" for s in SEEDS]),
    "columns of seeds": table("epoch," + ",".join(f"rmse_seed{s}" for s in SEEDS),
                              [(e, *(9.0 - e + s / 1000 for s in SEEDS)) for e in EPOCHS]),
    "objects of records": json.dumps([
        {"seed": s, "best": 1, "log": [{"epoch": e, "rmse": r} for own, e, r, _ in ROWS if own == s]}
        for s in SEEDS]),
    "objects of arrays": json.dumps([
        {"seed": s, "rmse": [r for own, _, r, _ in ROWS if own == s]} for s in SEEDS]),
    "objects without a name": json.dumps([
        {"config": {"lr": 1}, "log": [{"epoch": e, "rmse": r} for own, e, r, _ in ROWS if own == s]}
        for s in SEEDS]),
    "processes": table("local_rank,step,rmse",
                       [(k, e, 9.0 - e + s / 1000) for e in EPOCHS for k, s in enumerate(SEEDS)]),
    "begun anew": table("epoch,rmse", [(e, r) for _, e, r, _ in ROWS]),
    "begun anew by steps": "".join(json.dumps({"step": 10 * e, "rmse": r}) + "\n" for _, e, r, _ in ROWS),
}  # fmt: skip


@pytest.mark.parametrize("text", HOLDING.values(), ids=HOLDING.keys())
def test_a_file_that_holds_several_runs_is_split(text):
    runs = read_runs(text)
    assert len(runs) == 3
    for seed, run in zip(SEEDS, runs, strict=True):
        assert len(run.epochs) == 6
        np.testing.assert_allclose(run.metrics["rmse"], [9.0 - e + seed / 1000 for e in EPOCHS])
        assert "seed" not in run.metrics
        assert not any("restart" in note or "3 runs" in note for note in run.notes)
    assert len({run.name for run in runs}) == 3


@pytest.mark.parametrize(
    "kind",
    [
        "D44, a seed column",
        "a long table",
        "a chart of W&B",
        "columns of seeds",
        "objects of records",
        "objects of arrays",
    ],
)
def test_the_seeds_of_a_file_are_known(kind):
    assert [run.info.seed for run in read_runs(HOLDING[kind])] == list(SEEDS)


def test_one_run_of_several_says_which_and_that_there_are_others():
    run = read_run(HOLDING["D44, a seed column"])
    assert len(run.epochs) == 6
    assert "The file holds 3 runs (seed 42, seed 123, seed 456)" in run.notes[-1]
    assert [other.info.seed for other in run.others] == [123, 456]


ONE = {
    "one seed": table("seed,epoch,rmse", [(1, e, 2.0) for e in EPOCHS]),
    "a seed a row": table("seed,epoch,rmse", [(e, e, 2.0) for e in EPOCHS]),
    "phases": table("phase,epoch,rmse", [("warm" if e < 3 else "cold", e, 2.0) for e in EPOCHS]),
    "resumed in the middle": table(
        "step,rmse", [(s, 2.0) for s in [*range(0, 150, 10), *range(100, 200, 10)]]
    ),
    "nothing else": table("epoch,rmse", [(e, 2.0) for e in EPOCHS]),
}


@pytest.mark.parametrize("text", ONE.values(), ids=ONE.keys())
def test_a_file_of_one_run_stays_one(text):
    assert len(read_runs(text)) == 1


def test_d46_what_a_resumed_run_writes_again_supersedes_the_old():
    steps = [*range(0, 150, 10), *range(100, 200, 10)]
    run = read_run(table("step,loss", [(s, float(i)) for i, s in enumerate(steps)]))
    again = resumed(run)
    assert run.epochs[again.records].tolist() == list(range(0, 200, 10))
    assert run.epochs[again.records[again.starts]].tolist() == [100]
    assert run.metrics["loss"][again.records][10] == 15.0


def events(tag, pairs):
    return event_file(*(event(step, simple(tag, value)) for step, value in pairs))


def test_event_files_of_a_resumed_writer_are_one_run(tmp_path):
    (tmp_path / "events.out.tfevents.100.host.1.0").write_bytes(events("loss", [(s, 1.0) for s in range(15)]))
    (tmp_path / "events.out.tfevents.200.host.2.0").write_bytes(
        events("loss", [(s, 2.0) for s in range(10, 20)])
    )
    (run,) = read_runs(tmp_path)
    assert run.epochs.tolist() == list(range(20))
    assert run.metrics["loss"].tolist() == [1.0] * 10 + [2.0] * 10
    assert any("2 event files are one run" in note for note in run.notes)
    assert any("5 values of older files were left out" in note for note in run.notes)


def test_the_folders_of_add_scalars_are_one_run(tmp_path):
    (tmp_path / "events.out.tfevents.100.host.1.0").write_bytes(events("lr", [(0, 0.1), (1, 0.1)]))
    for task, weight in (("seg", 0.3), ("depth", 0.7)):
        folder = tmp_path / f"weight_{task}"
        folder.mkdir()
        (folder / "events.out.tfevents.101.host.1.1").write_bytes(events("weight", [(0, 0.5), (1, weight)]))
    (run,) = read_runs(tmp_path)
    assert set(run.tasks) == {"seg", "depth"}
    np.testing.assert_allclose(
        run.weights[1], [0.7, 0.3] if run.tasks[0] == "depth" else [0.3, 0.7], rtol=1e-7
    )
    assert run.epochs.tolist() == [0, 1]
    np.testing.assert_allclose(run.metrics["lr"], 0.1, rtol=1e-7)


def test_training_and_validation_of_keras_are_one_run(tmp_path):
    for name, loss in (("train", 1.0), ("validation", 2.0)):
        (tmp_path / name).mkdir()
        path = tmp_path / name / "events.out.tfevents.100.host.1.v2"
        path.write_bytes(events("epoch_loss", [(0, loss), (1, loss / 2)]))
    (run,) = read_runs(tmp_path)
    assert run.metrics["train/epoch_loss"].tolist() == [1.0, 0.5]
    assert run.metrics["validation/epoch_loss"].tolist() == [2.0, 1.0]


def test_event_files_of_other_folders_are_other_runs(tmp_path):
    for name in ("run_a", "run_b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "events.out.tfevents.1.h").write_bytes(events("loss", [(0, 1.0), (1, 0.5)]))
    assert len(read_runs(tmp_path)) == 2


def test_a_folder_without_a_log_is_refused(tmp_path):
    with pytest.raises(LogFormatError, match="must hold a log"):
        read_runs(tmp_path)


def test_the_library_and_the_command_line_list_every_run_of_a_file(tmp_path, capsys):
    (tmp_path / "table.csv").write_text(HOLDING["D44, a seed column"])
    (tmp_path / "tb").mkdir()
    for start, steps in ((100, range(15)), (200, range(10, 20))):
        path = tmp_path / "tb" / f"events.out.tfevents.{start}.h"
        path.write_bytes(events("loss", [(s, 1.0) for s in steps]))
    library = RunLibrary(tmp_path)
    entries = {entry.key: entry for entry in library.entries()}
    assert [entry.seed for key, entry in entries.items() if key.startswith("table.csv")] == list(SEEDS)
    assert len(entries) == 4
    key = next(key for key, entry in entries.items() if entry.seed == 123)
    assert library.get(key).info.seed == 123
    assert library.get(key) is library.get(key)
    assert library.entries() is library.entries()
    tb = next(key for key in entries if key.startswith("tb"))
    assert library.get(tb).epochs.tolist() == list(range(20))
    main(["diagnose", "--json", str(tmp_path)])
    assert len(json.loads(capsys.readouterr().out)) == 4
