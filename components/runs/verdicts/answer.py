"""The answer for the runs that are selected, in a line: how many balancers converged, and whom to suspect."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from gaba_core import number_text
from gaba_core.runs import Diagnosis
from gaba_core.runs.number_text import epoch_text

from ...run_source.selected_run import Shown
from ..names import short_names
from .tones import BAD, TONES, gravity

BALANCERS = {
    "converged": "converged",
    "balanced": "had balanced gradients",
    "noisy": "settled with noise",
    "oscillating": "oscillated",
    "drifting": "kept drifting",
    "moved": "changed level",
    "starved": "starved a task",
    "too-short": "ran too short to be judged",
    "idle": "did not act",
    "diverged": "diverged",
    "unknown": "could not be judged",
    "no-balancer": "logged no weights",
}
MODELS = {
    "improving": "still improving",
    "settled": "settled",
    "past-best": "past the best epoch",
    "overfitting": "overfitting",
    "diverged": "diverged",
    "outlier": "an outlier",
    "unusually-good": "unusually good",
}
FAULTY = ("diverged", "oscillating", "starved", "moved")
FAILED = ("diverged", "outlier", "overfitting")
MOST = 4  # names in a sentence


def answer(shown: Sequence[Shown], judged: Sequence[Diagnosis]) -> str:
    """Return the answer; of a single run its summary, of several how they compare and which to suspect.

    Args:
        shown: the runs.
        judged: what the first of them, or all, are judged to be.
    """
    if len(shown) == 1:
        return judged[0].summary
    names = short_names(shown)[: len(judged)]
    shown, every = shown[: len(judged)], len(shown)
    left = {
        name: how
        for name, s, d in zip(names, shown, judged, strict=True)
        if (how := _left(d, s.run.unit)) is not None
    }
    balancers = [name for name, d in zip(names, judged, strict=True) if _is_faulty(d) or name in left]
    models = [
        name
        for name, d in zip(names, judged, strict=True)
        if d.model.code in FAILED and name not in balancers
    ]
    first = f"{_counted([d.balancer.code for d in judged], 'balancer')}{_blamed(balancers, models)}"
    part = f"The first {len(judged)} of {number_text.count(every)} runs: " if len(judged) < every else ""
    return " ".join([f"{part}{first}", *_apart(left), *_models(judged)])


def _apart(left: Mapping[str, str]) -> list[str]:
    """Return which runs left their siblings, each in a sentence of its own while they are few."""
    if len(left) > MOST:
        return [f"{_capital(_listed(list(left)))} parted from their siblings."]
    return [f"{_capital(name)} {how}." for name, how in left.items()]


def _is_faulty(d: Diagnosis) -> bool:
    return d.balancer.code in FAULTY or TONES[d.balancer.code] == BAD


def _left(d: Diagnosis, unit: str) -> str | None:
    """Return when a run left its siblings, in words; None where it did not."""
    found = next((finding for finding in d.findings if finding.code == "unlike-siblings"), None)
    if found is None:
        return None
    at = found.evidence.get("left")
    since = f"left the others at {unit} {epoch_text(at)}" if isinstance(at, float) else ""
    return since or "ended elsewhere than the others"


def _counted(codes: Sequence[str], what: str) -> str:
    """Return "5 of 5 balancers converged", or each outcome with its number."""
    found = sorted(Counter(codes).items(), key=lambda item: gravity(item[0]))
    whole = f"{found[0][1]} of {len(codes)} {what}s {BALANCERS[found[0][0]]}"
    return ", ".join([whole, *(f"{count} {BALANCERS[code]}" for code, count in found[1:])])


def _blamed(balancers: Sequence[str], models: Sequence[str]) -> str:
    parts = [
        f"the {what}{'' if len(names) == 1 else 's'} of {_listed(names)}"
        for what, names in (("balancer", balancers), ("model", models))
        if names
    ]
    return f"; suspect {' and '.join(parts)}." if parts else "."


def _models(judged: Sequence[Diagnosis]) -> list[str]:
    """Return what became of the models, where any could be judged: "4 of 5 models settled, 1 overfitting"."""
    codes = Counter(d.model.code for d in judged if d.model.code in MODELS).most_common()
    if not codes:
        return []
    said = [f"{count} {MODELS[code]}" for code, count in codes]
    return [f"Models: {', '.join(said)}."]


def _listed(names: Sequence[str]) -> str:
    shown, more = list(names[:MOST]), len(names) - MOST
    shown += [f"{more} more"] if more > 0 else []
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"
