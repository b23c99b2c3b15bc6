"""A line of the list made without reading the log: from `run.json` and the last record."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from gaba_core.runs.library_entry import LibraryEntry, labels_of
from gaba_core.runs.opening import tail_of
from gaba_core.runs.outcomes import tested_figures
from gaba_core.runs.schema import INFO_FILE, LOG_FILE
from gaba_core.runs.sidecar import read_info
from gaba_core.runs.tailing.folder_scan import FoundLog
from gaba_core.runs.tailing.log_status import FRESH

TAIL = 8 * 2**10  # bytes: several records
_RECORD = msgspec.json.Decoder(dict[str, Any])


def quick_entry(log: FoundLog, now: float, root: Path) -> LibraryEntry | None:
    """Return the line of a run that has ended; None where only reading its log tells what stands in it.

    The line says how far the run came, and the figures on the test engines where `run.json` has them. Remarks
    and best epoch are not known yet: `is_read` is False.

    Args:
        log: as the folder lists it.
        now: s, seconds since 1970.
        root: folder of the runs.
    """
    mark, described = log.stamp[0], log.stamp[1] if len(log.stamp) > 1 else None
    if os.path.basename(log.path) != LOG_FILE or mark is None or now - mark[0] / 1e9 <= FRESH:
        return None
    info = read_info(Path(log.path).with_name(INFO_FILE), root)[0] if described else None
    if described and info is None:
        return None  # broken
    if info is not None and info.started and not (info.finished or info.stopped):
        return None  # it may still be written
    epoch = _last_epoch(tail_of(log.path, TAIL, root=root))
    if epoch is None:
        return None
    subset, method, seed = labels_of(log.key, info)
    line = LibraryEntry(
        *(log.key, subset, method, seed),
        device=None if info is None else info.device,
        epochs=epoch + 1,
        trained=epoch + 1.0,
        modified=mark[0] / 1e9,
        stamp=log.stamp,
        is_read=False,
    )
    return replace(line, **tested_figures(info))


def _last_epoch(tail: bytes | None) -> int | None:
    """Return the epoch of the last record of a list of records; None where the file ends otherwise."""
    text = (tail or b"").rstrip()
    if not text.endswith(b"]"):
        return None
    inner = text[:-1].rstrip()
    start = inner.rfind(b"{")  # of the last record, or of an object inside it: then there is no epoch in it
    try:
        epoch = _RECORD.decode(inner[start:]).get("epoch") if start >= 0 else None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return epoch if isinstance(epoch, int) and not isinstance(epoch, bool) and 0 <= epoch < 10**9 else None
