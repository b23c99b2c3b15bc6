"""What the command line understands, and how it reads a run by it."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from pathlib import Path

from gaba_core.errors import GabaError, ParameterError
from gaba_core.runs.assembly import read_again
from gaba_core.runs.commands.status import BY_CODE, FIT_STATUS, STATUS
from gaba_core.runs.judged_metric import stated_metric
from gaba_core.runs.schema import Run, RunInfo


@dataclass(frozen=True, slots=True)
class Stated:
    """What the reader of a log states about it; None and "" where they leave it to the log.

    Attributes:
        mapping: changes to the proposed mapping, as in a link.
    """

    floor: float | None = None
    mapping: str = ""
    steps_per_epoch: int | None = None
    metric: str | None = None
    higher_is_better: bool | None = None

    def read(self, run: Run) -> Run:
        """Return the run as it is stated; what is stated goes before what its files say.

        Raises:
            GabaError: the mapping or the floor does not fit the log.
        """
        if self.floor is None and self.steps_per_epoch is None and not self.mapping:
            return run
        info = run.info or RunInfo()
        if self.floor is not None:
            info = replace(info, floor=None)
        if self.steps_per_epoch is not None:
            info = replace(info, steps_per_epoch=self.steps_per_epoch)
        changes = ";".join(filter(None, (self.mapping, _floor_text(self.floor))))
        found = read_again(replace(run, info=info), changes)
        if self.floor is not None and found.tasks and self.floor > 1.0 / len(found.tasks):
            raise ParameterError(
                f"floor must be at most 1/K = {1.0 / len(found.tasks):.4g}; got {self.floor:g}."
            )
        return found


def _floor_text(floor: float | None) -> str:
    return "" if floor is None else f"@floor={floor!r}"


def stated(options: argparse.Namespace) -> Stated:
    """Return what the options state of the logs."""
    metric, higher = getattr(options, "metric", None) or (None, None)
    return Stated(options.floor, options.mapping, options.steps_per_epoch, metric, higher)


def make_parser() -> argparse.ArgumentParser:
    """The command line's parser."""
    parser = argparse.ArgumentParser(prog="gaba-runs", description="Judge training runs.")
    commands = parser.add_subparsers(dest="command", required=True)
    diagnose = commands.add_parser(
        "diagnose",
        description="Say of each run whether its balancer converged and how its model did. Runs of one "
        "subset and method that are given together, or lie beside each other, are compared as sibling seeds.",
        epilog=STATUS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    diagnose.add_argument("-v", "--verbose", action="store_true", help="evidence, rules and findings as well")
    fit = commands.add_parser(
        "fit",
        description="Read the controller of each run out of its recorded weights: time constant, beta, "
        "target, floor and end of the warm-up, each with a 95 % interval where the log can tell.",
        epilog=FIT_STATUS,
    )
    watch = commands.add_parser(
        "watch",
        description="Judge a log that is being written, each time that it has grown; print a line where a "
        "verdict changes. It ends by --exit-on, by --quiet, or when it is interrupted.",
        epilog=STATUS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    watch.add_argument(
        "--exit-on", type=_codes, default=(), metavar="CODES", help="end on these verdicts: starved,diverged"
    )
    watch.add_argument("--every", type=_seconds, default=2.0, help="seconds between two looks (2)")
    watch.add_argument(
        "--quiet", type=_seconds, default=None, help="end when nothing was written for so many seconds"
    )
    for command in (diagnose, fit, watch):
        _add_common(command)
    for command in (diagnose, watch):
        command.add_argument(
            "--metric",
            type=stated_metric,
            metavar="NAME[:min|:max]",
            help="what to judge the model by, and which way it is better",
        )
    return parser


def _add_common(command: argparse.ArgumentParser) -> None:
    command.add_argument("paths", nargs="+", type=Path, help="logs, folders of runs, or folders of those")
    command.add_argument("--json", action="store_true", help="objects, one a run")
    command.add_argument("--floor", type=float, help="the balancer's floor, whatever the log says of it")
    command.add_argument(
        "--mapping", default="", help='what columns are, such as "alpha=weight:seg;beta=weight:depth"'
    )
    command.add_argument("--steps-per-epoch", type=_steps, metavar="N", help="whatever the log says of it")


def _codes(text: str) -> tuple[str, ...]:
    codes = tuple(filter(None, text.split(",")))
    unknown = [code for code in codes if code not in BY_CODE]
    if unknown or not codes:
        raise argparse.ArgumentTypeError(f"CODES must be some of {','.join(BY_CODE)}; got {text!r}.")
    return codes


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0.0 < value < 1e9:
        raise argparse.ArgumentTypeError(f"seconds must be a number above 0; got {text!r}.")
    return value


def _steps(text: str) -> int:
    try:
        value = int(text)
    except ValueError:
        value = 0
    if value < 1:
        raise argparse.ArgumentTypeError(f"steps per epoch must be a whole number from 1 on; got {text!r}.")
    return value


def as_stated(runs: dict[Path, Run], refused: dict[str, str], by: Stated) -> dict[Path, Run]:
    """Return the runs read as they are stated; what does not fit a log is said of that log."""
    found: dict[Path, Run] = {}
    for path, run in runs.items():
        try:
            found[path] = by.read(run)
        except GabaError as error:
            refused[str(path)] = str(error)
    return found
