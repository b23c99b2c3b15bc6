"""Five of the other fields, run: each in its own units, with the numbers that a floor has too."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from gaba_core import time_constant
from gaba_core.anti_windup import recovery_experiment
from gaba_core.anti_windup.loops import Loop, run_loop
from gaba_core.checks import FloatArray
from gaba_core.number_text import number

from .state import GuideState


@dataclass(frozen=True, slots=True)
class Analogy:
    """A field: its loop, and the words for what it is made of.

    Attributes:
        trim: what the actuator stands at without a disturbance.
        sign: of the actuator's movement as a reader counts it.
    """

    loop: Loop
    disturbance: str
    actuator: str
    unit: str
    error: str
    error_unit: str
    time: str
    trim: float = 0.0
    sign: float = 1.0


ANALOGIES = {
    "aileron": Analogy(
        Loop(4.0, 2.0, 1.5, 3.0, -30.0, 30.0, 90.0, 12.0, 40.0, 0.05),
        *("a gust", "aileron", "°", "bank angle", "°", "s"),
    ),
    "insulin": Analogy(
        Loop(40.0, 25.0, 0.04, 50.0, -1.0, 4.0, 160.0, 120.0, 500.0, 0.5),
        *("a meal", "insulin", "U/h", "glucose above target", "mg/dl", "min"),
        trim=1.0,
    ),
    "cruise": Analogy(
        Loop(10.0, 0.5, 3.0, 6.0, -70.0, 30.0, 30.0, 30.0, 80.0, 0.1),
        *("a descent", "throttle", "%", "speed above target", "km/h", "s"),
        trim=30.0,
        sign=-1.0,
    ),
    "converter": Analogy(
        Loop(0.2, 0.1, 20.0, 0.25, -50.0, 45.0, 6.0, 0.8, 2.5, 0.003),
        *("an overload", "duty cycle", "%", "missing current", "A", "ms"),
        trim=50.0,
    ),
}
ENTROPY = {"beta": 0.99, "floor": 0.01, "before": 0.002, "after": 0.02, "start": 0.1}


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """A field's run as it is drawn and told: time from the end of the disturbance, command, both outputs.

    Attributes:
        cured: the output where the state is held or clamped at the limit.
    """

    time: FloatArray
    command: FloatArray
    output: FloatArray
    cured: FloatArray
    limit: float
    actuator: str
    unit: str
    time_unit: str
    text: dict[str, str]


@lru_cache(maxsize=64)
def analogy_run(name: str, strength: float, lasts: float) -> Run:
    """Return the run of a field under a disturbance so many times as strong, and as long."""
    return _entropy(strength, lasts) if name == "entropy" else _loop(ANALOGIES[name], strength, lasts)


def run_of(state: GuideState) -> Run:
    """Return the run that the state shows."""
    return analogy_run(state.field, state.strength, state.lasts)


def _loop(field: Analogy, strength: float, lasts: float) -> Run:
    own = field.loop
    loop = replace(own, disturbance=strength * own.disturbance, lasts=lasts * own.lasts)
    free, held = run_loop(loop), run_loop(loop, hold=True)

    def shown(values: FloatArray) -> FloatArray:
        return field.trim + field.sign * values

    limit = field.trim + field.sign * own.high
    text = {
        "tau": f"{number(own.integral)} {field.time}, integral time",
        "limit": f"{number(limit)} {field.unit}",
        "depth": f"{number(free.depth)} {field.unit}",
        "release": f"{number(free.release)} {field.time}; held {number(held.release)}",
        "cost": f"{number(free.cost)} {field.error_unit}·{field.time}; held {number(held.cost)}",
        "field": (
            f"After {field.disturbance} the {field.actuator} stays at its limit for "
            f"{number(free.release, 2)} {field.time}, and the {field.error} overshoots by "
            f"{number(free.overshoot, 2)} {field.error_unit}; with the integrator held, "
            f"{number(held.release, 2)} {field.time} and {number(held.overshoot, 2)} {field.error_unit}."
        ),
    }
    commands = (shown(free.command), shown(free.actuator), shown(held.actuator))
    return Run(free.time, *commands, limit, field.actuator, field.unit, field.time, text)


def _entropy(strength: float, lasts: float) -> Run:
    before, steps = ENTROPY["before"] / strength, max(1, round(600 * lasts))
    settings = {**ENTROPY, "before": before}
    free, held = (recovery_experiment(key, steps_before=steps, steps_after=600, **settings) for key in "AB")
    text = {
        "tau": f"{number(time_constant(ENTROPY['beta']))} updates",
        "limit": number(ENTROPY["floor"]),
        "depth": number(free.depth),
        "release": f"{free.release_delay} updates; held {held.release_delay}",
        "cost": f"{number(free.iae)} updates; held {number(held.iae)}",
        "field": (
            "When the policy's entropy returns, the coefficient stays at its floor for "
            f"{free.release_delay} updates more; with the average clamped (scheme B), for "
            f"{held.release_delay}. Its average leaks: it winds up by {number(free.depth, 2)}, and never by "
            "more than the floor."
        ),
    }
    time: FloatArray = np.arange(float(len(free.output))) - steps
    lines = (free.state, free.output, held.output)
    return Run(time, *lines, ENTROPY["floor"], "entropy coefficient", "", "updates", text)
