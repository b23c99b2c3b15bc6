"""What made a run, as one flat list: its place in the library and every entry of its `run.json`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from gaba_core.runs.library_entry import entry_of
from gaba_core.runs.schema import Run, RunInfo

Fact = str | int | float | bool
OUTCOMES = ("best_epoch", "epochs", "started", "finished", "seconds", "stopped", "skipped_steps", "test")


def facts(run: Run, key: str) -> dict[str, Fact]:
    """Return the parameters of a run by name, without what came out of it; an entry within one is "a/b".

    Args:
        run: the run.
        key: its path in the library, which names subset, method and seed where `run.json` does not.
    """
    entry = entry_of(key, run)
    found: dict[str, Fact | None] = {name: getattr(entry, name) for name in ("subset", "method", "seed")}
    if run.info is not None:
        skipped = {*found, *OUTCOMES, "extra"}
        found |= {f.name: getattr(run.info, f.name) for f in fields(RunInfo) if f.name not in skipped}
        extra = _flat({k: v for k, v in run.info.extra.items() if k not in OUTCOMES})
        found |= {name: value for name, value in extra.items() if not _again(name, value, found)}
    return {name: value for name, value in found.items() if value is not None}


def differing(table: Sequence[Mapping[str, Fact]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names whose values differ between the runs, or are missing in some, and the others."""
    names = list(dict.fromkeys(name for row in table for name in row))
    unlike = tuple(name for name in names if len({repr(row.get(name)) for row in table}) > 1)
    return unlike, tuple(name for name in names if name not in unlike)


def _again(name: str, value: Fact | None, found: Mapping[str, Fact | None]) -> bool:
    """Whether an entry within another says once more what the run says by itself."""
    last = name.rpartition("/")[2]
    return name != last and value == found.get("method" if last == "name" else last)


def _flat(entries: Mapping[str, Any], within: str = "") -> dict[str, Fact | None]:
    found: dict[str, Fact | None] = {}
    for name, value in entries.items():
        if isinstance(value, dict):
            found |= _flat(value, f"{within}{name}/")
        elif isinstance(value, (list, tuple)):
            found[within + name] = ", ".join(map(str, value))
        elif value is None or isinstance(value, (str, int, float, bool)):
            found[within + name] = value
    return found
