"""Reading a run: a `convergence_log.json` with the files beside it, or the bytes of a log alone."""

from __future__ import annotations

import os
from pathlib import Path
from types import MappingProxyType

from gaba_core.errors import LogFormatError
from gaba_core.runs.beside import info_from, read_info, read_steps
from gaba_core.runs.columns import numeric_columns
from gaba_core.runs.parsing import parse_log
from gaba_core.runs.quantities import balancer_columns
from gaba_core.runs.schema import INFO_FILE, LOG_FILE, STEPS_FILE, Run, RunInfo, StepTrace, frozen

MAX_BYTES = 1 << 30


def read_run(source: Path | str | bytes, name: str | None = None, *, with_steps: bool = True) -> Run:
    """Return one training run.

    Args:
        source: a log file, the folder of a run, or the content of a log as bytes or text.
        name: what to call the run; from `run.json`, else from the path, where it is None.
        with_steps: False leaves `steps.npz` unread, for a list of many runs.

    Raises:
        LogFormatError: names file, entry, field, what was found and what was expected. A gap, an unusual
            order, a missing or broken `run.json` or `steps.npz` are no errors but notes of the run.
    """
    if isinstance(source, bytes) or (isinstance(source, str) and _is_content(source)):
        return _assembled(source, name or "the log", name, None, with_steps)
    path = Path(source)
    if os.path.isdir(path):  # Path.is_dir raises where a name is too long
        path = path / LOG_FILE
    return _assembled(_content(path), str(path), name, path, with_steps)


def read_run_file(path: Path, label: str, *, with_steps: bool = True) -> Run:
    """Return the run of one log file; errors and the run itself name it by `label` and not by its path."""
    return _assembled(_content(path, label), f"{label}/{path.name}", label, path, with_steps)


def _is_content(text: str) -> bool:
    start = text.removeprefix("\ufeff").lstrip()
    return not start or "\n" in text or start.startswith(("[", "{"))


def _content(path: Path, label: str | None = None) -> bytes:
    named = str(path) if label is None else f"{label}/{path.name}"
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise LogFormatError(f"{named} must be smaller than {MAX_BYTES >> 20} MiB; got {size >> 20} MiB.")
        return path.read_bytes()
    except (OSError, ValueError) as error:
        if isinstance(error, LogFormatError):
            raise
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise LogFormatError(f"{named} must be a file that can be read; got: {reason}.") from error


def _assembled(data: bytes | str, label: str, name: str | None, path: Path | None, with_steps: bool) -> Run:
    document = parse_log(data, label)
    epochs, columns, order_notes = numeric_columns(document.records, label)
    has_folder = path is not None and path.name == LOG_FILE
    info: RunInfo | None = None
    info_notes: list[str] = []
    if has_folder and path is not None:
        info, info_notes = read_info(path.with_name(INFO_FILE))
    if info is None and document.around:
        info, info_notes = info_from(document.around)
    balancer = balancer_columns(columns, None if info is None else info.floor)
    steps: StepTrace | None = None
    step_notes: list[str] = []
    if has_folder and path is not None and with_steps:
        steps, step_notes = read_steps(path.with_name(STEPS_FILE), len(balancer.tasks))
    metrics = {key: frozen(column) for key, column in columns.items() if key not in balancer.used}
    return Run(
        name=name if name is not None else _name(info, path),
        tasks=balancer.tasks,
        epochs=frozen(epochs),
        weights=balancer.weights,
        state=balancer.state,
        norms=balancer.norms,
        metrics=MappingProxyType(metrics),
        steps=steps,
        info=info,
        notes=(*document.notes, *order_notes, *balancer.notes, *info_notes, *step_notes),
    )


def _name(info: RunInfo | None, path: Path | None) -> str:
    if info is not None and info.subset and info.method and info.seed is not None:
        return f"{info.subset} {info.method} seed {info.seed}"
    if path is None:
        return "log"
    return path.stem if path.name != LOG_FILE else path.resolve().parent.name
