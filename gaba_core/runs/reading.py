"""Reading a run: a log of any format, a `convergence_log.json` with the files beside it, or bytes alone."""

from __future__ import annotations

import os
from collections import abc
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeGuard

from gaba_core.errors import GabaError, LogFormatError, ParameterError
from gaba_core.runs.assembly import made, read_again
from gaba_core.runs.database_files import read_content
from gaba_core.runs.event_groups import EventGroup
from gaba_core.runs.formats.detection import read_table
from gaba_core.runs.last_epoch import agreeing, with_trace
from gaba_core.runs.legible_names import legible, valid, valid_values
from gaba_core.runs.mlflow_folders import group_of, is_run_folder, read_folder
from gaba_core.runs.opening import read_regular
from gaba_core.runs.proposal import propose
from gaba_core.runs.provenance import Reading
from gaba_core.runs.refusals import refusing
from gaba_core.runs.roles import Mapping
from gaba_core.runs.run_parts import Part, begun_again, parts_of
from gaba_core.runs.schema import LOG_FILE, STEPS_FILE, Run, RunInfo, info_name
from gaba_core.runs.sidecar import info_from, read_info, read_steps
from gaba_core.runs.table import Seam, Table, with_valid_names
from gaba_core.runs.tailing.append_read import read_growing


def read_run(
    source: Path | str | bytes,
    name: str | None = None,
    *,
    mapping: Mapping | str | None = None,
    with_steps: bool = True,
    root: Path | str | None = None,
    restarts: bool = False,
) -> Run:
    """Return one training run: of a file that names several the first, with the others beside it.

    Args:
        source: a log file, the folder of a run, or the content of a log as bytes or text.
        name: what to call the run; from `run.json`, else from the path, where it is None.
        mapping: what each column is: a mapping, the short text of changes to the proposed one
            (`Mapping.changes`), or None for the proposed one as it is.
        with_steps: False leaves `steps.npz` unread, for a list of many runs.
        root: folder that the log and the files beside it must lie in, links resolved. Where it is None, a
            log that is named itself may be a link to anywhere, and the folder of a run is its root.
        restarts: whether what was begun anew behind a run in its file is another run, and not all one.

    Raises:
        LogFormatError: names file, entry, field, what was found and what was expected. A gap, an unusual
            order, a missing or broken `run.json` or `steps.npz` are no errors but notes of the run.
        ParameterError: the mapping does not fit the log.
    """
    name = None if name is None else valid(name)
    if isinstance(source, bytes) or (isinstance(source, str) and is_content(source)):
        label = legible(name or "the log")
        with refusing(label):
            table = read_table(source, label)
            return _assembled(table, label, name, None, mapping, with_steps, restarts=restarts)
    path, inside = Path(source), None if root is None else Path(root)
    if os.path.isdir(path) and is_run_folder(path):
        return read_run_folder(group_of(path), legible(str(path)), name, mapping, root=inside or path)
    if os.path.isdir(path):  # Path.is_dir raises where a name is too long
        path, inside = path / LOG_FILE, inside or path
    label = legible(str(path))
    with refusing(label):
        table = read_table(read_content(path, label, root=inside), label)
        return _assembled(table, label, name, path, mapping, with_steps, root=inside, restarts=restarts)


def read_run_file(
    path: Path,
    label: str,
    *,
    with_steps: bool = True,
    before: Run | None = None,
    root: Path | None = None,
) -> Run:
    """Return the run of one log file; errors and the run itself name it by `label` and not by its path.

    Args:
        path: of the log.
        label: what to call the run.
        with_steps: False leaves `steps.npz` unread.
        before: what the log held when this read it last; what it has grown by is read alone.
        root: folder that the log and the files beside it must lie in, links resolved.
    """
    named = f"{label}/{path.name}" if path.name == LOG_FILE else label
    held = None if before is None else before.reading
    known = None if held is None else (held.table, held.seam)
    with refusing(named):
        table, seam = read_growing(read_content(path, named, root=root), named, known)
        return _assembled(table, named, label, path, None, with_steps, seam, root, restarts=True)


def read_run_folder(
    group: EventGroup,
    label: str,
    name: str | None = None,
    mapping: Mapping | str | None = None,
    *,
    root: Path | str | None = None,
) -> Run:
    """Return the run that a folder of MLflow's file store holds.

    Args:
        group: its metric files.
        label: what messages call it.
        name: what to call it; MLflow's name of it, else that of its folder, where it is None.
        mapping: as of `read_run`.
        root: folder that every file must lie in, links resolved.

    Raises:
        LogFormatError: no metric holds a value, or a file cannot be read.
    """
    with refusing(label):
        table = read_folder(group, lambda path, named: read_regular(path, named, root=root), label)
        info, notes = info_from(valid_values(dict(table.around)))
        called = name or table.around.get("run_name") or os.path.basename(os.path.abspath(group.folder))
        run = runs_of_table(table, label, valid(str(called)), info, tuple(notes))[0]
        return run if mapping is None else read_again(run, mapping)


