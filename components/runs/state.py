"""State of the Runs view: what its controls hold and its URL says."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote

from gaba_core.errors import ParameterError
from gaba_core.parameters import Scale, quantity
from gaba_core.runs.smoothing import STRONGEST

from ..layout.fields import check_choice, check_choices, check_numbers, switches
from ..run_source.mapping_text import readings_of
from ..run_source.run_ranges import expanded

MAX_RUNS = 1000
LINES = 100  # runs that are drawn a line each; more are drawn as bands of quantiles
NAMED = 12  # runs that the page names and reads out one by one: a page of thousands of components is slow
MAX_PANELS = 3
WINDOWS = {"whole": "Whole run", "transient": "Transient"}
AXES = {"epochs": "Epochs", "steps": "Steps", "seconds": "Seconds"}
ALL_TASKS = "all tasks"
ALL_RUNS = "all"
FOLLOW = {"on": "Follow logs that are being written", "off": "Leave the picture as it is"}
SHOWS = {
    "applied": "Applied weight",
    "state": "EMA state",
    "regimes": "Regimes",
    "best": "Best epoch",
    "logy": "Log metric axis",
    "logx": "Log time axis",
}


@dataclass(frozen=True, slots=True)
class Shows:
    """Switches of the picture; `SHOWS` names them."""

    applied: bool
    state: bool
    regimes: bool
    best: bool
    logy: bool
    logx: bool


@dataclass(frozen=True, slots=True)
class RunsState:
    """Everything a link to the view restores.

    Attributes:
        runs: keys of the runs drawn, each quoted so that it holds no comma, or several as a link has them;
            see `keys`.
        metric: what is drawn below the weights, MAX_PANELS at most, quoted; see `metrics`. Each is a
            metric's name, or a key of `runs_text.GROUPS`.
        task: whose weight is drawn; empty for the first task, or ALL_TASKS.
        x: unit of the time axis, a key of AXES.
        window: stretch of time drawn at first, a key of WINDOWS.
        show: what is drawn, keys of SHOWS.
        group: which runs are averaged: empty for none, ALL_RUNS, or the parameter they share.
        baseline: key of the run that the others are compared with, or the label of a group; empty for none.
        reading: how a run's file is read where that is not as proposed; see `readings`.
        zoom: the visible ranges where the reader has zoomed, as `zoom.py` writes them.
        judge: what the model is judged by, as `stated_metric` reads it, the name quoted; empty: as found.
        follow: whether logs are followed while they are written, a key of FOLLOW.

    Raises:
        ParameterError: names parameter, rule and value.
    """

    runs: tuple[str, ...] = ()
    metric: tuple[str, ...] = ("rmse_last",)
    task: str = ""
    x: str = "epochs"
    window: str = "whole"
    show: tuple[str, ...] = ("applied", "state", "regimes", "best", "logy")
    group: str = ""
    baseline: str = ""
    reading: tuple[str, ...] = ()
    smooth: float = quantity(
        0.0,
        label="Smoothing",
        symbol="",
        unit="",
        help="Weight of the past in a debiased exponential moving average over the records of each metric: "
        "0.9 looks back over about 10 of them. The line as logged stays faintly below. Weights are never "
        "smoothed: the balancer did that already.",
        low=0.0,
        high=STRONGEST,
        scale=Scale(0.0, STRONGEST, 0.01),
    )
    zoom: tuple[str, ...] = ()
    follow: str = "on"
    judge: str = ""

    def __post_init__(self) -> None:
        check_choice("x", self.x, AXES)
        check_choice("window", self.window, WINDOWS)
        check_choice("follow", self.follow, FOLLOW)
        check_choices("show", self.show, SHOWS)
        if len(self.metric) > MAX_PANELS:
            raise ParameterError(f"metric must be {MAX_PANELS} names at most; got {len(self.metric)}.")
        readings_of(self.reading)
        check_numbers(self)

    @property
    def shows(self) -> Shows:
        """What is drawn, as switches."""
        return switches(Shows, self.show)

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys of the runs as the library knows them, without repeats."""
        return tuple(dict.fromkeys(unquote(run) for run in expanded(self.runs)))

    @property
    def readings(self) -> dict[str, str]:
        """Changes to how each run's file is read, as `gaba_core.runs.roles` writes them, by its key."""
        return readings_of(self.reading)

    @property
    def judged_by(self) -> str:
        """What the model is judged by, as `stated_metric` reads it; empty: as found."""
        return unquote(self.judge)

    @property
    def metrics(self) -> tuple[str, ...]:
        """Names of the metrics as the logs write them, without repeats."""
        return tuple(dict.fromkeys(unquote(name) for name in self.metric))
