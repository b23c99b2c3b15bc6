"""Command line: ``python -m gaba_core.sweep --axis beta=0.9:0.999:32 --axis floor=0:0.5:32 --out DIR``."""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any
from urllib.parse import quote

from gaba_core.errors import GabaError, ParameterError
from gaba_core.parameters import NOISES, SimulationParams
from gaba_core.sweep.cluster import dask_executor
from gaba_core.sweep.grid import NAMES, Grid
from gaba_core.sweep.measures import MEASURES
from gaba_core.sweep.progress import shown_progress
from gaba_core.sweep.running import sweep
from gaba_core.sweep.store import RESULT

INTERRUPTED = 130
RATIO_AND_DRIFT = ("ratio", "drift")


def main(arguments: Sequence[str] | None = None) -> int:
    """Sweep what the command line says; 0 when it is done, 1 with one line that says why not."""
    options = _parser().parse_args(arguments)
    try:
        grid = _grid(options)
        with _executor(options.scheduler) as executor, shown_progress(options.quiet) as progress:
            result = sweep(
                grid, _seeds(options.seeds), options.measures, executor, folder=options.out, progress=progress
            )
    except GabaError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("Interrupted. The same command goes on from here.\n")
        return INTERRUPTED
    cells = " x ".join(map(str, result.grid.shape))
    folder = Path(options.out).resolve()
    sys.stdout.write(
        f"{options.out}/{RESULT}: {cells} cells, {len(result.seeds)} seeds each.\n"
        f"On the map: gaba-dashboard --logs {folder.parent}, then /map?sweep={quote(folder.name)}\n"
    )
    return 0


def _executor(scheduler: str | None) -> AbstractContextManager[Any]:
    return nullcontext() if scheduler is None else dask_executor(scheduler)


def _grid(options: argparse.Namespace) -> Grid:
    axes = dict(_axis(text) for text in options.axis)
    plain = {
        name: getattr(options, name)
        for name in ("beta", "floor", "sigma", "noise", "warmup_steps", "epochs", "steps_per_epoch")
        if getattr(options, name) is not None
    }
    base = Grid({"beta": (0.5,)}, SimulationParams(**plain))
    for name in RATIO_AND_DRIFT:
        if getattr(options, name) is not None:
            base = Grid({"beta": (0.5,)}, Grid({name: (getattr(options, name),)}, base.base).params(0))
    return Grid(axes, base.base, options.scheme, options.k)


def _axis(text: str) -> tuple[str, tuple[Any, ...]]:
    """Return name and values of NAME=a,b,c or NAME=first:last:count; ratio and drift go geometrically."""
    name, _, values = text.partition("=")
    parts = values.split(":")
    try:
        if len(parts) != 3:
            items = [part.strip() for part in values.split(",")]
            return name, tuple(items if name == "scheme" else map(float, items))
        first, last, count = float(parts[0]), float(parts[1]), int(parts[2])
        return name, _between(name, first, last, max(count, 1))
    except ValueError:
        raise ParameterError(f"an axis must be NAME=first:last:count or NAME=a,b,c; got {text!r}.") from None


def _between(name: str, first: float, last: float, count: int) -> tuple[float, ...]:
    """Return evenly spaced values: of beta in its time constant, of ratio and drift in their logarithm."""
    way = [i / max(1, count - 1) for i in range(count)]
    if name == "beta" and max(first, last) < 1.0:
        ends = [math.log10(1.0 - value) for value in (first, last)]
        return tuple(round(1.0 - 10.0 ** (ends[0] + (ends[1] - ends[0]) * at), 10) for at in way)
    if name in RATIO_AND_DRIFT and min(first, last) > 0.0:
        return tuple(float(f"{first * (last / first) ** at:.10g}") for at in way)
    return tuple(round(first + (last - first) * at, 10) for at in way)


def _seeds(text: str) -> Any:
    if "," not in text:
        return int(text) if text.isdigit() else text
    return tuple(int(part) if part.strip().isdigit() else part for part in text.split(","))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m gaba_core.sweep", description=__doc__)
    parser.add_argument(
        "--axis",
        action="append",
        required=True,
        metavar="NAME=...",
        help=f"first:last:count or a,b,c of one of {', '.join(NAMES)}; once for each axis",
    )
    parser.add_argument("--out", required=True, metavar="DIR", help="folder for the result; resumed if begun")
    parser.add_argument("--seeds", default="100", help="how many, or a,b,c")
    parser.add_argument("--measures", nargs="+", default=tuple(MEASURES), choices=tuple(MEASURES))
    parser.add_argument("--scheduler", metavar="ADDRESS", help="a running Dask scheduler, tcp://host:8786")
    parser.add_argument("--quiet", action="store_true", help="no progress bar")
    for name in ("beta", "floor", "sigma", "ratio", "drift"):
        parser.add_argument(f"--{name}", type=float, help="where it is no axis")
    for name in ("warmup-steps", "epochs", "steps-per-epoch"):
        parser.add_argument(f"--{name}", type=int)
    parser.add_argument("--noise", choices=NOISES)
    parser.add_argument("--scheme", default="A", help="where it is no axis")
    parser.add_argument("--k", type=float, default=0.1, help="feedback of scheme D")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
