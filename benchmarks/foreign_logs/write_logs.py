"""Write the logs with the libraries themselves: `python benchmarks/foreign_logs/write_logs.py OUT`.

Runs in an environment of its own, with the versions in requirements.txt beside it; each log is described in
OUT/manifest.json by the library that wrote it, its version and its style. At most five logs a library.
"""

from __future__ import annotations

import csv
import importlib.metadata
import json
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from benchmarks.foreign_logs.styles import EPOCHS, PER_EPOCH, STYLES, Style

Writer = Callable[[Path, Style], Path]


def rows(style: Style, time: str = "epoch") -> Iterator[dict[str, Any]]:
    """Yield what is logged after each epoch."""
    for e in range(EPOCHS):
        yield ({"epoch": e} if time == "epoch" else {"step": (e + 1) * PER_EPOCH - 1}) | style.values(e)


def by_json(folder: Path, style: Style) -> Path:
    """JSON Lines by a loop of one's own."""
    path = folder / "log.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows(style, "step")))
    return path


def by_csv(folder: Path, style: Style) -> Path:
    """The standard library's DictWriter."""
    path, held = folder / "log.csv", list(rows(style))
    with path.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, list(held[0]))
        writer.writeheader()
        writer.writerows(held)
    return path


def by_pandas(folder: Path, style: Style) -> Path:
    """Frames, in another form each time."""
    import pandas as pd

    frame = pd.DataFrame(rows(style))
    form = ("csv", "split", "records", "columns", "table")[hash_of(style) % 5]
    path = folder / f"frame.{'csv' if form == 'csv' else 'json'}"
    if form == "csv":
        frame.to_csv(path)
    else:
        frame.to_json(path, orient=form)
    return path


def by_polars(folder: Path, style: Style) -> Path:
    """Frames of polars."""
    import polars as pl

    frame, path = pl.DataFrame(list(rows(style))), folder / "frame.tsv"
    if hash_of(style) % 2:
        frame.write_csv(path, separator="\t")
        return path
    frame.write_ndjson(path.with_suffix(".ndjson"))
    return path.with_suffix(".ndjson")


def by_numpy(folder: Path, style: Style) -> Path:
    """savetxt, with the names in a comment."""
    held = list(rows(style))
    path = folder / "log.txt"
    np.savetxt(path, [list(row.values()) for row in held], header=" ".join(held[0]), fmt="%.8g")
    return path


def by_torch(folder: Path, style: Style) -> Path:
    """PyTorch's own SummaryWriter."""
    from torch.utils.tensorboard import SummaryWriter

    return _summaries(SummaryWriter(folder), folder, style)


def by_tensorboardx(folder: Path, style: Style) -> Path:
    """The SummaryWriter of tensorboardX."""
    from tensorboardX import SummaryWriter

    return _summaries(SummaryWriter(str(folder)), folder, style)


def _summaries(writer: Any, folder: Path, style: Style) -> Path:
    for row in rows(style, "step"):
        step = row.pop("step")
        for name, value in row.items():
            writer.add_scalar(name, value, step)
    writer.close()
    return next(folder.glob("events.out.tfevents.*"))


def by_lightning(folder: Path, style: Style) -> Path:
    """Lightning's CSVLogger: a training row and an evaluation row an epoch."""
    from lightning.pytorch.loggers import CSVLogger

    logger = CSVLogger(folder, name="", version=0)
    for row in rows(style):
        epoch = row.pop("epoch")
        late = {"val_loss": row.pop("val_loss")} if "val_loss" in row else {}
        for part in filter(None, (row, late)):
            logger.log_metrics({"epoch": epoch, **part}, step=(epoch + 1) * PER_EPOCH - 1)
        logger.save()
    return Path(logger.log_dir) / "metrics.csv"


def by_transformers(folder: Path, style: Style) -> Path:
    """Transformers' Trainer: its log() and its trainer_state.json."""
    import torch
    from transformers import Trainer, TrainingArguments

    arguments = TrainingArguments(output_dir=str(folder), report_to=[], use_cpu=True, disable_tqdm=True)
    trainer = Trainer(model=torch.nn.Linear(1, 1), args=arguments)
    for row in rows(style):
        epoch = row.pop("epoch")
        trainer.state.epoch, trainer.state.global_step = epoch + 1.0, (epoch + 1) * PER_EPOCH
        trainer.log(row)
    trainer.state.save_to_json(str(folder / "trainer_state.json"))
    return folder / "trainer_state.json"


