"""Runs as the vendors' own packages store them: `python tests/core/runs/stores/make_stores.py`.

Made with wandb 0.31.0, mlflow 3.17.2 and trackio 0.43.0, none of which the tests need: the stores lie beside
this script, databases packed by gzip, and what the packages themselves return of them in expected.json. The
same two runs are written to each; W&B keeps a folder a run, so there is one of it.
"""

import gzip
import json
import math
import os
import shutil
import sqlite3
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
CONFIG = {"method": "gaba", "seed": 3, "beta": 0.99, "floor": 0.05}
STEPS = 12


def rows(seed):
    """What each run logs, a row a step: two weights, two losses, now and then a score and once a NaN."""
    for step in range(STEPS):
        part = 0.5 - 0.04 * step
        row = {
            "w_seg": part,
            "w_depth": 1.0 - part,
            "loss/seg": 2.0 / (step + seed),
            "loss/depth": 1.5 - 0.1 * step,
        }
        if step % 4 == 3:
            row["val/score"] = 0.5 + 0.01 * step * seed
        if step == 5:
            row["loss/depth"] = math.nan
        yield step, row


def write_wandb(folder):
    """Write the folder of an offline run; return its history, config and summary by the protobuf classes."""
    os.environ |= {"WANDB_MODE": "offline", "WANDB_SILENT": "true", "WANDB_DISABLE_CODE": "true"}
    import wandb
    from wandb.proto import wandb_internal_pb2 as messages

    settings = wandb.Settings(
        x_disable_stats=True, x_disable_meta=True, console="off", x_disable_machine_info=True
    )
    with wandb.init(
        project="balance", name="seg and depth", config=CONFIG, dir=folder, settings=settings
    ) as run:
        for step, row in rows(1):
            run.log({**row, "nested": {"a": step, "b": [1, 2]}, "note": "text"}, step=2 * step)
        run.summary["best"] = 0.25
    wandb.teardown()
    [source] = Path(folder).glob("wandb/offline-run-*/run-*.wandb")
    shutil.copy(source, HERE / "run-seg.wandb")
    history, config, summary = [], {}, {}
    for payload in frames(source.read_bytes()):
        record = messages.Record.FromString(payload)
        if record.HasField("history"):
            items = record.history.item
            named = {("/".join(i.nested_key) or i.key): json.loads(i.value_json) for i in items}
            history.append({"_step": record.history.step.num, **named})
        for update in (*record.run.config.update, *record.config.update):
            config["/".join(update.nested_key) or update.key] = json.loads(update.value_json)
        for update in record.summary.update:
            summary["/".join(update.nested_key) or update.key] = json.loads(update.value_json)
    return {"history": history, "config": config, "summary": summary}


def frames(data):
    """The records of a LevelDB log without checks, as its format defines them."""
    at, parts = 7, []
    while at + 7 <= len(data):
        if 32768 - at % 32768 < 7:
            at += 32768 - at % 32768
            continue
        size, kind = int.from_bytes(data[at + 4 : at + 6], "little"), data[at + 6]
        parts.append(data[at + 7 : at + 7 + size])
        at += 7 + size
        if kind in (1, 4):
            yield b"".join(parts)
            parts = []


def write_mlflow(uri):
    """Write two runs; return their metric histories and parameters as MLflow's client gives them."""
    import mlflow
    from mlflow.tracking import MlflowClient

    mlflow.set_tracking_uri(uri)
    mlflow.set_experiment("balance")
    found = {}
    for seed in (1, 2):
        with mlflow.start_run(run_name=f"seed {seed}") as run:
            mlflow.log_params({**CONFIG, "seed": seed})
            for step, row in rows(seed):
                mlflow.log_metrics(row, step=step)
        client = MlflowClient()
        retained = client.get_run(run.info.run_id).data
        histories = {key: client.get_metric_history(run.info.run_id, key) for key in retained.metrics}
        found[f"seed {seed}"] = {
            "id": run.info.run_id,
            "params": retained.params,
            "metrics": {key: [[m.step, m.value] for m in many] for key, many in histories.items()},
        }
    return found


def write_trackio(folder):
    """Write two runs; return them as trackio's own storage gives them."""
    os.environ["TRACKIO_DIR"] = str(folder)
    import trackio
    from trackio.sqlite_storage import SQLiteStorage

    for seed in (1, 2):
        trackio.init(project="balance", name=f"seed {seed}", config={**CONFIG, "seed": seed}, embed=False)
        for step, row in rows(seed):
            trackio.log(row, step=step)
        trackio.finish()
    names = SQLiteStorage.get_runs("balance")
    return {name: SQLiteStorage.get_logs("balance", name) for name in names}


def packed(source, name):
    """Store a database without its free space, packed."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, "copy.db")
        with sqlite3.connect(source) as found:
            found.execute("VACUUM INTO ?", [str(copy)])
        (HERE / name).write_bytes(gzip.compress(copy.read_bytes(), mtime=0))


def main():
    """Write the stores and expected.json."""
    expected = {}
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        expected["wandb"] = write_wandb(folder)
        expected["mlflow_sqlite"] = write_mlflow(f"sqlite:///{folder}/mlflow.db")
        packed(Path(folder, "mlflow.db"), "mlflow.db.gz")
        os.environ["MLFLOW_ALLOW_FILE_STORE"] = "true"
        expected["mlflow_files"] = write_mlflow(f"file://{folder}/mlruns")
        shutil.rmtree(HERE / "mlruns", ignore_errors=True)
        shutil.copytree(Path(folder, "mlruns"), HERE / "mlruns", ignore=shutil.ignore_patterns(".trash"))
        expected["trackio"] = write_trackio(Path(folder, "trackio"))
        packed(Path(folder, "trackio", "balance.db"), "trackio.db.gz")
    (HERE / "expected.json").write_text(json.dumps(expected, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
