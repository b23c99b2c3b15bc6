"""The time axis of the Convergence pictures, and what is drawn along it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from gaba_core import readouts as core
from gaba_core.checks import FloatArray
from gaba_core.parameters import SimulationParams
from gaba_core.regime_prediction import settled_regimes
from gaba_core.regimes import Regime
from gaba_core.simulation import Trajectories, simulate

from ..layout.palette import slot
from ..plotting.ticks import lasting_ticks
from .names import short_name
from .state import ConvergenceState

POINTS = 250  # drawn on a line at most, unless each point is an epoch
ALL_TASKS = 760  # drawn on the lines of all tasks together: with the rest no more than five seeds have
TAIL = 30  # beyond the window
EARLY = 8  # the beginning of a run, on a log axis, is this part of it
LADDER = (5, 10, 15, 25, 40, 60, 100, 150, 250, 400)  # epochs a transient window may span


@dataclass(frozen=True, slots=True)
class SampleAxis:
    """Steps to drawn x, and the stretch that is drawn.

    Attributes:
        unit: steps that make 1 of x.
        window: first and last step in sight.
        last: steps of the run, which goes on out of sight: while a control is held, the axes are those of
            where it was taken hold of, and may show more.
    """

    unit: int
    window: tuple[int, int]
    log: bool
    title: str
    last: int

    def x(self, step: float) -> float:
        """Where a step lies."""
        return step / self.unit

    def xs(self, steps: npt.NDArray[np.int64]) -> FloatArray:
        """Where steps lie; on a log axis those before its start move up to it."""
        return np.maximum(steps / self.unit, self.low) if self.log else steps / self.unit

    def place(self, x: float) -> float:
        """A place in x as the range counts it: its exponent on a log axis."""
        return float(np.log10(x)) if self.log else x

    def placed(self, place: float) -> float:
        """The x of a place."""
        return float(10.0**place) if self.log else place

    @property
    def low(self) -> float:
        """Left end, in x."""
        return self.x(self.window[0])

    @property
    def high(self) -> float:
        """Right end, in x."""
        return self.x(self.window[1])

    @property
    def end(self) -> float:
        """Where the run ends, in sight or not."""
        return max(self.x(self.last), self.high)

    def range(self) -> list[float]:
        """The ends as Plotly wants them: exponents on a log axis."""
        return [self.place(self.low), self.place(self.high)]

    def layout(self) -> dict[str, Any]:
        """The axis as Plotly's layout describes it."""
        return {
            "title": {"text": self.title},
            "type": "log" if self.log else "linear",
            "range": self.range(),
            "hoverformat": ".4~g",
            **({"tickvals": lasting_ticks(self.low, self.high)} if self.log else {}),
        }


@dataclass(frozen=True, slots=True)
class Curve:
    """One line of the picture: a task's weight in one seed.

    Attributes:
        uid: its name on the drag path.
        number: the seed, or the task counted from 1.
        style: which of the theme's styles it has.
        seed, task: places in the run.
        weights, state: at the samples, shape (N,).
    """

    uid: str
    name: str
    number: int
    style: int
    seed: int
    task: int
    weights: FloatArray
    state: FloatArray


@dataclass(frozen=True, slots=True)
class Drawn:
    """What every picture of one state is made from, computed once.

    Attributes:
        run: the samples in sight, and beyond them the rest of the run, coarsely.
        seen: how many of the samples are in sight.
        task: the one whose levels are drawn.
        of_seeds: whether the curves are the seeds of one task, or the tasks of one seed.
        theories: at the samples: of the one task, or of each.
    """

    state: ConvergenceState
    params: SimulationParams
    regimes: tuple[Regime, ...]
    axis: SampleAxis
    run: Trajectories
    seen: int
    task: int
    of_seeds: bool
    curves: tuple[Curve, ...]
    theories: tuple[core.Theory, ...]

    def after(self, step: float) -> float | None:
        """The expected weight at a step, between samples too; None past the end of the run."""
        if step > self.run.steps[-1]:
            return None
        course = self.theories[0 if self.of_seeds else self.task]
        return float(np.interp(step, self.run.steps, course.weights))


def drawn(state: ConvergenceState) -> Drawn:
    """Return the simulated run at the samples that are drawn, with its axis and regimes."""
    params = state.params
    window = window_of(state)
    unit, title = (state.steps_per_epoch, "epoch") if state.x == "epochs" else (1, "step")
    axis = SampleAxis(unit, window, state.window == "log", title, params.steps)
    run, of_seeds, task = sampled(state, params, axis), state.curves == "seeds", state.place
    curves = _seeds(run, task) if of_seeds else _tasks(run)
    courses = core.theories(params, run.steps, (task,) if of_seeds else range(params.tasks))
    seen = int(np.searchsorted(run.steps, window[1], side="right"))
    return Drawn(state, params, settled_regimes(params), axis, run, seen, task, of_seeds, curves, courses)


