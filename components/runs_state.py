"""State of the Runs view: what its controls hold and its URL says."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, unquote

from gaba_core.errors import ParameterError

MAX_RUNS = 12
WINDOWS = {"whole": "Whole run", "transient": "Transient"}
AXES = {"epochs": "Epochs", "steps": "Steps"}
SHOWS = {
    "applied": "Applied weight",
    "state": "EMA state",
    "mean": "Mean ± sd over runs",
    "regimes": "Regimes",
    "best": "Best epoch",
    "logy": "Log metric axis",
}
ALL_TASKS = "all tasks"


@dataclass(frozen=True, slots=True)
class RunsState:
    """Everything a link to the view restores.

    Attributes:
        runs: keys of the runs drawn, each quoted so that it holds no comma; see `keys`.
        metric: what the lower picture draws: a metric's name, or a key of `runs_text.GROUPS`.
        task: whose weight is drawn; empty for the first task, or ALL_TASKS.
        x: unit of the time axis, a key of AXES.
        window: stretch of time drawn at first, a key of WINDOWS.
        show: what is drawn, keys of SHOWS.

    Raises:
        ParameterError: names parameter, rule and value.
    """

    runs: tuple[str, ...] = ()
    metric: str = "rmse_last"
    task: str = ""
    x: str = "epochs"
    window: str = "whole"
    show: tuple[str, ...] = ("applied", "state", "regimes", "best", "logy")

    def __post_init__(self) -> None:
        for field, value, allowed in (("x", self.x, AXES), ("window", self.window, WINDOWS)):
            if value not in allowed:
                raise ParameterError(f"{field} must be one of {', '.join(allowed)}; got {value!r}.")
        for name in self.show:
            if name not in SHOWS:
                raise ParameterError(f"show must be one of {', '.join(SHOWS)}; got {name!r}.")

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys of the runs as the library knows them, without repeats."""
        return tuple(dict.fromkeys(unquote(run) for run in self.runs))


def quoted(key: str) -> str:
    """Return the key as `RunsState.runs` holds it; `assets/runs.js` quotes the same two characters."""
    return quote(key, safe="".join(c for c in map(chr, range(32, 127)) if c not in ",%"))
