"""How sure the reader can be of what `w_NAME` is: the EMA state or the applied weight."""

from __future__ import annotations

from gaba_core.runs.diagnosis.verdict import Verdict, verdict
from gaba_core.runs.schema import Run

RULE = (
    "Sure: below m / (1 + (K-1) m) under a floor m that is known, where no applied weight lies. Likely: "
    "outside [0, 1] or with another sum than 1, where no EMA of shares is. All else is a guess; the floor of "
    "the reference is a hypothesis. Siblings hold the same: the one that tells most counts for all."
)


def quantity_finding(run: Run) -> Verdict | None:
    """Return what `w_NAME` was taken for and how sure that is; None where the names of the fields say it."""
    found = run.origins.judged
    if found is None:
        return None
    fields = found.fields.replace("*", "NAME")
    return verdict(
        "quantity",
        f"{fields} was read as the {found.quantity} ({found.sure}): {found.why}.",
        RULE,
        quantity=found.quantity,
        sure=found.sure,
        **found.evidence,
    )
