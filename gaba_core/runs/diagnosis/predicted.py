"""What the recorded norms ask of the weights: the level of eq. 4 to 6, and its scatter."""

from __future__ import annotations

import math

import numpy as np

from gaba_core.controller import centred_shares
from gaba_core.number_text import signed
from gaba_core.runs.diagnosis.case import Case
from gaba_core.runs.diagnosis.series import applied, target_shares
from gaba_core.runs.diagnosis.stated_floor import floor_disproved
from gaba_core.runs.number_text import figure
from gaba_core.runs.schema import is_gaba

Numbers = dict[str, float | str | None]


def prediction(case: Case, w: float) -> tuple[Numbers, str]:
    """Return the predicted weight w(E r) as evidence and as the end of a sentence.

    Only of GABA, with a floor that is stated and that the record does not disprove: by another one nothing
    that was recorded is contradicted.
    """
    found = target_shares(case.run) if is_gaba(case.run) and case.run.floor is not None else None
    if found is None or floor_disproved(case.subject) is not None:
        return {"w_predicted": None, "difference": None, "predicted_from": None}, ""
    shares, source = found
    predicted = float(applied(shares, case.run.floor)[case.judged.task])
    numbers: Numbers = {"w_predicted": predicted, "predicted_from": source, "difference": w - predicted}
    return numbers, f"; predicted {figure(predicted)} from {source}, difference {signed(w - predicted, 1)}"


def predicted_sd(case: Case) -> float | None:
    """Return the standard deviation that the norms of every step give the weight; None where not known.

    White-noise gain of the average, sqrt((1 - beta) / (1 + beta)), times the scatter of the raw share.
    Not told of a task that the floor holds: its weight follows the others.
    """
    steps, beta = case.run.steps, case.info.beta
    if steps is None or beta is None or not is_gaba(case.run) or not case.run.floor:
        return None
    norms = steps.norms[len(steps.norms) // 2 :]
    norms = norms[np.isfinite(norms).all(axis=1) & (norms >= 0.0).all(axis=1)]
    if len(norms) < 2:
        return None
    shares = centred_shares(norms, axis=1)[:, case.judged.task]
    floored = float(shares.mean()) + 1.0 / norms.shape[1] < case.run.floor
    return None if floored else float(shares.std()) * math.sqrt((1.0 - beta) / (1.0 + beta))
