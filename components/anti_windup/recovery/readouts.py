"""Read-outs of the Recovery panel in words and numbers with their units."""

from __future__ import annotations

import dataclasses
import math

from gaba_core.anti_windup import SCHEMES, Recovery, noise_bias, release_delay

from .state import RecoveryState, recoveries

NEVER = "never"
COLUMNS = (
    (
        "delay",
        "Release",
        "Samples after the switch in which the output still sat on the floor. Theory: "
        "ln((c − λ_min)/(c − x)) / ln β steps, where x is the state at the switch.",
    ),
    ("iae", "IAE", "Sum of |output − target| after the switch: total weight lost."),
    ("ise", "ISE", "Sum of the squared error after the switch: counts large errors more."),
    (
        "settling",
        "Settled",
        "First sample after the switch from which the error stays under 2 % of c − λ_min.",
    ),
    ("saturation", "Saturated", "Samples of the whole run with the output at or below the floor."),
    ("depth", "Depth", "How far the state fell below the floor: what has to be unwound."),
    (
        "sum",
        "Sum",
        "Largest sum of both weights. Above 1 every step is that much longer than the learning rate says.",
    ),
)


def texts(state: RecoveryState) -> dict[str, str]:
    """Return every read-out that follows a dragged control, by the name of its place on the page."""
    found = recoveries(state)
    text = {
        "says": sentence(state, found["A"]) + lengthened(state, found["N"]),
        "mark-stuck": stuck(state, found["A"]),
    }
    for key, recovery in found.items():
        values = (
            str(recovery.release_delay),
            f"{recovery.iae:.3f}",
            f"{recovery.ise:.4f}",
            NEVER if recovery.settling is None else str(recovery.settling),
            str(recovery.saturation),
            f"{recovery.depth:.4f}",
            f"{recovery.largest_sum:.4f}",
        )
        text |= {f"{key}-{name}": value for (name, *_), value in zip(COLUMNS, values, strict=True)}
    return text


def stuck(state: RecoveryState, gaba: Recovery) -> str:
    """How long GABA's output sits on the floor after the switch, as the bracket in the picture says it."""
    steps = gaba.release_delay
    if not steps:
        return ""
    still = "still stuck after " if steps >= state.steps_after else ""
    return f"{still}{steps:,} step{'s' * (steps != 1)}" + ("" if still else " stuck")


def sentence(state: RecoveryState, gaba: Recovery) -> str:
    """How long GABA is stuck, measured and as ln((c − λ_min)/(c − x)) / ln β predicts."""
    wound = float(gaba.state[state.steps_before - 1]) if state.steps_before else gaba.settings.start
    predicted = release_delay(state.beta, state.floor, state.after, min(1.0, max(0.0, wound)))
    measured = gaba.release_delay
    if wound >= state.floor:
        return f"Nothing is stuck: GABA's state is at {wound:.4f} when the target moves, not below the floor."
    depth = f"its state starts {state.floor - wound:.4f} below the floor of {state.floor:g}"
    if math.isinf(predicted):
        return f"GABA's output never leaves the floor: the new target, {state.after:g}, is not above it."
    long = "longer than the steps shown" if measured >= state.steps_after else f"for {measured:,} steps"
    return (
        f"GABA's output stays stuck {long}: {depth} and has to climb back first. Theory predicts a release "
        f"after {predicted:,.1f} steps."
    )


def lengthened(state: RecoveryState, unnormalised: Recovery) -> str:
    """What scheme N does to the learning rate, where it is drawn; empty where it is not."""
    if "N" not in state.schemes:
        return ""
    total = unnormalised.largest_sum
    return (
        f" Without renormalising (N) the output is the same, but the weights sum to up to {total:.4f}: "
        f"steps {100.0 * (total - 1.0):.1f} % longer than the learning rate says, and that excess moves with "
        "the data."
    )


def biases(state: RecoveryState) -> dict[str, str]:
    """Return each scheme's bias under noise at the new target; slow, so not while a control is dragged."""
    found = {}
    for key, scheme in SCHEMES.items():
        changes = {"k": state.k} if key == "D" else {}
        own = dataclasses.replace(scheme, beta=state.beta, floor=state.floor, **changes)
        found[key] = f"{noise_bias(own, state.after, state.sigma) + 0.0:+.4f}".replace("-0.0000", "+0.0000")
    return found
