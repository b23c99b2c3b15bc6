"""How sure the reader can be of what `w_NAME` is: the EMA state or the applied weight."""

from __future__ import annotations

import numpy as np

from gaba_core.projection import weight_bounds
from gaba_core.runs.diagnosis_series import REFERENCE_FLOOR
from gaba_core.runs.schema import Run
from gaba_core.runs.verdicts import Verdict, figure, verdict

JUDGED = "w_* was taken as"  # how the reader's note begins where names alone did not settle it
RULE = (
    "No applied weight lies below m / (1 + (K-1) m), and a floored one rests between there and m; an EMA "
    "state runs through that band and on. Sure: below the bound under a floor that is known."
)


def quantity_finding(run: Run) -> Verdict | None:
    """Return what `w_NAME` was taken for and how sure that is; None where the names of the fields say it."""
    if not any(note.startswith(JUDGED) for note in run.notes):
        return None
    values = run.weights if run.state is None else run.state
    finite = np.empty(0) if values is None else values[np.isfinite(values).all(axis=1)]
    if not finite.size:
        return None
    floor = None if run.info is None else run.info.floor
    assumed = min(REFERENCE_FLOOR if floor is None else floor, 1.0 / len(run.tasks))
    bound, smallest = weight_bounds(len(run.tasks), assumed)[0], float(finite.min())
    if run.state is None:
        what, sure = "applied weight", "likely"
        why = f"its smallest value {figure(smallest)} rests between the bound {figure(bound)} and the floor"
    elif smallest < 0.99 * bound:
        what, sure = "EMA state", "likely" if floor is None else "sure"
        why = f"it goes down to {figure(smallest)}, and no weight under a floor of {assumed:g} can"
    else:
        what, sure = "EMA state", "a guess"
        why = "it never came near a floor that would tell them apart, so the reference logger's habit stands"
    return verdict(
        "quantity",
        f"w_NAME was read as the {what} ({sure}): {why}.",
        RULE,
        quantity=what,
        sure=sure,
        smallest=smallest,
        bound=bound,
        floor=floor,
    )
