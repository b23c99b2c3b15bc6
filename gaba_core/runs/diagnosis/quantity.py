"""How sure the reader can be of what `w_NAME` is: the EMA state or the applied weight."""

from __future__ import annotations

from gaba_core.runs.diagnosis.verdict import Verdict, verdict
from gaba_core.runs.schema import Run

RULE = (
    "No applied weight lies below m / (1 + (K-1) m), and a floored one rests between there and m; an EMA "
    "state runs through that band and on. Sure: below the bound under a floor that is known. An EMA of "
    "shares lies in [0, 1] and sums to 1."
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
