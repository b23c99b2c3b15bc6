"""A run made of a table and a mapping; and made again by another mapping, without its file."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from gaba_core.runs.apply import metrics_of, placed
from gaba_core.runs.balancer_columns import balancer_columns
from gaba_core.runs.column_notes import column_notes
from gaba_core.runs.formats.text import TORN
from gaba_core.runs.provenance import Reading
from gaba_core.runs.roles import Mapping
from gaba_core.runs.schema import Bools, Run, RunInfo, StepTrace, frozen
from gaba_core.runs.table import Table


def made(reading: Reading, name: str, info: RunInfo | None, steps: StepTrace | None = None) -> Run:
    """Return the run that a log's columns give by its mapping.

    Raises:
        LogFormatError: a column cannot be what the mapping says.
    """
    table, mapping = reading.table, reading.mapping
    found = placed(table, mapping, reading.source)
    floor = mapping.floor if info is None or info.floor is None else info.floor
    balancer = balancer_columns(found.table.columns, mapping, floor, asks=reading.question is not None)
    metrics, unlogged = metrics_of(found, mapping, balancer.used)
    unlogged |= {n: mask for n, mask in found.table.unlogged.items() if n in balancer.used}
    for column in (*table.columns.values(), *metrics.values(), *unlogged.values()):
        frozen(column)
    losses = {task: key for task, key in mapping.columns("loss").items() if key in metrics}
    return Run(
        name=name,
        tasks=balancer.tasks,
        epochs=frozen(found.epochs),
        weights=balancer.weights,
        state=balancer.state,
        norms=balancer.norms,
        metrics=MappingProxyType(metrics),
        steps=steps,
        info=info,
        notes=(
            *found.table.notes,
            *_torn(table),
            *found.notes,
            *column_notes(found.table, found.epochs, found.unit),
            *_reasons(reading),
            *balancer.notes,
            *reading.sidecar_notes,
        ),
        losses=MappingProxyType(losses),
        unit=found.unit,
        unlogged=MappingProxyType(unlogged),
        silent=_silent(found.table, balancer.weighing),
        origins=balancer.origins,
        reading=reading,
    )


def _reasons(reading: Reading) -> Iterator[str]:
    """Yield why columns were taken for what they are, and what has to be asked, while nothing was decided."""
    if reading.mapping.roles != reading.proposed.roles:
        return
    yield from reading.reasons
    if reading.question is not None:
        yield f"{reading.question.sentence} If so, read it with mapping={reading.question.changes!r}."


def _silent(table: Table, weighing: Collection[str]) -> Bools | None:
    """Return (E,) which rows log none of the balancer's weights; None where each logs one."""
    absent = [table.unlogged.get(name) for name in weighing]
    masks = [mask for mask in absent if mask is not None]
    if not masks or len(masks) < len(absent):
        return None
    silent = np.logical_and.reduce(masks)
    return frozen(silent) if silent.any() else None


def _torn(table: Table) -> Iterator[str]:
    if table.torn is not None:
        yield f"Line {table.torn} breaks off and was left out: {TORN}."


def read_again(run: Run, mapping: Mapping | str) -> Run:
    """Return a run read by another mapping, or by the short text of changes to the proposed one.

    Its step arrays stay where the tasks are the same.

    Raises:
        LogFormatError: a column cannot be what the mapping says.
        ParameterError: the mapping does not fit the log.
    """
    reading = run.reading
    if reading is None:
        return run
    taken = reading.proposed.changed(mapping) if isinstance(mapping, str) else mapping
    found = made(replace(reading, mapping=taken), run.name, run.info)
    return replace(found, steps=run.steps) if found.tasks == run.tasks else found
