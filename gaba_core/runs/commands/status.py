"""Exit statuses of the command line, by verdict."""

from __future__ import annotations

from collections.abc import Iterable

AT_REST, UNDECIDED, UNREADABLE = 0, 1, 2
MODEL_FAILED = 8
TABLE: dict[int, tuple[str, ...]] = {
    AT_REST: ("converged", "noisy", "balanced"),
    UNDECIDED: ("unknown", "too-short", "idle", "no-balancer"),
    3: ("drifting",),
    4: ("moved",),
    5: ("oscillating",),
    6: ("starved",),
    7: ("diverged",),
}
MODEL = ("overfitting", "past-best", "outlier", "unusually-good", "improving", "settled")
BY_CODE = {code: status for status, codes in TABLE.items() for code in codes} | dict.fromkeys(
    MODEL, MODEL_FAILED
)
STATUS = "\n".join(
    (
        "Exit status by the balancer's verdict, the highest of several runs:",
        *(f"  {status}  {', '.join(codes)}" for status, codes in TABLE.items()),
        f"  {UNREADABLE}  a log could not be read or none was found, before all others",
        f"  {MODEL_FAILED}  watch ended by a verdict on the model",
    )
)
FIT_STATUS = (
    "Exit status: 0 when every log tells a time constant, 1 when one does not, "
    "2 when a log could not be read or none was found."
)


def status_of(codes: Iterable[str], *, unreadable: bool) -> int:
    """Return the exit status of balancer verdicts."""
    return UNREADABLE if unreadable else max((BY_CODE[code] for code in codes), default=UNREADABLE)
