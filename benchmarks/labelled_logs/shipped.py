"""The shipped runs: whole, without their steps, and reduced to what other loggers would have written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.labelled_logs.limits import Share
from gaba_core.runs import Run, diagnose, read_run

LOGS = Path(__file__).parents[2] / "logs"
HOOK = ("epoch", "rmse_last", "nasa", "w_rul", "w_health")
APPLIED = ("epoch", "rmse_last", "nasa", "lambda_rul", "lambda_health")
RIGHT = {
    "gaba": {"converged"},
    "gaba-unfloored": {"starved"},
    "equal": {"idle"},
    "dwa": {"idle", "converged"},
    "uncertainty": {"drifting"},
    "gradnorm": {"diverged"},
    "gradnorm-softmax": {"starved"},
    "pcgrad": {"idle"},
    "cagrad": {"drifting"},
    "imtl-g": {"drifting"},
    "aligned-mtl": {"noisy"},
}


def reduced(folder: Path, fields: tuple[str, ...]) -> Run:
    """Return a shipped run with some of its fields alone: no run.json, no steps."""
    rows: list[dict[str, Any]] = json.loads((folder / "convergence_log.json").read_text())
    retained = [{name: row[name] for name in fields} for row in rows]
    return read_run(json.dumps(retained).encode(), f"{folder.parent.name} {folder.name}")


def folders() -> Iterator[Path]:
    """Yield the folders of the shipped runs."""
    yield from sorted(path.parent for path in LOGS.rglob("convergence_log.json"))


def shipped() -> list[Share]:
    """Return how many shipped runs are judged wrong, whole and as the ten of GABA reduced, with siblings."""
    every = list(folders())
    wrong = 0
    for folder in every:
        siblings = [read_run(path) for path in every if path.parent == folder.parent and path != folder]
        wrong += diagnose(read_run(folder), siblings).balancer.code not in RIGHT[folder.parent.name]
    shares = [Share("shipped runs judged wrong", 0.0, wrong, len(every))]
    for name, fields in (("the hook's five fields", HOOK), ("applied weights alone", APPLIED)):
        ten = [folder for folder in every if folder.parent.name == "gaba"]
        off = 0
        for folder in ten:
            runs = {path: reduced(path, fields) for path in ten if path.parent == folder.parent}
            found = diagnose(runs[folder], list(runs.values()))
            off += found.balancer.code != "converged" or "like-siblings" not in {
                f.code for f in found.findings
            }
        shares.append(Share(f"shipped GABA runs reduced to {name} judged wrong", 0.0, off, len(ten)))
    return shares
