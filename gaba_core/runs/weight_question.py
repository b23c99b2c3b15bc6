"""What the reader of a log is asked where neither names nor values say which columns are task weights."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from gaba_core.runs.column_families import Family
from gaba_core.runs.roles import SAFE
from gaba_core.runs.table import Table
from gaba_core.runs.weight_evidence import unnamed_sums


@dataclass(frozen=True, slots=True)
class Question:
    """What the reader of a log is asked where names and values do not decide it.

    Attributes:
        sentence: the question, with what speaks for a yes.
        columns: that it is about.
        changes: the short text of the mapping that a yes means (`Mapping.changes`).
    """

    sentence: str
    columns: tuple[str, ...]
    changes: str


def question_of(table: Table, names: Sequence[str], asked: Family | None) -> Question | None:
    """Return what to ask of a log that names no weights; None where nothing may be some."""
    summed = unnamed_sums(table, names)
    if summed is not None:
        return Question(f"{summed.sentence}: are they task weights?", summed.columns, _yes(summed.columns))
    if asked is None:
        return None
    columns = tuple(asked.columns.values())
    sentence = f"Are {listed(columns)} task weights? Their names allow it, their values do not say."
    return Question(sentence, columns, _yes(columns, asked.kind))


def _yes(columns: Sequence[str], kind: str = "weight") -> str:
    from_names = {name: name.rpartition("/")[2] or name for name in columns}
    tasks = from_names if len(set(from_names.values())) == len(columns) else {name: name for name in columns}
    parts = (f"{quote(name, safe=SAFE)}={kind}:{quote(tasks[name], safe=SAFE)}" for name in columns)
    return ";".join(parts)


def listed(names: Iterable[str]) -> str:
    """Return the first few names, and how many more there are."""
    held = list(names)
    return ", ".join(held[:4]) + (f" and {len(held) - 4} more" if len(held) > 4 else "")
