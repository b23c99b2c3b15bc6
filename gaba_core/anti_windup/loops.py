"""A proportional-integral loop whose actuator has limits: what winds up, how long it is stuck, the cost."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from gaba_core.checks import FloatArray
from gaba_core.errors import ParameterError


@dataclass(frozen=True, slots=True)
class Loop:
    """A first-order plant under a disturbance, and the controller that works against it.

    Attributes:
        lag: time constant of the plant; times are in the caller's unit.
        gain: by how much the plant moves for one unit of the actuator, once it has settled.
        proportional: actuator a unit of error.
        integral: time in which the integrator repeats the proportional part.
        low, high: limits of the actuator, counted from its trim.
        disturbance: where it would take the plant without an actuator.
        lasts: how long it acts.
        span: how long the loop is followed afterwards.
        step: of the integration.

    Raises:
        ParameterError: a time is not above 0, or low is not below high.
    """

    lag: float
    gain: float
    proportional: float
    integral: float
    low: float
    high: float
    disturbance: float
    lasts: float
    span: float
    step: float

    def __post_init__(self) -> None:
        for name in ("lag", "integral", "lasts", "span", "step"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value > 0.0):
                raise ParameterError(f"{name} must be a number above 0; got {value!r}.")
        if not self.low < self.high:
            raise ParameterError(f"low must be below high; got {self.low!r} and {self.high!r}.")


@dataclass(frozen=True, slots=True, eq=False)
class LoopCourse:
    """What a loop did.

    Attributes:
        time: from the end of the disturbance, (T,).
        error: of the plant, (T,).
        command: of the controller, before the limits, (T,).
        actuator: within them, (T,).
        depth: furthest that the command went beyond a limit.
        release: time that the actuator went on sitting on the limit.
        cost: sum of |error| over the time after the disturbance.
        overshoot: furthest that the plant then went past its target.
    """

    time: FloatArray
    error: FloatArray
    command: FloatArray
    actuator: FloatArray
    depth: float
    release: float
    cost: float
    overshoot: float


def run_loop(loop: Loop, hold: bool = False) -> LoopCourse:
    """Return what the loop does.

    Args:
        loop: its settings.
        hold: whether the integrator is held while the actuator saturates (conditional integration).
    """
    acting, steps = round(loop.lasts / loop.step), round((loop.lasts + loop.span) / loop.step)
    error, state = 0.0, 0.0
    rows = []
    for t in range(steps):
        push = loop.disturbance if t < acting else 0.0
        moved = state + loop.step / loop.integral * error
        command = loop.proportional * (error + moved)
        beyond = (command > loop.high and error > 0.0) or (command < loop.low and error < 0.0)
        state = state if hold and beyond else moved
        command = loop.proportional * (error + state)
        actuator = min(max(command, loop.low), loop.high)
        error += loop.step / loop.lag * (push - loop.gain * actuator - error)
        rows.append((error, command, actuator))
    errors, commands, actuators = np.array(rows).T
    after = slice(acting, None)
    free = np.flatnonzero((actuators[after] > loop.low) & (actuators[after] < loop.high))
    side = 1.0 if loop.disturbance > 0.0 else -1.0
    return LoopCourse(
        time=np.array([(t - acting) * loop.step for t in range(steps)]),
        error=errors,
        command=commands,
        actuator=actuators,
        depth=float(np.abs(commands - actuators)[: max(acting, 1)].max()),
        release=float(free[0] if free.size else steps - acting) * loop.step,
        cost=float(np.abs(errors[after]).sum() * loop.step),
        overshoot=float(max(0.0, (-side * errors[after]).max())),
    )
