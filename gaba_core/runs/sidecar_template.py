"""A `run.json` to fill in: every entry that the reader knows, with what is known of the run already."""

from __future__ import annotations

import json
from typing import Any

from gaba_core.runs.library_entry import labels_of
from gaba_core.runs.schema import INFO_FILE, Run, info_name


def info_template(run: Run, key: str) -> tuple[str, str]:
    """Return what the file beside the log of a run is called, and its text; null says nothing to the reader.

    Args:
        run: the run.
        key: of the run, which may name subset, method and seed.
    """
    subset, method, seed = labels_of(key, run.info)
    entries: dict[str, Any] = {
        "subset": subset,
        "method": method,
        "seed": seed,
        "controller": {"beta": None, "floor": run.floor, "warmup_steps": None},
        "steps_per_epoch": None,
        "batch": None,
        "device": None,
        "data": None,
        "started": None,
        "finished": None,
    }
    log = "" if run.reading is None else run.reading.source.replace("\\", "/").rpartition("/")[2]
    return info_name(log) if log else INFO_FILE, json.dumps(entries, indent=2, ensure_ascii=False) + "\n"
