"""What a diagnosis says: verdicts with the numbers behind them and the rule that led to each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

Evidence = Mapping[str, float | int | str | bool | None]
CONVERGED = ("converged", "balanced")  # balancer codes with which weights may be reported


@dataclass(frozen=True, slots=True)
class Verdict:
    """One judgement of a run.

    Attributes:
        code: a word for programs, such as "converged".
        sentence: the same for a reader, numbers included.
        evidence: what the judgement rests on; epochs are on the axis of the log, norms and weights by task.
        rule: how the evidence leads to the code, in one sentence.
        confidence: "sure", "likely" or "a guess": how far the records decide it.
    """

    code: str
    sentence: str
    evidence: Evidence = field(default_factory=lambda: MappingProxyType({}))
    rule: str = ""
    confidence: str = "likely"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What a colleague would say of a run.

    Attributes:
        run: its name.
        balancer: one of no-balancer, unknown, diverged, too-short, starved, idle, balanced, oscillating,
            drifting, moved, noisy, converged.
        model: one of unknown, diverged, outlier, unusually-good, overfitting, past-best, improving, settled.
        summary: both in one sentence: who is to blame, if anyone.
        findings: what else is worth knowing, such as a pitfall that this log invites.
    """

    run: str
    balancer: Verdict
    model: Verdict
    summary: str
    findings: tuple[Verdict, ...] = ()

    @property
    def has_converged(self) -> bool:
        """Whether the balancer came to rest where it should, so that its weights may be reported."""
        return self.balancer.code in CONVERGED


def verdict(code: str, sentence: str, rule: str, **evidence: float | int | str | bool | None) -> Verdict:
    """Return a verdict whose evidence cannot be changed."""
    return Verdict(code, sentence, MappingProxyType(evidence), rule)


def rated(item: Verdict, confidence: str) -> Verdict:
    """Return the verdict with another confidence."""
    return replace(item, confidence=confidence)
