"""Command line: ``gaba-runs diagnose logs/FD002/gaba``, ``fit`` or ``watch``."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gaba_core.runs.collecting import collected, passed_lines
from gaba_core.runs.commands.diagnosing import diagnosed, lines, plain, table
from gaba_core.runs.commands.options import as_stated, make_parser, stated
from gaba_core.runs.commands.siblings import siblings_of
from gaba_core.runs.commands.status import AT_REST, UNDECIDED, UNREADABLE, status_of
from gaba_core.runs.commands.watching import watch
from gaba_core.runs.fitting.fit import fit_run
from gaba_core.runs.fitting.report import fit_data, fit_lines
from gaba_core.runs.legible_names import legible, valid
from gaba_core.runs.schema import Run

INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says and return its exit status; see `commands.status`."""
    options = make_parser().parse_args(arguments)
    if options.command == "watch":
        return _watch(options)
    given = collected(options.paths)
    refused = given.refused
    if not given.runs and not refused:
        refused[", ".join(map(str, options.paths))] = "No log was found."
    runs = as_stated(given.runs, refused, stated(options))
    judge = _fit if options.command == "fit" else _diagnose
    data, text, status = judge(runs, options)
    _report(data, text, refused, as_json=options.json)
    every = getattr(options, "verbose", True)
    sys.stderr.writelines(f"{line}\n" for line in passed_lines(given.passed, every=every))
    return UNREADABLE if refused else status


def _fit(runs: dict[Path, Run], _: argparse.Namespace) -> tuple[list[dict[str, Any]], list[str], int]:
    fits = [(path, fit_run(run)) for path, run in runs.items()]
    text = [line for path, fit in fits for line in fit_lines(path, fit)]
    good = all(fit.time_constant is not None for _, fit in fits)
    return [fit_data(p, runs[p].name, fit) for p, fit in fits], text, AT_REST if good else UNDECIDED


def _diagnose(
    runs: dict[Path, Run], options: argparse.Namespace
) -> tuple[list[dict[str, Any]], list[str], int]:
    by = stated(options)
    found = list(diagnosed(runs, by, siblings_of(runs, by)))
    status = status_of((diagnosis.balancer.code for _, diagnosis in found), unreadable=not found)
    if len(found) > 1 and not options.verbose:
        text = list(table(found))
    else:
        text = [line for path, each in found for line in lines(path, each, verbose=options.verbose)]
    return [plain(path, diagnosis) for path, diagnosis in found], text, status


def _watch(options: argparse.Namespace) -> int:
    try:
        return watch(
            options.paths,
            stated(options),
            _write,
            _warn,
            exit_on=options.exit_on,
            every=options.every,
            quiet=options.quiet,
            as_json=options.json,
        )
    except KeyboardInterrupt:
        return INTERRUPTED


def _report(
    data: list[dict[str, Any]], text: Sequence[str], refused: dict[str, str], *, as_json: bool
) -> None:
    """Print what was found, and what could not be read."""
    if as_json:
        every = [*data, *({"path": valid(path), "error": reason} for path, reason in refused.items())]
        _write(json.dumps(every, indent=2, ensure_ascii=False, allow_nan=False))
        return
    for line in text:
        _write(line)
    for name, reason in refused.items():
        _warn(f"{legible(name)}: {reason}")


def _warn(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def _write(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
