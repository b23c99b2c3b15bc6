"""One meaning of `w_NAME` for all runs of a folder: the one whose values settle it settles it for all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from gaba_core.runs.assembly import read_again
from gaba_core.runs.provenance import Judgement
from gaba_core.runs.schema import Run

CODES = {"EMA state": "state", "applied weight": "weight"}


def read_alike(runs: Sequence[Run]) -> tuple[Run, ...]:
    """Return sibling runs, in order, with the fields that may hold either quantity taken for the same in all.

    The strongest evidence of any run decides, by the reader's own word before all; between equals the greater
    number of runs. Where the values of none say anything each keeps what it was taken for.
    """
    settled = {fields: _settled(runs, fields) for fields in {_fields(run) for run in runs} if fields}
    return tuple(_read_as(run, settled.get(_fields(run))) for run in runs)


def _fields(run: Run) -> str:
    judged = run.origins.judged
    return "" if judged is None else judged.fields


def _settled(runs: Sequence[Run], fields: str) -> tuple[Run, Judgement] | None:
    """Return the run that settles it, with what its values say; None where none does."""
    candidates = [(run, run.origins.judged) for run in runs if _fields(run) == fields]
    strongest = max(judged.strength for _, judged in candidates if judged is not None)
    deciding = [
        (run, judged) for run, judged in candidates if judged is not None and judged.strength == strongest
    ]
    votes = Counter(judged.quantity for _, judged in deciding)
    quantity = max(votes, key=lambda name: (votes[name], name == "EMA state"))
    return (
        next((run, judged) for run, judged in deciding if judged.quantity == quantity) if strongest else None
    )


def _read_as(run: Run, settled: tuple[Run, Judgement] | None) -> Run:
    judged = run.origins.judged
    if judged is None or settled is None or judged.sure == "chosen" or run.reading is None:
        return run
    other, by = settled
    if judged.quantity == by.quantity and judged.strength == by.strength:
        return run
    why = f"so its sibling {other.name} shows ({by.why})"
    shared = replace(judged, quantity=by.quantity, sure=by.sure, why=why)
    if judged.quantity == by.quantity:
        return replace(run, origins=replace(run.origins, judged=shared))
    again = read_again(run, replace(run.reading.mapping, quantity=CODES[by.quantity]))
    note = f"{judged.fields} was taken as the {by.quantity}: {why}."
    notes = tuple(note if one.startswith(f"{judged.fields} was taken as") else one for one in again.notes)
    return replace(
        again,
        origins=replace(again.origins, judged=shared),
        reading=run.reading,
        notes=notes,
        steps=run.steps,
    )
