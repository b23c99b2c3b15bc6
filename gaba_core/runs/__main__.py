"""Command line: ``python -m gaba_core.runs diagnose logs/FD002/gaba``."""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from gaba_core.errors import LogFormatError
from gaba_core.runs.diagnosis import diagnose
from gaba_core.runs.library import entry_of
from gaba_core.runs.reading import read_run
from gaba_core.runs.schema import LOG_FILE, Run
from gaba_core.runs.verdicts import Diagnosis, Verdict

CONVERGED, NOT_CONVERGED, UNREADABLE = 0, 1, 2
STATUS = (
    "Exit status: 0 when every balancer converged or is balanced by nature, 1 when one is not, "
    "2 when a log could not be read or none was found."
)


def make_parser() -> argparse.ArgumentParser:
    """The command line's parser."""
    parser = argparse.ArgumentParser(prog="python -m gaba_core.runs", description="Judge training runs.")
    command = parser.add_subparsers(dest="command", required=True).add_parser(
        "diagnose",
        description="Say of each run whether its balancer converged and how its model did. Runs of one "
        "subset and method that are given together are compared as sibling seeds.",
        epilog=STATUS,
    )
    command.add_argument("paths", nargs="+", type=Path, help="logs, folders of runs, or folders of those")
    command.add_argument("--json", action="store_true", help="a list of objects, one a run")
    command.add_argument("-v", "--verbose", action="store_true", help="evidence, rules and findings as well")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when every balancer converged, 1 when one did not, 2 when a log was not found or not readable."""
    options = make_parser().parse_args(arguments)
    paths = sorted({log for path in options.paths for log in _logs(path)})
    runs, refused = _read(paths)
    if not paths:
        refused[", ".join(map(str, options.paths))] = f"No {LOG_FILE} was found."
    found = list(_diagnosed(runs))
    if options.json:
        _write(json.dumps(_plain(found, refused), indent=2, ensure_ascii=False, allow_nan=False))
    else:
        for path, diagnosis in found:
            _write("\n".join(_lines(path, diagnosis, options.verbose)))
        for name, reason in refused.items():
            sys.stderr.write(f"{name}: {reason}\n")
    if refused:
        return UNREADABLE
    return CONVERGED if all(diagnosis.has_converged for _, diagnosis in found) else NOT_CONVERGED


def _logs(path: Path) -> Iterator[Path]:
    """Yield the logs below a folder, or the path itself where it is none."""
    if not path.is_dir():
        yield path
        return
    for folder, _, names in os.walk(path):
        if LOG_FILE in names:
            yield Path(folder, LOG_FILE)


def _read(paths: Iterable[Path]) -> tuple[dict[Path, Run], dict[str, str]]:
    runs: dict[Path, Run] = {}
    refused: dict[str, str] = {}
    for path in paths:
        try:
            runs[path] = read_run(path)
        except LogFormatError as error:
            refused[str(path)] = str(error)
    return runs, refused


def _diagnosed(runs: dict[Path, Run]) -> Iterator[tuple[Path, Diagnosis]]:
    groups: dict[tuple[str | None, str | None], list[Run]] = defaultdict(list)
    keys = {}
    for path, run in runs.items():
        entry = entry_of(path.resolve().parent.as_posix(), run)
        keys[path] = (entry.subset, entry.method)
        groups[keys[path]].append(run)
    for path, run in runs.items():
        known = None not in keys[path]
        yield path, diagnose(run, groups[keys[path]] if known else ())


def _lines(path: Path, diagnosis: Diagnosis, verbose: bool) -> Iterator[str]:
    yield f"{path}: {diagnosis.balancer.code}, {diagnosis.model.code}. {diagnosis.summary}"
    if not verbose:
        return
    for title, item in (("balancer", diagnosis.balancer), ("model", diagnosis.model)):
        yield f"  {title}: {item.sentence}"
        yield f"    evidence: {', '.join(f'{name} {_short(value)}' for name, value in item.evidence.items())}"
        yield f"    rule: {item.rule}"
    for finding in diagnosis.findings:
        yield f"  note ({finding.code}): {finding.sentence}"


def _short(value: Any) -> str:
    if value is None:
        return "unknown"
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _plain(found: Sequence[tuple[Path, Diagnosis]], refused: dict[str, str]) -> list[dict[str, Any]]:
    """Return what `--json` prints: a run's verdicts, or the error of one that could not be read."""
    judged = [
        {
            "path": str(path),
            "run": diagnosis.run,
            "converged": diagnosis.has_converged,
            "summary": diagnosis.summary,
            "balancer": _verdict(diagnosis.balancer),
            "model": _verdict(diagnosis.model),
            "findings": [_verdict(finding) for finding in diagnosis.findings],
        }
        for path, diagnosis in found
    ]
    return [*judged, *({"path": path, "error": reason} for path, reason in refused.items())]


def _verdict(item: Verdict) -> dict[str, Any]:
    evidence = {
        name: None if isinstance(value, float) and not math.isfinite(value) else value
        for name, value in item.evidence.items()
    }
    return {"code": item.code, "sentence": item.sentence, "evidence": evidence, "rule": item.rule}


def _write(text: str) -> None:
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    sys.exit(main())