def is_content(text: str) -> bool:
    """Whether a text is the content of a log and not its path."""
    start = text.removeprefix("\ufeff").lstrip()
    return not start or "\n" in text or start.startswith(("[", "{"))


def _assembled(
    table: Table,
    label: str,
    name: str | None,
    path: Path | None,
    mapping: Mapping | str | None,
    with_steps: bool,
    seam: Seam | None = None,
    root: Path | None = None,
    *,
    restarts: bool = False,
) -> Run:
    info, notes = _info(path, root, table.around)
    called = name if name is not None else _name(info, path)
    try:
        runs = runs_of_table(table, label, called, info, tuple(notes), seam, restarts=restarts)
    except ParameterError as error:  # a name that leaves nothing for a task
        raise LogFormatError(f"{label} must have columns with names of tasks; {error}") from error
    if mapping is not None:
        runs = [read_again(runs[0], mapping), *(_if_it_fits(run, mapping) for run in runs[1:])]
    run = agreeing(runs[0])
    if len(runs) > 1:
        run = replace(run, notes=(*run.notes, said_of_several(runs)), others=tuple(runs[1:]))
    if not with_steps or not _has_folder(path):
        return run
    steps, more = read_steps(path.with_name(STEPS_FILE), len(run.tasks), root)
    return with_trace(run, steps, more)


def runs_of_table(
    table: Table,
    label: str,
    name: str,
    info: RunInfo | None = None,
    sidecar_notes: tuple[str, ...] = (),
    seam: Seam | None = None,
    *,
    restarts: bool = False,
) -> list[Run]:
    """Return the runs that a table holds.

    Args:
        table: as a format's reader gives it.
        label: what messages call the log.
        name: what to call its run.
        info: what is known of it.
        sidecar_notes: notes on the files beside the log.
        seam: where the log was cut; of no use where its table is taken apart.
        restarts: whether what was begun anew behind a run is another run.

    Raises:
        LogFormatError: a column cannot be what it was taken for.
    """
    table = with_valid_names(table)
    parts = parts_of(table)
    if restarts:
        parts = tuple(
            replace(
                one,
                label=", ".join(filter(None, (part.label, one.label))),
                seed=part.seed,
                method=part.method,
                run=part.run,
            )
            for part in parts
            for one in begun_again(part.table)
        )
    whole = len(parts) == 1 and parts[0].table is table
    stored = {} if table.runs_by is None else table.around.get("runs", {})
    infos = [info_from(valid_values(stored[part.run]))[0] if part.run in stored else info for part in parts]
    return [
        _of_part(part, label, name, one, sidecar_notes, seam if whole else None)
        for part, one in zip(parts, infos, strict=True)
    ]


def _of_part(
    part: Part,
    source: str,
    name: str,
    info: RunInfo | None,
    sidecar_notes: tuple[str, ...],
    seam: Seam | None,
) -> Run:
    table, proposal = part.table, propose(part.table)
    reading = Reading(
        *(table.format, table, proposal.mapping, proposal.mapping, source, sidecar_notes, seam),
        reasons=proposal.reasons,
        question=proposal.question,
    )
    if part.seed is not None or part.method is not None:
        known = info or RunInfo()
        info = replace(
            known,
            seed=known.seed if part.seed is None else part.seed,
            method=known.method if part.method is None else part.method,
        )
    return made(reading, f"{name} [{part.label}]" if part.label else name, info)


def said_of_several(runs: list[Run]) -> str:
    """Return the note of the first of several runs of a file."""
    labels = [run.name.rpartition(" [")[2].removesuffix("]") for run in runs]
    shown = ", ".join(labels[:4]) + (f" and {len(labels) - 4} more" if len(labels) > 4 else "")
    return f"The file holds {len(runs)} runs ({shown}); this is the first, and read_runs gives them all."


def _if_it_fits(run: Run, mapping: Mapping | str) -> Run:
    try:
        return read_again(run, mapping)
    except GabaError:
        return run


def _info(
    path: Path | None, root: Path | None, around: abc.Mapping[str, Any]
) -> tuple[RunInfo | None, list[str]]:
    """Return what `run.json`, else the object around the records, says of the run, and notes."""
    info, notes = (None, []) if path is None else read_info(path.with_name(info_name(path.name)), root)
    return info_from(valid_values(dict(around))) if info is None and around else (info, notes)


def _has_folder(path: Path | None) -> TypeGuard[Path]:
    """Whether the folder of a log is the run's own: beside a log of another name lie the arrays of others."""
    return path is not None and path.name == LOG_FILE


def _name(info: RunInfo | None, path: Path | None) -> str:
    if info is not None and info.subset and info.method and info.seed is not None:
        return f"{info.subset} {info.method} seed {info.seed}"
    if path is None:
        return "log"
    return path.stem if path.name != LOG_FILE else path.resolve().parent.name
