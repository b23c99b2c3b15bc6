"""An object of arrays, one a quantity: the history of Keras and of many a hand-written loop."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from gaba_core.errors import LogFormatError
from gaba_core.runs.formats.text import shown
from gaba_core.runs.formats.values import numbers_of_text, table_of
from gaba_core.runs.table import Table

FORMAT = "object of arrays"


def arrays_of(value: Mapping[str, Any], prefix: str = "") -> dict[str, list[Any]]:
    """Return every array of numbers in an object by its name, one inside another object by `outer/inner`.

    Among them are arrays of numbers that are all written as text.

    What pandas writes of a table, an object of objects with 0, 1, 2 ... as names, is such an array.
    """
    found: dict[str, list[Any]] = {}
    for name, entry in value.items():
        if isinstance(entry, list):
            if _is_text(entry) or (
                any(map(_is_number, entry)) and not any(isinstance(v, (list, dict)) for v in entry)
            ):
                found[prefix + name] = entry
        elif isinstance(entry, dict):
            numbered = _numbered(entry)
            found |= {prefix + name: numbered} if numbered else arrays_of(entry, f"{prefix}{name}/")
    return found


def table_of_arrays(value: Mapping[str, Any], source: str) -> Table | None:
    """Return the table of an object of arrays; None where it holds no array of numbers.

    Arrays of another length than most have no known place in time and are left out with a note.

    Raises:
        LogFormatError: an array holds what is no number.
    """
    arrays = arrays_of(value)
    if not arrays:
        return None
    counts = Counter(len(entries) for entries in arrays.values() if not _is_text(entries))
    counts = counts or Counter(map(len, arrays.values()))
    length = max(counts, key=lambda size: (counts[size], size))
    fitting: dict[str, list[Any]] = {}
    notes = []
    for name, entries in arrays.items():
        if len(entries) != length and _is_text(entries):
            continue  # a list of names such as "0", "1"
        if len(entries) != length:
            notes.append(f"{name} has {len(entries)} values where others have {length}, and was left out.")
            continue
        odd = next((i for i, v in enumerate(entries) if v is not None and not _is_number(v)), None)
        if odd is not None and not _is_text(entries):
            raise LogFormatError(
                f"{source}, field '{name}', entry {odd} must be a number or null; got {shown(entries[odd])}."
            )
        fitting[name] = entries
    around = {name: entry for name, entry in value.items() if not isinstance(entry, (list, dict))}
    return table_of(fitting, source, FORMAT, around=around, notes=tuple(notes))


def _numbered(entry: Mapping[str, Any]) -> list[Any]:
    """Return the values of an object whose names count 0, 1, 2 ...; empty where they do not."""
    counts = all(name == str(i) for i, name in enumerate(entry))
    return list(entry.values()) if counts and any(map(_is_number, entry.values())) else []


def _is_text(entries: list[Any]) -> bool:
    return numbers_of_text(entries) is not None


def _is_number(value: Any) -> bool:
    return type(value) in (int, float)
