"""Command line: ``python -m gaba_core.runs diagnose logs/FD002/gaba``, or ``fit``."""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from gaba_core.runs.collecting import collected, passed_lines
from gaba_core.runs.diagnosis.diagnose import diagnose
from gaba_core.runs.diagnosis.verdict import Diagnosis, Verdict
from gaba_core.runs.fitting.fit import fit_run
from gaba_core.runs.fitting.report import fit_data, fit_lines
from gaba_core.runs.legible_names import legible, valid
from gaba_core.runs.library import entry_of
from gaba_core.runs.schema import LOG_FILE, Run

CONVERGED, NOT_CONVERGED, UNREADABLE = 0, 1, 2
STATUS = (
    "Exit status: 0 when every balancer converged or is balanced by nature, 1 when one is not, "
    "2 when a log could not be read or none was found."
)
FIT_STATUS = (
    "Exit status: 0 when every log tells a time constant, 1 when one does not, "
    "2 when a log could not be read or none was found."
)


def make_parser() -> argparse.ArgumentParser:
    """The command line's parser."""
    parser = argparse.ArgumentParser(prog="gaba-runs", description="Judge training runs.")
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser(
        "diagnose",
        description="Say of each run whether its balancer converged and how its model did. Runs of one "
        "subset and method that are given together are compared as sibling seeds.",
        epilog=STATUS,
    )
    command.add_argument("-v", "--verbose", action="store_true", help="evidence, rules and findings as well")
    fit = commands.add_parser(
        "fit",
        description="Read the controller of each run out of its recorded weights: time constant, beta, "
        "target, floor and end of the warm-up, each with a 95 % interval where the log can tell.",
        epilog=FIT_STATUS,
    )
    for each in (command, fit):
        each.add_argument("paths", nargs="+", type=Path, help="logs, folders of runs, or folders of those")
        each.add_argument("--json", action="store_true", help="a list of objects, one a run")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when every balancer converged or every log tells a fit, 1 when one does not, 2 when one is no log."""
    options = make_parser().parse_args(arguments)
    given = collected(options.paths)
    runs, refused = given.runs, given.refused
    if not runs and not refused:
        refused[", ".join(map(str, options.paths))] = "No log was found."
    if options.command == "fit":
        fits = [(path, fit_run(run)) for path, run in runs.items()]
        data = [fit_data(path, runs[path].name, fit) for path, fit in fits]
        texts = ["\n".join(fit_lines(path, fit)) for path, fit in fits]
        good = all(fit.time_constant is not None for _, fit in fits)
    else:
        found = list(_diagnosed(runs))
        data = _plain(found)
        texts = ["\n".join(_lines(p, d, options.verbose)) for p, d in found]
        good = all(diagnosis.has_converged for _, diagnosis in found)
    _report(data, texts, refused, as_json=options.json)
    every = getattr(options, "verbose", True)
    sys.stderr.writelines(f"{line}\n" for line in passed_lines(given.passed, every=every))
    return UNREADABLE if refused else CONVERGED if good else NOT_CONVERGED


def _report(
    data: list[dict[str, Any]], texts: Sequence[str], refused: dict[str, str], *, as_json: bool
) -> None:
    """Print what was found, and what could not be read."""
    if as_json:
        every = [*data, *({"path": valid(path), "error": reason} for path, reason in refused.items())]
        _write(json.dumps(every, indent=2, ensure_ascii=False, allow_nan=False))
        return
    for text in texts:
        _write(text)
    for name, reason in refused.items():
        sys.stderr.write(f"{legible(name)}: {reason}\n")


def _diagnosed(runs: dict[Path, Run]) -> Iterator[tuple[Path, Diagnosis]]:
    groups: dict[tuple[str | None, str | None], list[Run]] = defaultdict(list)
    keys = {}
    for path, run in runs.items():
        place = path.resolve()
        entry = entry_of((place.parent if place.name == LOG_FILE else place).as_posix(), run)
        keys[path] = (entry.subset, entry.method)
        groups[keys[path]].append(run)
    for path, run in runs.items():
        known = None not in keys[path]
        yield path, diagnose(run, groups[keys[path]] if known else ())


def _lines(path: Path, diagnosis: Diagnosis, verbose: bool) -> Iterator[str]:
    yield f"{legible(str(path))}: {diagnosis.balancer.code}, {diagnosis.model.code}. {diagnosis.summary}"
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


def _plain(found: Sequence[tuple[Path, Diagnosis]]) -> list[dict[str, Any]]:
    """Return what `--json` prints of the verdicts."""
    return [
        {
            "path": valid(str(path)),
            "run": diagnosis.run,
            "converged": diagnosis.has_converged,
            "summary": diagnosis.summary,
            "balancer": _verdict(diagnosis.balancer),
            "model": _verdict(diagnosis.model),
            "findings": [_verdict(finding) for finding in diagnosis.findings],
        }
        for path, diagnosis in found
    ]


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
