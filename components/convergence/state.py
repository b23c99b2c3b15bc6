"""State of the Convergence view: what its controls hold and its URL says."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl

from gaba_core.checks import check_whole
from gaba_core.errors import ParameterError
from gaba_core.parameters import (
    REFERENCE_SEEDS,
    Scale,
    SimulationParams,
    quantities,
    quantity,
    quantity_of,
)
from gaba_core.published import PUBLISHED_RUNS, PublishedRun

from ..layout.fields import (
    DRIFT,
    NOISES,
    RATIO,
    SMALL_NORM,
    check_choice,
    check_choices,
    like_simulation,
    quantity_field,
    switches,
)
from ..layout.url_state import from_text

MAX_SEEDS = 8
MAX_TASKS = 8
FD004_STEPS = 41  # an epoch, as the chapter has it
CURVES = {"seeds": "One task, its seeds", "tasks": "All tasks, one seed"}
NORMS = (100.0, SMALL_NORM, 1.0, 10.0, 3.2, 32.0, 0.5, 5.0)  # at first, of each task
AXES = {"epochs": "Epochs", "steps": "Steps"}
WINDOWS = {"transient": "Transient", "whole": "Whole run", "log": "Log time"}
SHOWS = {
    "theory": "Theory ± 2 sd",
    "mean": "Mean ± sd",
    "state": "EMA state",
    "health": "Health weight",
    "share": "RUL share of w·g",
    "best": "Published best epochs",
    "logy": "Log weight axis",
}


def _norm(task: int) -> float:
    """A field for the gradient norm of one task, counted from 1."""
    field_of_it: float = quantity(
        NORMS[task - 1],
        label=f"Norm of task {task}",
        symbol="",
        unit="",
        help=f"Gradient norm of task {task} of three or more. Only the ratios of the norms matter.",
        low=0.0001,
        high=1e6,
        scale=Scale(0.01, 1000.0, 0.05, "log"),
    )
    return field_of_it


@dataclass(frozen=True, slots=True)
class Shows:
    """Switches of the picture; `SHOWS` names them."""

    theory: bool
    mean: bool
    state: bool
    health: bool
    share: bool
    best: bool
    logy: bool


NORM_FIELDS = tuple(f"norm_{task}" for task in range(1, MAX_TASKS + 1))


@dataclass(frozen=True, slots=True)
class ConvergenceState:
    """Everything a link to the view restores.

    Attributes:
        ratio: gradient norm of the RUL task over that of the health task.
        norm_1 to norm_8: gradient norms of the tasks, where there are more than two.
        tasks: how many there are. The floor of the run is no higher than 1/K.
        task: the one that is drawn and read out, counted from 1; the last where there are fewer.
        curves: what the lines are, a key of CURVES.
        x: unit of the time axis, a key of AXES.
        window: stretch of time drawn, a key of WINDOWS.
        show: what is drawn with the seeds, keys of SHOWS.
        pin: a setting to compare with, as the query of its own link; empty for none.
        params: what the simulation reads of it; only the ratio of the two norms matters.

    Raises:
        ParameterError: names parameter, rule and value.
    """

    beta: float = like_simulation("beta")
    floor: float = like_simulation("floor")
    sigma: float = like_simulation("sigma")
    ratio: float = quantity_field(500.0, RATIO)
    drift: float = quantity_field(1.0, DRIFT)
    warmup_steps: int = like_simulation("warmup_steps")
    steps_per_epoch: int = like_simulation("steps_per_epoch")
    epochs: int = like_simulation("epochs")
    norm_1: float = _norm(1)
    norm_2: float = _norm(2)
    norm_3: float = _norm(3)
    norm_4: float = _norm(4)
    norm_5: float = _norm(5)
    norm_6: float = _norm(6)
    norm_7: float = _norm(7)
    norm_8: float = _norm(8)
    tasks: int = 2
    task: int = 1
    curves: str = "seeds"
    noise: str = "gaussian"
    seeds: tuple[int, ...] = REFERENCE_SEEDS
    x: str = "epochs"
    window: str = "transient"
    show: tuple[str, ...] = ("theory", "state", "logy")
    pin: str = ""
    params: SimulationParams = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for name in ("ratio", "drift", *NORM_FIELDS):
            quantity_of(type(self), name).check(name, getattr(self, name))
        for name, low in (("tasks", 2), ("task", 1)):
            check_whole(name, getattr(self, name), low, MAX_TASKS)
        check_choice("curves", self.curves, CURVES)
        object.__setattr__(self, "params", self._built())  # checks the rest of the numbers
        if self.epochs > 2000 or self.epochs * self.steps_per_epoch > 500_000:
            raise ParameterError(
                f"epochs must be at most 2000, and 500000 steps in all; got {self.epochs} epochs "
                f"of {self.steps_per_epoch} steps."
            )
        if len(self.seeds) > MAX_SEEDS or len(set(self.seeds)) != len(self.seeds):
            raise ParameterError(f"seeds must be at most {MAX_SEEDS} different ones; got {self.seeds!r}.")
        check_choice("noise", self.noise, NOISES)
        check_choice("x", self.x, AXES)
        check_choice("window", self.window, WINDOWS)
        check_choices("show", self.show, SHOWS)
        self.pinned()

    def pinned(self) -> ConvergenceState | None:
        """The setting that is pinned, or None."""
        if not self.pin:
            return None
        query = {name: text for name, text in parse_qsl(self.pin, keep_blank_values=True) if name != "pin"}
        state, problems = from_text(ConvergenceState, query)
        if problems:
            why = problems[0].partition(" Using the default")[0]
            raise ParameterError(f"pin must be the query of a link to this view; {why}")
        return state

    def simulated(self) -> tuple[tuple[SimulationParams, int], ...]:
        """What is simulated and of which task: this setting, and the one that is pinned."""
        pinned = self.pinned()
        return (self.asked,) if pinned is None else (self.asked, pinned.asked)

    @property
    def place(self) -> int:
        """The task that is drawn and read out, counted from 0."""
        return min(self.task, self.tasks) - 1

    @property
    def asked(self) -> tuple[SimulationParams, int]:
        """What the read-outs are of: the simulation, and the task."""
        return self.params, self.place

    @property
    def numbers(self) -> tuple[str, ...]:
        """Names of the numbers that this setting has: a ratio of two norms, or a norm a task."""
        unused = NORM_FIELDS if self.tasks == 2 else ("ratio", *NORM_FIELDS[self.tasks :])
        return tuple(f.name for f in quantities(type(self)) if f.name not in unused)

    @property
    def published(self) -> tuple[PublishedRun, ...]:
        """The published runs of the subset whose clock this is, by seed; none where they are not shown."""
        if not self.shows.best or self.tasks > 2 or self.curves != "seeds":
            return ()
        own = {run.seed: run for run in PUBLISHED_RUNS if run.subset == self.subset}
        return tuple(own[seed] for seed in self.seeds if seed in own)

    @property
    def subset(self) -> str:
        """FD004 with its steps an epoch, FD002 with any other."""
        return "FD004" if self.steps_per_epoch == FD004_STEPS else "FD002"

    @property
    def shows(self) -> Shows:
        """What is drawn with the seeds, as switches."""
        return switches(Shows, self.show)

    def _built(self) -> SimulationParams:
        own = tuple(getattr(self, name) for name in NORM_FIELDS[: self.tasks])
        norms = (self.ratio * SMALL_NORM, SMALL_NORM) if self.tasks == 2 else own
        return SimulationParams(
            beta=self.beta,
            floor=min(self.floor, 1.0 / self.tasks) if self.tasks > 2 else self.floor,
            warmup_steps=self.warmup_steps,
            norms=norms,
            norms_end=None if self.drift == 1.0 else (norms[0] * self.drift, *norms[1:]),
            noise=self.noise,  # type: ignore[arg-type]  # checked by SimulationParams itself
            sigma=self.sigma,
            seeds=self.seeds,
            epochs=self.epochs,
            steps_per_epoch=self.steps_per_epoch,
        )


def seconds_of(state: ConvergenceState) -> float:
    """Return the seconds that the picture takes at most: what is expected under drift goes step by step."""
    expected = 1.2e-6 if state.drift != 1.0 or "drift=" in state.pin else 0.0
    return 0.005 + sum(
        (8e-8 * len(p.seeds) + expected) * p.steps * p.tasks / 2.0 for p, _ in state.simulated()
    )


def with_tasks(state: ConvergenceState, tasks: int) -> ConvergenceState:
    """Return the state with so many tasks; those of a ratio bring their norms along."""
    grown = state.tasks == 2 and tasks > 2
    brought: dict[str, Any] = dict(zip(NORM_FIELDS, state.params.norms, strict=False)) if grown else {}
    return replace(state, tasks=tasks, task=min(state.task, tasks), **brought)
