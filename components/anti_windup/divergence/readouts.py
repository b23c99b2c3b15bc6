"""Read-outs of the Divergence panel in words: which method fails how, and where first."""

from __future__ import annotations

from statistics import fmean

from gaba_core.comparators import COMPARATORS, LABELS, FailureKind, Failures
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
FAILING: dict[FailureKind, tuple[str, str]] = {  # said of one method, and of several
    "left": ("goes out of [0, 1]", "go out of [0, 1]"),
    "non-finite": ("is not finite", "are not finite"),
    "weight-starved": ("is weight-starved", "are weight-starved"),
    "gradient-starved": ("is gradient-starved", "are gradient-starved"),
}


def texts(state: DivergenceState, failures: dict[str, Failures]) -> dict[str, str]:
    """Return every read-out that follows a dragged control, by the name of its place on the page."""
    text = {"bound": f"{weight_bounds(2, state.floor)[0]:.4f}", "says": sentence(state, failures)}
    for method in COMPARATORS:
        for kind, *_ in COLUMNS:
            found = failures.get(method)
            text[f"{method}-{kind}"] = HIDDEN if found is None else _said(found, kind)
    return text


def sentence(state: DivergenceState, failures: dict[str, Failures]) -> str:
    """What breaks at this noise, kind by kind, and what stays clear of all of it."""
    if not failures:
        return "Choose a method to see how it fails."
    parts, failing = [], set()
    for kind, how in FAILING.items():
        methods = [method for method, found in failures.items() if found.failed(kind).any()]
        failing |= set(methods)
        if methods:
            parts.append(f"{_listed(methods)} {how[len(methods) > 1]}")
    clear = [method for method in failures if method not in failing]
    parts.append(f"{_listed(clear) if clear else 'none'} stay{'s' * (len(clear) < 2)} clear of all of it")
    return f"At \N{GREEK SMALL LETTER SIGMA} = {state.sigma:g}, {'; '.join(parts)}."


def _listed(methods: list[str]) -> str:
    names = [LABELS[method] for method in methods]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _said(found: Failures, kind: FailureKind) -> str:
    first = found.first[kind].tolist()
    hit = [step for step in first if step >= 0]
    if not hit:
        return "never"
    if kind in ("left", "non-finite"):
        seeds = "" if len(first) == 1 else f", {len(hit)} of {len(first)} seeds"
        return f"from step {min(hit)}{seeds}"
    return f"{100.0 * fmean(found.share[kind].tolist()):.0f} % of steps"


def _smallest(sigma: float) -> str:
    return f"σ = {sigma:g}" if sigma else "fails without noise"


def first_failures(state: DivergenceState) -> list[tuple[str, list[str]]]:
    """Return for each chosen method the smallest noise at which a seed fails, one cell a kind of failure."""
    found = rates(state)
    rows = []
    for method in state.shown:
        cells = []
        for kind in KINDS:
            sigma = found.first_failure(method, KINDS_OF[kind])
            cells.append("none up to σ = 3" if sigma is None else _smallest(sigma))
        rows.append((method, cells))
    return rows