def by_keras(folder: Path, style: Style) -> Path:
    """Keras's CSVLogger, by the callbacks that fit() calls."""
    import keras

    path = folder / "training.csv"
    logger = keras.callbacks.CSVLogger(str(path))
    logger.set_model(keras.Sequential())
    logger.on_train_begin()
    for row in rows(style):
        epoch = row.pop("epoch")
        logger.on_epoch_end(epoch, row)
    logger.on_train_end()
    return path


def by_mmengine(folder: Path, style: Style) -> Path:
    """OpenMMLab's local backend: scalars.json."""
    from mmengine.visualization import LocalVisBackend

    backend = LocalVisBackend(save_dir=str(folder))
    for row in rows(style):
        epoch = row.pop("epoch") + 1
        late = {"val_loss": row.pop("val_loss")} if "val_loss" in row else {}
        backend.add_scalars({**row, "epoch": epoch, "iter": epoch * PER_EPOCH}, step=epoch * PER_EPOCH)
        if late:
            backend.add_scalars(late, step=epoch)
    return next(folder.rglob("scalars.json"))


def by_sb3(folder: Path, style: Style) -> Path:
    """Stable-Baselines3's logger: progress.csv or progress.json."""
    from stable_baselines3.common.logger import configure

    form = ("csv", "json")[hash_of(style) % 2]
    logger = configure(str(folder), [form])
    for e, row in enumerate(rows(style, "step")):
        logger.record("time/total_timesteps", (e + 1) * 2048)
        row.pop("step")
        for name, value in row.items():
            logger.record(name, value)
        logger.dump((e + 1) * 2048)
    logger.close()
    return folder / f"progress.{form}"


def by_skorch(folder: Path, style: Style) -> Path:
    """Skorch's history."""
    from skorch.history import History

    history = History()
    for row in rows(style):
        history.new_epoch()
        history.record("epoch", row.pop("epoch") + 1)
        for name, value in row.items():
            history.record(name, value)
    history.to_file(str(folder / "history.json"))
    return folder / "history.json"


def by_sacred(folder: Path, style: Style) -> Path:
    """Sacred's file observer: metrics.json."""
    from sacred import Experiment
    from sacred.observers import FileStorageObserver

    experiment = Experiment("balance", save_git_info=False)
    experiment.observers.append(FileStorageObserver(str(folder)))

    @experiment.main
    def main(_run: Any) -> None:
        for row in rows(style, "step"):
            step = row.pop("step")
            for name, value in row.items():
                _run.log_scalar(name, value, step)

    experiment.run()
    return next(folder.rglob("metrics.json"))


def by_accelerate(folder: Path, style: Style) -> Path:
    """Accelerate's tracker."""
    from accelerate import Accelerator

    accelerator = Accelerator(cpu=True, log_with="tensorboard", project_dir=str(folder))
    accelerator.init_trackers("run")
    for row in rows(style, "step"):
        accelerator.log({k: v for k, v in row.items() if k != "step"}, step=row["step"])
    accelerator.end_training()
    return max(folder.rglob("events.out.tfevents.*"), key=lambda path: path.stat().st_size)


WRITERS: dict[str, tuple[Writer, str]] = {
    "json": (by_json, ""),
    "csv": (by_csv, ""),
    "pandas": (by_pandas, "pandas"),
    "polars": (by_polars, "polars"),
    "numpy": (by_numpy, "numpy"),
    "PyTorch": (by_torch, "torch"),
    "tensorboardX": (by_tensorboardx, "tensorboardX"),
    "Lightning": (by_lightning, "lightning"),
    "Transformers": (by_transformers, "transformers"),
    "Keras": (by_keras, "keras"),
    "MMEngine": (by_mmengine, "mmengine"),
    "Stable-Baselines3": (by_sb3, "stable-baselines3"),
    "skorch": (by_skorch, "skorch"),
    "Sacred": (by_sacred, "sacred"),
    "Accelerate": (by_accelerate, "accelerate"),
}


def hash_of(style: Style) -> int:
    """Return a number of a style that is the same in every run."""
    return list(STYLES.values()).index(style)


def main() -> None:
    """Write every log and the manifest."""
    out = Path(sys.argv[1])
    names = list(STYLES)
    manifest = []
    for w, (writer, (write, package)) in enumerate(WRITERS.items()):
        version = importlib.metadata.version(package) if package else sys.version.split()[0]
        for k in range(5):
            name = names[(5 * w + k) % len(names)]
            folder = out / f"{writer}-{k}"
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            path = write(folder, STYLES[name])
            manifest.append(
                {"path": str(path.relative_to(out)), "writer": writer, "version": version, "style": name}
            )
    (out / "manifest.json").write_text(json.dumps(manifest, indent=1))


if __name__ == "__main__":
    main()
