"""What `w_NAME` holds, told from the values: the EMA state or the applied weight.

The reference logger writes the EMA buffer under `w_NAME`, yet its printed sample shows the applied weight.
An EMA of shares lies in [0, 1] and sums to 1: what is negative or sums to something else is the weight of a
method without a floor. Under a floor m that is known, no applied weight lies below m / (1 + (K-1) m).
All else is a guess: a weight sits between that bound and m while its task is floored, and an EMA state most
often runs through that narrow band and on, but an unfloored weight may, too, and a state may rest there.
Where the floor is not known the reference's is a hypothesis. Where the values show nothing, the logger's
habit stands.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

import numpy as np

from gaba_core.checks import FloatArray
from gaba_core.projection import weight_bounds
from gaba_core.runs.number_text import figure
from gaba_core.runs.provenance import STATE, WEIGHT, Judgement

REFERENCE_FLOOR = 0.05
STRAY = 0.01  # share of the records that may be damaged without a say in what the others are
CHOSEN, PROVEN, PLAUSIBLE, HABIT = 4, 3, 2, 0  # strengths of a judgement
UNEVEN = 0.01  # distance of a sum from 1 beyond rounding


def judged(values: FloatArray, floor: float | None, fields: str, chosen: str = "found") -> Judgement:
    """Return what the values (E, K) are, and how sure that is.

    Args:
        values: the fields that may hold either; NaN marks a gap.
        floor: the run's own, None where it is not known.
        fields: what the fields are called.
        chosen: "state" or "weight" where the reader of the log decided, else "found".
    """
    found, strength, why, evidence = _found(values, floor)
    sure = "a guess" if strength < PROVEN else "sure" if found == STATE else "likely"
    if chosen == "found":
        return Judgement(found, sure, why, found, fields, evidence, strength)
    taken = STATE if chosen == "state" else WEIGHT
    agrees = "the values agree" if taken == found else f"the values speak for the {found}"
    return Judgement(
        taken, "chosen", f"it was chosen; {agrees} ({sure}: {why})", found, fields, evidence, CHOSEN
    )


def holds_applied_weights(values: FloatArray, floor: float) -> bool:
    """Whether the values (E, K) keep the exact bound and end between the bound and the floor.

    The tolerance is 1e-4 (logs are often rounded to four places), at most 1 % of the bound. One record in a
    hundred may lie below: it is damaged, for no weight can.
    """
    tasks = values.shape[1]
    if floor <= 0.0 or floor >= 1.0 / tasks or not len(values):
        return False
    low = weight_bounds(tasks, floor)[0]
    smallest = values.min(axis=1)
    below = smallest < low - min(1e-4, 0.01 * low)
    return bool(below.mean() <= STRAY and not below[-1] and smallest[-1] < floor)


def _found(
    values: FloatArray, floor: float | None
) -> tuple[str, int, str, MappingProxyType[str, float | None]]:
    finite = _rows(values, np.isfinite(values).all(axis=1))
    with np.errstate(over="ignore"):
        sums = finite.sum(axis=1)
    legal = _rows(finite, (finite >= 0.0).all(axis=1) & (np.abs(sums - 1.0) <= UNEVEN))
    assumed = min(REFERENCE_FLOOR if floor is None else floor, 1.0 / values.shape[1])
    bound = weight_bounds(values.shape[1], assumed)[0]
    smallest = float(legal.min()) if len(legal) else float("nan")
    numbers = {"smallest": smallest if len(legal) else None, "bound": bound, "floor": floor}
    evidence = MappingProxyType(numbers)
    habit = "so the reference logger's habit stands"
    if not len(finite):
        return STATE, HABIT, f"there is no finite value to tell, {habit}", evidence
    if 2 * len(legal) < len(finite):
        middle = float(np.median(sums))
        how = (
            f"the values sum to {figure(middle)}, and an EMA of shares sums to 1"
            if abs(middle - 1.0) > UNEVEN
            else "values are negative, and no EMA of shares is"
        )
        return WEIGHT, PROVEN, how, evidence
    reference = "" if floor is not None else ", if that is the reference's"
    if holds_applied_weights(legal, assumed):
        band = f"its smallest value {figure(smallest)} rests between the bound {figure(bound)} and the floor"
        return WEIGHT, PLAUSIBLE, band + reference, evidence
    if smallest < 0.99 * bound:
        low = f"it goes down to {figure(smallest)}"
        if floor is not None:
            return STATE, PROVEN, f"{low}, and no weight under a floor of {floor:g} can", evidence
        why = f"{low}, which a weight can do only under a smaller floor than the reference's {assumed:g}"
        return STATE, PLAUSIBLE, why, evidence
    return STATE, HABIT, f"it never came near a floor that would tell them apart, {habit}", evidence


def _rows(values: FloatArray, retained: Any) -> FloatArray:
    """Return some rows of a table, all of them without a copy."""
    return values if retained.all() else values[retained]
