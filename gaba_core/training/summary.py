"""The tables of ``logs/README.md``, made from the logs: ``python -m gaba_core.training.summary logs``."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from pathlib import Path

import numpy as np

from gaba_core.errors import GabaError, ParameterError
from gaba_core.published import PUBLISHED_RUNS, PublishedRun
from gaba_core.runs import read_run
from gaba_core.training.files import write_atomically
from gaba_core.training.run_figures import Balance, RunFigures, run_figures

BEGIN, END = "<!-- tables: made from the logs -->", "<!-- end of tables -->"


def read_all(logs: Path) -> list[RunFigures]:
    """The figures of every finished run under ``logs``, by subset, method (GABA first) and seed."""
    found = [run_figures(read_run(path.parent)) for path in sorted(logs.glob("*/*/*/convergence_log.json"))]
    finished = [figures for figures in found if figures is not None]
    return sorted(
        finished, key=lambda run: (run.subset, not run.method.startswith("gaba"), run.method, run.seed)
    )


def tables(runs: Sequence[RunFigures]) -> str:
    """Markdown of three tables: groups beside the published ones, single runs, gradients of the GABA runs."""
    parts = [
        ("Groups: mean ± sd over seeds (ddof = 1), the test engines at each run's best epoch", _groups(runs)),
        ("Every run", _single(runs)),
        ("Gradients of the GABA runs", _balances(runs)),
    ]
    return "\n\n".join(f"### {title}\n\n{body}" for title, body in parts)


def rewrite(path: Path, body: str) -> None:
    """Put the tables between the two marks of a Markdown file and leave the rest as it is.

    Raises:
        ParameterError: the file lacks the marks.
    """
    text = path.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ParameterError(f"{path.name} must hold the lines {BEGIN} and {END}; got neither or one.")
    whole = f"{before}{BEGIN}\n\n{body}\n\n{END}{after}"
    write_atomically(path, lambda stream: stream.write(whole.encode()))


def _groups(runs: Sequence[RunFigures]) -> str:
    rows = []
    for (subset, method), group in groupby(runs, key=lambda run: (run.subset, run.method)):
        members = list(group)
        rows.append([subset, method, str(len(members)), *_means(members)])
        published = [run for run in PUBLISHED_RUNS if run.subset == subset]
        if method == "gaba" and published:
            rows.append([subset, "gaba, published", str(len(published)), *_published(published)])
    head = [
        "subset",
        "method",
        "runs",
        "best epoch",
        "held-out RMSE",
        "test RMSE, capped",
        "test RMSE, uncapped",
    ]
    return _table([*head, "NASA", "health accuracy %"], rows)


def _means(members: Sequence[object]) -> list[str]:
    formats: dict[str, Callable[[float], str]] = {
        "best_epoch": lambda value: f"{value:.0f}",
        "held_rmse": _plain,
        "rmse": _plain,
        "rmse_uncapped": _plain,
        "nasa": lambda value: f"{value:,.1f}",
        "health_accuracy": lambda value: f"{value:.2f}",
    }
    cells = []
    for name, shown in formats.items():
        if not all(hasattr(member, name) for member in members):
            cells.append("?")
            continue
        values = np.array([getattr(member, name) for member in members], dtype=np.float64)
        spread = f" ± {shown(float(values.std(ddof=1)))}" if len(values) > 1 else ""
        cells.append(shown(float(values.mean())) + spread)
    return cells


def _published(members: Sequence[PublishedRun]) -> list[str]:
    """The published figures in our columns; how their epochs were chosen and RUL was capped is not known."""
    epoch, *_, nasa, accuracy = _means(members)
    values = np.array([member.rmse_last for member in members])
    return [epoch, "?", f"{values.mean():.2f} ± {values.std(ddof=1):.2f}, cap not known", "?", nasa, accuracy]


def _single(runs: Sequence[RunFigures]) -> str:
    head = ["subset", "method", "seed", "epochs", "ended by", "best epoch", "held-out RMSE"]
    head += [
        "test RMSE, capped",
        "uncapped",
        "NASA",
        "health accuracy %",
        "settled weight of RUL",
        "first floored epoch",
        "CV of health weight after it",
        "steps that harm a task",
    ]
    rows = [
        [
            *(run.subset, run.method, str(run.seed), str(run.epochs), run.stopped, str(run.best_epoch)),
            *(_plain(run.held_rmse), _plain(run.rmse), _plain(run.rmse_uncapped)),
            *(f"{run.nasa:,.1f}", f"{run.health_accuracy:.2f}"),
            _weight(run.settled_weight),
            "–" if run.floored_epoch is None else f"{run.floored_epoch:.2f}",
            "–" if run.health_cv is None else f"{run.health_cv:.2e}",
            "–" if run.harmed is None else f"{100 * run.harmed:.1f} %",
        ]
        for run in runs
    ]
    return _table(head, rows)


def _balances(runs: Sequence[RunFigures]) -> str:
    head = [
        "subset",
        "method",
        "seed",
        "ratio p5 / p50 / p95",
        "smallest to largest",
        "σ of ln ratio in an epoch",
    ]
    head += ["E r", "weight predicted", "weight measured"]
    head += ["RUL share of Σ w g, as trained", "replayed without floor", "equal weights"]
    head += ["cosine p5 / p50 / p95", "steps that harm a task: as trained / no floor / equal / raw share"]
    rows = [[run.subset, run.method, str(run.seed), *_balance(run.balance)] for run in runs if run.balance]
    return _table(head, rows)


def _balance(balance: Balance) -> list[str]:
    shares = (balance.contribution, balance.unfloored, balance.unweighted)
    return [
        " / ".join(f"{value:,.0f}" for value in balance.ratio),
        " to ".join(f"{value:,.0f}" for value in balance.extremes),
        f"{balance.within_epoch_sigma:.2f}",
        f"{balance.mean_share:.5f}",
        f"{balance.predicted:.5f}",
        f"{balance.measured:.5f}",
        *(f"{100 * value:.2f} %" for value in shares),
        "–" if balance.cosine is None else " / ".join(f"{value:.2f}" for value in balance.cosine),
        "–" if balance.harmed is None else " / ".join(f"{100 * value:.1f} %" for value in balance.harmed),
    ]


def _plain(value: float) -> str:
    return f"{value:,.2f}"


def _weight(value: float) -> str:
    return f"{value:.5f}" if abs(value) < 10 else f"{value:,.0f}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def main(arguments: Sequence[str]) -> int:
    """0 when the README of the logs folder named first (``logs`` without one) has its tables, else 1."""
    logs = Path(arguments[0] if arguments else "logs")
    try:
        rewrite(logs / "README.md", tables(read_all(logs)))
    except (GabaError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
