"""Runs in a notebook: the offline report in a cell, without a server and without a port."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from pathlib import Path

from gaba_core import number_text
from gaba_core.errors import ParameterError
from gaba_core.runs import Diagnosis, Run, diagnose
from gaba_core.runs.collecting import Collected, collected
from gaba_core.runs.judged_metric import judged_metric, stated_metric
from gaba_core.runs.legible_names import legible
from gaba_core.runs.schema import LOG_FILE

from .run_source.runs_link import quoted
from .run_source.selected_run import Shown
from .run_source.source import shown_of
from .runs.report.report import report
from .runs.state import LINES, RunsState
from .runs.verdicts.diagnoses import siblings_among

NAMED = 3  # of what is left out by name
DEPTH = 3  # SUBSET/METHOD/seed_N
Source = str | Path | Run


@dataclass(frozen=True, slots=True)
class Report:
    """A report that a notebook shows in a frame of its own; it is whole in the notebook's file.

    Attributes:
        html: the page, which needs no network.
        summaries: what is said of each run, in a line.
        height: of the frame, in pixels.
    """

    html: str
    summaries: tuple[str, ...]
    height: int

    def _repr_html_(self) -> str:
        """The page in a frame that its scripts cannot leave; it survives the export of a notebook to HTML."""
        style = f"width: 100%; height: {self.height}px; border: 0"
        rules = "allow-scripts allow-downloads"
        page = escape(self.html)
        return f'<iframe title="Report" sandbox="{rules}" style="{style}" srcdoc="{page}"></iframe>'

    def __repr__(self) -> str:
        return "\n".join(self.summaries)

    def save(self, path: str | Path) -> None:
        """Write the page to a file."""
        Path(path).write_text(self.html, encoding="utf-8")


def show(
    runs: Source | Iterable[Source],
    *,
    metric: str | Sequence[str] | None = None,
    task: str = "",
    height: int = 720,
) -> Report:
    """Return the offline report of runs, to be the last line of a cell.

    It holds picture, verdicts with evidence, regimes and parameters, and says what it left out. A cell takes
    1.5 MB, most of it the script that draws.

    Args:
        runs: logs, folders of them at any depth, or what ``read_run`` returned; one or several.
        metric: what is drawn below the weights, three at most; ``NAME:min`` and ``NAME:max`` say which way is
            better. The first is what models are judged by. None: what each run would be judged by.
        task: whose weight is drawn; empty for the first task, ``all tasks`` for each.
        height: of the frame, in pixels.

    Raises:
        ParameterError: no run was found, or a choice is not legal.
    """
    given = [runs] if isinstance(runs, (str, Path, Run)) else list(runs)
    found = collected(Path(one) for one in given if not isinstance(one, Run))
    named = [*_keyed(found), *((one.name, one) for one in given if isinstance(one, Run))]
    if not named:
        reasons = " ".join(f"{legible(path)}: {reason}" for path, reason in found.refused.items())
        raise ParameterError(f"runs must name a log or a folder of logs; got {given!r}. {reasons}".strip())
    shown = shown_of(named[:LINES])
    chosen = [metric] if isinstance(metric, str) else list(metric or ())
    judged = chosen[0] if chosen else ""
    state = RunsState(
        runs=tuple(quoted(s.key) for s in shown),
        metric=tuple(quoted(stated_metric(one)[0]) for one in chosen or _judged(shown)),
        task=task,
    )
    diagnoses = [_diagnosed(s, shown, judged) for s in shown]
    html = report(shown, state, datetime.now(UTC), diagnoses, _left_out(named, found))
    summaries = tuple(f"{s.label}: {one.summary}" for s, one in zip(shown, diagnoses, strict=True))
    return Report(html, summaries, height)


def _keyed(found: Collected) -> list[tuple[str, Run]]:
    """The runs by the end of their paths, which says subset, method and seed; else by the whole."""
    places = {path: path.parent if path.name == LOG_FILE else path for path in found.runs}
    short = {path: "/".join(place.parts[-DEPTH:]) for path, place in places.items()}
    once = len(set(short.values())) == len(short)
    return [(short[path] if once else places[path].as_posix(), run) for path, run in found.runs.items()]


def _judged(shown: Sequence[Shown]) -> list[str]:
    names = [one.name for s in shown if (one := judged_metric(s.run)) is not None]
    return names[:1]


def _diagnosed(s: Shown, shown: Sequence[Shown], judged: str) -> Diagnosis:
    name, higher = stated_metric(judged)
    metric, higher = (name, higher) if name in s.run.metrics else (None, None)
    return diagnose(s.run, siblings_among(s, shown), metric, higher)


def _left_out(named: Sequence[tuple[str, Run]], found: Collected) -> list[str]:
    """What the paths name besides the runs that are shown, in sentences."""
    sentences = []
    over = [key for key, _ in named[LINES:]]
    if over:
        total = number_text.count(len(named))
        sentences.append(f"Of {total} runs the first {LINES} are shown, and left out: {_list(over)}.")
    if found.refused:
        each = " ".join(f"{legible(path)}: {reason}" for path, reason in found.refused.items())
        sentences.append(f"Could not be read: {each}")
    if found.passed:
        files = [one.name for one in found.passed]
        sentences.append(f"Files that are no logs were passed by: {_list(files)}.")
    return sentences


def _list(names: Sequence[str]) -> str:
    more = len(names) - NAMED
    first = ", ".join(map(legible, names[:NAMED]))
    return first if more <= 0 else f"{first} and {number_text.count(more)} more"
