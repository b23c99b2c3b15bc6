"""One line of the list of runs: what is said of a run without opening it again."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gaba_core.runs.legible_names import legible
from gaba_core.runs.outcomes import headline_figures
from gaba_core.runs.path_labels import Labels, path_labels
from gaba_core.runs.schema import Run, RunInfo
from gaba_core.runs.tailing.folder_scan import Stamp
from gaba_core.runs.tailing.log_status import Status
from gaba_core.runs.time_units import trained_epochs

_QUANTITY = re.compile(r"loss|acc|err|rmse|mse|mae|f1|auc|miou|score|reward|return|ppl|bleu", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class LibraryEntry:
    """One line of the list of runs.

    Attributes:
        key: path of the run's folder relative to the library, such as "FD002/gaba/seed_42"; of a log that
            another program wrote, that of the file.
        epochs: number of records.
        trained: epochs trained; None where the log counts none.
        rmse: cycles, on the test engines where the run says so, else at the best epoch of the log.
        rmse_uncapped: cycles, on the test engines, against remaining cycles that were not capped.
        nasa: score, of where `rmse` is.
        accuracy: of the health class, percent, on the test engines.
        metric: name of the metric that the best epoch is of.
        at_best: its value at the best epoch.
        figures_from: sentence that says what these figures were taken on; empty where there are none.
        notes: how many remarks the reader made.
        error: why the run cannot be read; None where it can.
        modified: when the log was last written, seconds since 1970.
        stamp: of its files; another one where any of them changed.
        status: what became of the log; where it is not whole the entry is of what it last held.
        is_log: whether its columns are those of a training run.
        is_read: whether the log was read; where it was not yet, remarks and best epoch are not known.
    """

    key: str
    subset: str | None = None
    method: str | None = None
    seed: int | None = None
    device: str | None = None
    epochs: int | None = None
    trained: float | None = None
    best_epoch: float | None = None
    rmse: float | None = None
    rmse_uncapped: float | None = None
    nasa: float | None = None
    accuracy: float | None = None
    metric: str | None = None
    at_best: float | None = None
    figures_from: str = ""
    notes: int = 0
    error: str | None = None
    modified: float = 0.0
    stamp: Stamp = ()
    status: Status = "complete"
    is_log: bool = True
    is_read: bool = True


def entry_of(key: str, run: Run, modified: float = 0.0, stamp: Stamp = ()) -> LibraryEntry:
    """Return the line that lists a run which could be read."""
    subset, method, seed = labels_of(key, run.info)
    return LibraryEntry(
        key=key,
        subset=subset,
        method=method,
        seed=seed,
        device=None if run.info is None else run.info.device,
        epochs=len(run.epochs),
        trained=trained_epochs(run),
        best_epoch=run.best_epoch,
        **headline_figures(run),
        notes=len(run.notes),
        modified=modified,
        stamp=stamp,
        is_log=tells_a_run(run),
    )


def tells_a_run(run: Run) -> bool:
    """Whether columns are those of a training run: counted in time, or with a weight, a loss or a score."""
    mapping = None if run.reading is None else run.reading.mapping
    counted = mapping is not None and bool(mapping.times or mapping.clocks)
    return counted or bool(run.tasks) or any(map(_QUANTITY.search, run.metrics))


def labels_of(key: str, info: RunInfo | None) -> Labels:
    """Return subset, method and seed: from `run.json`, else from the path."""
    subset, method, seed = path_labels(key)
    if info is None:
        return subset, method, seed
    return (
        subset if info.subset is None else legible(info.subset),
        method if info.method is None else legible(info.method),
        seed if info.seed is None else info.seed,
    )
