"""What a log of a million records costs: `python benchmarks/million_records.py`.

A log in the reference form is written to a temporary folder. Printed are its size and the seconds until it
stands in columns: as it is, as JSON Lines, with one bare NaN at its end, with one in every record, and as a
CSV, with every cell filled and with every second row short of two values.
"""

from __future__ import annotations

import re
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.measuring import machine
from gaba_core.runs import read_run

RECORDS = 1_000_000


def lines(records: int = RECORDS) -> Iterator[str]:
    """Yield records of the reference logger, numbers in full: a decay, and an error that scatters."""
    weight = 0.002 + 0.498 * np.exp(-np.arange(records) / (records / 5.0))
    error, score = np.random.default_rng(0).random((2, records))
    for e, (w, x, y) in enumerate(zip(weight.tolist(), error.tolist(), score.tolist(), strict=True)):
        yield (
            f'{{"epoch": {e}, "rmse_last": {13.0 + x!r}, "nasa": {200.0 * y!r}, '
            f'"w_rul": {w!r}, "w_health": {1.0 - w!r}}}'
        )


def separated(records: list[str], empty: bool) -> str:
    """Return the records as CSV; where `empty`, two cells of every second row say nothing."""
    rows = [", ".join(re.findall(r": ([^,}]+)", record)) for record in records]
    if empty:
        rows[1::2] = [re.sub(r", [^,]+, [^,]+", ",,", row, count=1) for row in rows[1::2]]
    return "\n".join(["epoch,rmse_last,nasa,w_rul,w_health", *(row.replace(" ", "") for row in rows), ""])


def seconds(path: Path) -> float:
    """Return the shortest of three times."""
    found = []
    for _ in range(3):
        start = time.perf_counter()
        run = read_run(path)
        found.append(time.perf_counter() - start)
        assert len(run.epochs) == RECORDS
    return min(found)


def main() -> None:
    """Print sizes, times and the machine."""
    records = list(lines())
    nan = [re.sub(r'"rmse_last": [^,]+', '"rmse_last": NaN', record) for record in records]
    texts = {
        "list of records": f"[{', '.join(records)}]",
        "JSON Lines": "\n".join(records),
        "with a NaN": f"[{', '.join((*records[:-1], nan[-1]))}]",
        "with a NaN in every record": f"[{', '.join(nan)}]",
        "CSV": separated(records, empty=False),
        "CSV with empty cells": separated(records, empty=True),
    }
    with tempfile.TemporaryDirectory() as folder:
        for name, text in texts.items():
            path = Path(folder, "log.json")
            path.write_text(text, encoding="utf-8")
            print(f"{name}: {path.stat().st_size / 1e6:.0f} MB read in {seconds(path):.2f} s")
    print(machine())


if __name__ == "__main__":
    main()