def _seeds(run: Trajectories, task: int) -> tuple[Curve, ...]:
    """One task in every seed."""
    return tuple(
        _curve(run, f"seed-{seed}", f"seed {seed}", seed, slot(seed), i, task)
        for i, seed in enumerate(run.params.seeds)
    )


def _tasks(run: Trajectories) -> tuple[Curve, ...]:
    """Every task in the first of the seeds."""
    tasks = run.params.tasks
    return tuple(
        _curve(run, f"task-{task + 1}", short_name(task, tasks), task + 1, task, 0, task)
        for task in range(tasks)
    )


def _curve(run: Trajectories, uid: str, name: str, number: int, style: int, seed: int, task: int) -> Curve:
    return Curve(uid, name, number, style, seed, task, run.weights[seed, :, task], run.state[seed, :, task])


def sampled(state: ConvergenceState, params: SimulationParams, axis: SampleAxis) -> Trajectories:
    """Return a run at the samples that are drawn: one an epoch of a whole run, else POINTS of them.

    Beyond the window follow at most TAIL more, to the end of the run.
    """
    stop, points = min(axis.window[1] + 1, params.steps), _points(state)
    if axis.log:
        return _dense_at_first(params, stop, points)
    by_epoch = state.x == "epochs" and state.window == "whole"
    every = max(1, -(-axis.window[1] // points))
    if by_epoch:
        every = params.steps_per_epoch
        every *= 1 if state.curves == "seeds" else -(-params.epochs // points)
    found = simulate(params, every, stop=stop)
    if stop == params.steps:
        return found
    last = int(found.steps[-1])
    return _joined(found, simulate(params, -(-(params.steps - last) // TAIL), last))


def _points(state: ConvergenceState) -> int:
    return POINTS if state.curves == "seeds" else min(POINTS, ALL_TASKS // state.tasks)


def _dense_at_first(params: SimulationParams, stop: int, points: int) -> Trajectories:
    """A run at half of the points evenly spread, and at as many in its beginning: most of a log axis."""
    every = -(-2 * stop // points)
    whole = simulate(params, every, stop=stop)
    early = simulate(params, -(-every // EARLY), stop=max(1, stop // EARLY))
    return _joined(early, whole)


def _joined(first: Trajectories, then: Trajectories) -> Trajectories:
    """The samples of one run, and those of the other that come later."""
    later = then.steps > first.steps[-1]
    return Trajectories(
        first.params,
        np.concatenate([first.steps, then.steps[later]]),
        np.concatenate([first.weights, then.weights[:, later]], axis=1),
        np.concatenate([first.state, then.state[:, later]], axis=1),
    )


def key(state: ConvergenceState) -> str:
    """Same key, same traces: what a dragged number never changes."""
    show, seeds = ",".join(sorted(state.show)), ",".join(map(str, state.seeds))
    lines = [] if (state.tasks, state.place, state.curves) == (2, 0, "seeds") else [_lines(state)]
    if state.published:  # what a mark says, and whether it is hollow
        lines += [state.subset, *("late" if p.best_epoch >= state.epochs else "" for p in state.published)]
    return "/".join([state.x, state.window, show, seeds, str(bool(state.pin)), *lines])


def _lines(state: ConvergenceState) -> str:
    return f"{state.curves}-{state.place + 1}-of-{state.tasks}"


def window_of(state: ConvergenceState) -> tuple[int, int]:
    """Return the first and the last step in sight: the run's own, or on to the last published best epoch."""
    first, last = _own_window(state)
    latest = max((run.best_epoch for run in state.published), default=0)
    return first, max(last, -(-latest * 21 // 20) * state.steps_per_epoch)


def _own_window(state: ConvergenceState) -> tuple[int, int]:
    """Return the first and the last step of what the range names; a transient ends with an epoch."""
    params = state.params
    if state.window == "log":
        return max(1, params.steps_per_epoch // 2), max(params.steps, 2)
    if state.window == "whole":
        return 0, params.steps
    regimes = settled_regimes(params)
    settled = next((r.start for r in regimes if r.name == "equilibrium"), params.steps)
    epochs = 1.4 * max(settled, params.warmup_steps) / params.steps_per_epoch
    fitting = next((e for e in LADDER if e >= epochs), params.epochs)
    return 0, min(fitting, params.epochs) * params.steps_per_epoch
