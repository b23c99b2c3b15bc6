"""An object of arrays, one a quantity: the history of Keras and of many a hand-written loop."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from gaba_core.runs.formats.flattening import TOO_WIDE, WIDEST
from gaba_core.runs.formats.values import NO_NUMBERS, numbers_of_text, table_of
from gaba_core.runs.table import Table
from gaba_core.runs.time_columns import counts_time

FORMAT = "object of arrays"
CONFIG = re.compile(
    r"(?:config|cfg|args|arguments|params|parameters|hparams|hyper_?param(?:eter)?s|settings|options|opts?|"
    r"optimi[sz]er|scheduler|model|dataset|meta|metadata|info|setup|env|environment|system|preprocessing)s?"
    r"(?:_?config)?",
    re.IGNORECASE,
)
_LIKELY = re.compile(
    r"loss|acc|err|rmse|mse|mae|f1|auc|iou|score|reward|return|nasa|lr$|learning_rate|weight|lambda|grad|norm|"
    r"ppl|perplex|bleu|metric|train|val|test|eval|epoch|step|iter|time",
    re.IGNORECASE,
)
UNDER_CONFIG = "lies under the settings of the run"
PAIR = 2  # arrays no longer than this are settings where there are longer ones


@dataclass(slots=True)
class Arrays:
    """Arrays of numbers by name, and what is none, with the reason."""

    columns: dict[str, list[Any]] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)


def arrays_of(value: Mapping[str, Any]) -> Arrays:
    """Return every array of numbers in an object by its name, one inside another object by `outer/inner`.

    Among them are arrays of numbers that are all written as text, and the columns of tables (E, K) of
    numbers. What pandas writes of a table, an object of objects with 0, 1, 2 ... as names, is such an array.
    """
    found = Arrays()
    _collect(value, "", found, 0)
    return found


def table_of_arrays(
    value: Mapping[str, Any],
    source: str,
    around: Mapping[str, Any],
    left_out: Mapping[str, str] | None = None,
) -> Table | None:
    """Return the table of an object of arrays; None where it holds no array of numbers.

    Arrays of another length than those of the training have no known place in time and are left out by name,
    as are those among the settings of the run.

    Raises:
        LogFormatError: an array of the time or of weights holds what is no number.
    """
    found = arrays_of(value)
    arrays = {name: a for name, a in found.columns.items() if not _is_config(name)} or found.columns
    if not arrays:
        return None
    length = _length(arrays)
    left = dict(left_out or {}) | found.left_out
    left |= dict.fromkeys((name for name in found.columns if name not in arrays), UNDER_CONFIG)
    fitting: dict[str, list[Any]] = {}
    notes = []
    for name, entries in arrays.items():
        if len(entries) == length:
            fitting[name] = entries
        elif _is_text(entries):
            left[name] = NO_NUMBERS  # a list of names such as "0", "1"
        else:
            notes.append(f"{name} has {len(entries)} values where others have {length}, and was left out.")
    fitting = _with_steps(fitting)
    return table_of(fitting, source, FORMAT, around=around, notes=tuple(notes), left_out=left)


def _with_steps(arrays: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Return the arrays with x called step, where it ascends and nothing else counts time."""
    x = arrays.get("x")
    if x is None or any(map(counts_time, arrays)) or not all(map(_is_number, x)):
        return arrays
    ascends = all(b > a for a, b in pairwise(x))
    return {"step" if name == "x" else name: a for name, a in arrays.items()} if ascends else arrays


def length_of(value: Mapping[str, Any]) -> int:
    """Return how many entries the arrays of an object have that are read; 0 where it holds none."""
    found = arrays_of(value).columns
    arrays = {name: a for name, a in found.items() if not _is_config(name)}
    return _length(arrays) if arrays else 0


def _length(arrays: Mapping[str, list[Any]]) -> int:
    """Return the length of the arrays that are the training's: of most likely names, then of most arrays."""
    numeric = {name: a for name, a in arrays.items() if not _is_text(a)} or arrays
    sizes: dict[int, list[str]] = {}
    for name, entries in numeric.items():
        sizes.setdefault(len(entries), []).append(name)

    def rank(size: int) -> tuple[bool, int, int, int]:
        names = sizes[size]
        likely = sum(bool(_LIKELY.search(name)) for name in names)
        return size > PAIR and likely > 0, likely, len(names), size

    return max(sizes, key=rank)


def _collect(value: Mapping[str, Any], prefix: str, found: Arrays, depth: int) -> None:
    for name, entry in value.items():
        if isinstance(entry, list):
            _add(found, prefix + name, entry)
        elif isinstance(entry, dict):
            numbered = _numbered(entry)
            if numbered:
                found.columns[prefix + name] = numbered
            elif depth < 12:
                _collect(entry, f"{prefix}{name}/", found, depth + 1)


def _add(found: Arrays, name: str, entry: list[Any]) -> None:
    if entry and all(isinstance(row, list) for row in entry):
        _add_table(found, name, entry)
    elif any(isinstance(v, dict) for v in entry):
        found.left_out[name] = "holds objects"
    elif _is_text(entry) or (any(map(_is_number, entry)) and not any(isinstance(v, list) for v in entry)):
        found.columns[name] = entry
    elif entry:
        found.left_out[name] = NO_NUMBERS if not any(isinstance(v, list) for v in entry) else "holds lists"


def _add_table(found: Arrays, name: str, rows: list[list[Any]]) -> None:
    """Add the columns of a table of numbers: (E, K), or (K, E) where that is the longer side."""
    width = len(rows[0])
    whole = width and all(len(row) == width and all(v is None or _is_number(v) for v in row) for row in rows)
    if not whole:
        found.left_out[name] = "holds lists of different lengths"
    elif len(rows) <= WIDEST and width > len(rows) > 1 and width > WIDEST // 8:
        found.columns |= {f"{name}/{i}": list(row) for i, row in enumerate(rows)}
    elif width > WIDEST:
        found.left_out[name] = TOO_WIDE
    else:
        found.columns |= {f"{name}/{i}": [row[i] for row in rows] for i in range(width)}


def _numbered(entry: Mapping[str, Any]) -> list[Any]:
    """Return the values of an object whose names count 0, 1, 2 ...; empty where they do not."""
    counts = all(name == str(i) for i, name in enumerate(entry))
    return list(entry.values()) if counts and any(map(_is_number, entry.values())) else []


def _is_config(name: str) -> bool:
    return any(CONFIG.fullmatch(part) for part in name.split("/")[:-1])


def _is_text(entries: list[Any]) -> bool:
    return numbers_of_text(entries) is not None


def _is_number(value: Any) -> bool:
    return type(value) in (int, float)
