"""Diagnoses of the command line: each run beside its siblings, as lines, as a table, as plain data."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from gaba_core.runs.commands.options import Stated
from gaba_core.runs.commands.status import AT_REST, BY_CODE
from gaba_core.runs.diagnosis.diagnose import diagnose
from gaba_core.runs.diagnosis.summary import FAILED
from gaba_core.runs.diagnosis.verdict import Diagnosis, Verdict
from gaba_core.runs.legible_names import legible, valid
from gaba_core.runs.library_entry import entry_of
from gaba_core.runs.number_text import epoch_text, figure
from gaba_core.runs.schema import LOG_FILE, Run

HEAD = ("run", "balancer", "weight", "model", "metric", "best", "at")
Found = Sequence[tuple[Path, Diagnosis]]


def diagnosed(
    runs: Mapping[Path, Run], by: Stated, more: Mapping[Path, Run] | None = None
) -> Iterator[tuple[Path, Diagnosis]]:
    """Yield the diagnosis of each run among its siblings.

    Args:
        runs: what to judge, by path.
        by: what is stated of them.
        more: runs that are not judged and may be siblings, by absolute path.
    """
    groups: dict[tuple[str | None, ...], list[Run]] = defaultdict(list)
    given = {path.resolve() for path in runs}
    others = [(path, run) for path, run in (more or {}).items() if path not in given]
    for path, run in (*runs.items(), *others):
        groups[_family(path, run)].append(run)
    for path, run in runs.items():
        yield path, diagnose(run, groups[_family(path, run)], by.metric, by.higher_is_better)


def _family(path: Path, run: Run) -> tuple[str | None, ...]:
    """Return what siblings have in common: method and subset, or the folder above; else nothing."""
    place = path.resolve()
    entry = entry_of((place.parent if place.name == LOG_FILE else place).as_posix(), run)
    above = place.parent.parent if place.name == LOG_FILE else place.parent
    return (entry.subset or str(above), entry.method) if entry.method else (str(path),)


def lines(path: Path, diagnosis: Diagnosis, *, verbose: bool) -> Iterator[str]:
    """Yield one line on a run, what it asks, and what is behind it where that is asked for."""
    yield f"{legible(str(path))}: {diagnosis.balancer.code}, {diagnosis.model.code}. {diagnosis.summary}"
    mapping = diagnosis.balancer.evidence.get("mapping")
    if isinstance(mapping, str):
        yield f'  If so: --mapping "{legible(mapping)}"'
    if not verbose:
        return
    for title, item in (("balancer", diagnosis.balancer), ("model", diagnosis.model)):
        yield f"  {title}: {item.sentence}"
        yield f"    evidence: {', '.join(f'{name} {_short(value)}' for name, value in item.evidence.items())}"
        yield f"    rule: {item.rule}"
    for finding in diagnosis.findings:
        yield f"  note ({finding.code}): {finding.sentence}"


def table(found: Found) -> Iterator[str]:
    """Yield the lines of a table of several runs, how many balancers may be reported, and what to look at."""
    rows = [HEAD, *(_row(path, diagnosis) for path, diagnosis in found)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(HEAD))]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
    good = sum(diagnosis.has_converged for _, diagnosis in found)
    judged = sum(diagnosis.balancer.code != "no-balancer" for _, diagnosis in found)
    none = f"; {len(found) - judged} of {len(found)} runs logged none" if judged < len(found) else ""
    noisy = sum(diagnosis.balancer.code == "noisy" for _, diagnosis in found)
    more = f", {noisy} more {'is' if noisy == 1 else 'are'} stationary, if noisy" if noisy else ""
    yield f"{good} of {judged} balancers came to rest{more}{none}."
    for path, diagnosis in found:
        if BY_CODE[diagnosis.balancer.code] != AT_REST or diagnosis.model.code in FAILED:
            yield f"{_shown(path)}: {diagnosis.summary}"


def _shown(path: Path) -> str:
    return legible(str(path.parent if path.name == LOG_FILE else path))


def _row(path: Path, diagnosis: Diagnosis) -> tuple[str, ...]:
    balancer, model = diagnosis.balancer.evidence, diagnosis.model.evidence
    metric, at = model.get("metric"), model.get("best_epoch")
    return (
        _shown(path),
        diagnosis.balancer.code,
        _figure(balancer.get("w")),
        diagnosis.model.code,
        legible(metric) if isinstance(metric, str) else "-",
        _figure(model.get("best")),
        epoch_text(at) if isinstance(at, float) else "-",
    )


def _figure(value: object) -> str:
    return figure(value) if isinstance(value, float) and math.isfinite(value) else "-"


def _short(value: Any) -> str:
    if value is None:
        return "unknown"
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def plain(path: Path, diagnosis: Diagnosis) -> dict[str, Any]:
    """Return what `--json` prints of a run."""
    return {
        "path": valid(str(path)),
        "run": diagnosis.run,
        "converged": diagnosis.has_converged,
        "summary": diagnosis.summary,
        "balancer": _verdict(diagnosis.balancer),
        "model": _verdict(diagnosis.model),
        "findings": [_verdict(finding) for finding in diagnosis.findings],
    }


def _verdict(item: Verdict) -> dict[str, Any]:
    evidence = {
        name: None if isinstance(value, float) and not math.isfinite(value) else value
        for name, value in item.evidence.items()
    }
    return {
        "code": item.code,
        "sentence": item.sentence,
        "evidence": evidence,
        "rule": item.rule,
        "confidence": item.confidence,
    }
