"""One sentence that says what a setting does: nothing is named that the picture does not show."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaba_core.equilibrium import equilibrium, expected_shares, mean_trajectory
from gaba_core.number_text import count, fixed, number, percent
from gaba_core.readouts import task_readouts
from gaba_core.regime_prediction import predict_events, settled_regimes
from gaba_core.thresholds import CLOSE

from .names import floor_name, subject
from .sampling import window_of
from .state import ConvergenceState

ALIKE = 0.01  # of 1/K: a weight that strays no further has not moved
TURNED = 0.1  # of the way there: a weight that goes so far back has turned
LOOKED_AT = 400  # places along the picture


@dataclass(frozen=True, slots=True)
class Story:
    """What happens to the mean run in the stretch that is drawn; steps are None where it does not.

    Attributes:
        start: weight that every task begins with.
        begins: the step at which the average is let go.
        floored: the first step at which the floor raises a task, unless the run has settled by then.
        held: the tasks that the floor holds where the run tends to, counted from 0.
        first: the task that it raises at `floored`.
        settled: the step from which the weight stays at its end.
        furthest: the weight that is furthest from the start.
        last: the weight at the right end of the picture, or where it has settled.
        at: that right end, as a step.
        tends_to: the weight that the run would settle on.
    """

    start: float
    begins: int
    floored: int | None
    held: tuple[int, ...]
    first: int | None
    settled: int | None
    furthest: float
    last: float
    at: int
    tends_to: float


def story(state: ConvergenceState) -> Story:
    """Return what happens in the picture of a state."""
    params = state.params
    at = min(window_of(state)[1], params.steps) - 1
    path = mean_trajectory(params, np.unique(np.linspace(0, at, LOOKED_AT).astype(np.int64))).weights
    path = path[:, state.place]
    start, tends_to = 1.0 / params.tasks, float(equilibrium(params)[state.place])
    rest = next((int(r.start) for r in settled_regimes(params) if r.name == "equilibrium"), None)
    settled = rest if rest is not None and rest <= at else None
    clamped = predict_events(params).first_clamped
    floored = clamped if clamped is not None and clamped <= (at if settled is None else settled) else None
    return Story(
        start=start,
        begins=params.warmup_steps,
        floored=floored,
        held=tuple(i for i, share in enumerate(expected_shares(params)) if share < params.floor),
        first=None if floored is None else int(mean_trajectory(params, [floored]).state[0].argmin()),
        settled=settled,
        furthest=float(path[np.abs(path - start).argmax()]),
        last=float(path[-1]) if settled is None else tends_to,
        at=at,
        tends_to=tends_to,
    )


def sentence(state: ConvergenceState) -> str:
    """Return what the setting does, and how far the seeds are apart at the end."""
    outcome = story(state)
    if outcome.begins > outcome.at:
        return f"Warm-up outlasts the run: every task keeps the weight {number(outcome.start)}."
    return f"{subject(state.place, state.tasks)} {_course(state, outcome)}.{_seeds(state)}"


def _course(state: ConvergenceState, outcome: Story) -> str:
    after = f" after warm-up ({_when(state, outcome.begins)})" if outcome.begins else ""
    if abs(outcome.furthest - outcome.start) < ALIKE * outcome.start and outcome.floored is None:
        if abs(outcome.tends_to - outcome.start) < ALIKE * outcome.start:
            return f"stays at {number(outcome.start)}{after}: {_why_equal(state)}"
        return f"has hardly moved from {number(outcome.start)} at {_when(state, outcome.at)}"
    way = "falls" if outcome.furthest < outcome.start else "rises"
    there, back = outcome.furthest - outcome.start, outcome.furthest - outcome.last
    turn = [f"turns at {number(outcome.furthest)}"] if abs(back) > TURNED * abs(there) else []
    two_floors = outcome.first not in (None, state.place) and state.place in outcome.held
    if after and (turn or two_floors):
        after = f" from {_when(state, outcome.begins)}"  # so many events must fit into two lines
    below = "" if turn else _below_floor(state, outcome)
    return _listed([f"{way}{after}", *_floor(state, outcome), *turn, _end(state, outcome) + below])


def _why_equal(state: ConvergenceState) -> str:
    return "the gradients are about equal" if state.tasks == 2 else "its gradient is about the average"


def _floor(state: ConvergenceState, outcome: Story) -> list[str]:
    """What the floor does to a task of the picture."""
    if outcome.floored is None:
        return []
    when = _when(state, outcome.floored)
    if outcome.first in (None, state.place):
        return [f"meets the floor at {when}"]
    return [f"meets {floor_name(outcome.first, state.tasks)} at {when}"]


def _end(state: ConvergenceState, outcome: Story) -> str:
    if outcome.settled is None:
        return f"is still moving at {_when(state, outcome.at)}, near {number(outcome.last)}"
    return f"settles from {_when(state, outcome.settled)} at {number(outcome.last)}"


def _below_floor(state: ConvergenceState, outcome: Story) -> str:
    if outcome.settled is None or outcome.floored is None or state.place not in outcome.held:
        return ""
    below = 1.0 - outcome.last / state.params.floor
    return f", {percent(below, 2)} below the floor" if below > CLOSE else ""


def _seeds(state: ConvergenceState) -> str:
    if state.curves == "tasks":
        return f" All tasks are drawn, seed {state.seeds[0]}."
    spread, seeds = task_readouts(state.asked).spread[1], len(state.params.seeds)
    if spread is None:
        return ""
    if spread == 0.0:
        return f" All {seeds} seeds are identical."
    return f" The {seeds} seeds end {number(spread, 2)} apart (sd)."


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _when(state: ConvergenceState, step: int) -> str:
    return f"epoch {fixed(step / state.steps_per_epoch, 1)}" if state.x == "epochs" else f"step {count(step)}"
