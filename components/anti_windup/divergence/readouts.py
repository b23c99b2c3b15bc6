"""Read-outs of the Divergence panel in words: which method fails how, and where first."""

from __future__ import annotations

from statistics import fmean

from gaba_core.comparators import COMPARATORS, FailureKind, Failures
from gaba_core.projection import weight_bounds

from .state import KINDS, KINDS_OF, DivergenceState, rates

HIDDEN = "–"
COLUMNS: tuple[tuple[FailureKind, str, str], ...] = (
    ("left", "Left [0, 1]", "First step at which w / Σw of a task is below 0 or above 1."),
    ("non-finite", "Not finite", "First step with a weight that is no number, or infinite."),
    ("weight-starved", "Weight-starved", "Share of the steps with a weight below the exact bound."),
    (
        "gradient-starved",
        "Gradient-starved",
        "Share of the steps in which a task has less than a tenth of 1/K of Σ w g.",
    ),
)


def texts(state: DivergenceState, failures: dict[str, Failures]) -> dict[str, str]:
    """Return every read-out that follows a dragged control, by the name of its place on the page."""
    text = {"bound": f"{weight_bounds(2, state.floor)[0]:.4f}"}
    for method in COMPARATORS:
        for kind, *_ in COLUMNS:
            found = failures.get(method)
            text[f"{method}-{kind}"] = HIDDEN if found is None else _said(found, kind)
    return text


def _said(found: Failures, kind: FailureKind) -> str:
    first = found.first[kind].tolist()
    hit = [step for step in first if step >= 0]
    if not hit:
        return "never"
    if kind in ("left", "non-finite"):
        seeds = "" if len(first) == 1 else f", {len(hit)} of {len(first)} seeds"
        return f"step {min(hit)}{seeds}"
    return f"{100.0 * fmean(found.share[kind].tolist()):.0f} % of steps, first {min(hit)}"


def first_failures(state: DivergenceState) -> list[tuple[str, list[str]]]:
    """Return for each chosen method the smallest noise at which a seed fails, one cell a kind of failure."""
    found = rates(state)
    rows = []
    for method in state.shown:
        cells = []
        for kind in KINDS:
            sigma = found.first_failure(method, KINDS_OF[kind])
            cells.append("never up to 3" if sigma is None else f"σ = {sigma:g}")
        rows.append((method, cells))
    return rows
