"""Where a run's quantities come from: what columns were taken for, how sure that is, what was computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from gaba_core.runs.roles import Mapping as ColumnMapping
from gaba_core.runs.table import Seam, Table
from gaba_core.runs.weight_question import Question

STATE, WEIGHT = "EMA state", "applied weight"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What fields that may hold either of the balancer's quantities were taken for.

    Attributes:
        quantity: "EMA state" or "applied weight".
        sure: "sure", "likely" or "a guess" from the values; "chosen" where the reader of the log decided.
        why: what in the values shows it, as the end of a sentence.
        found: the quantity that the values alone speak for; another one only where `sure` is "chosen".
        fields: what the fields are called, such as "w_*".
        evidence: the numbers it rests on.
        strength: 3 where nothing else is possible, 2 where one is more plausible, 0 where the values say
            nothing; 4 where the reader of the log decided. Between siblings the strongest counts.
    """

    quantity: str
    sure: str
    why: str
    found: str
    fields: str
    evidence: Mapping[str, float | None] = field(default_factory=lambda: MappingProxyType({}))
    strength: int = 0


@dataclass(frozen=True, slots=True)
class Origins:
    """How weights and EMA state came about: "recorded", "computed" from the other one, or "unknown".

    Attributes:
        judged: what was found of fields whose names do not say which of the two they hold; else None.
    """

    weights: str = "unknown"
    state: str = "unknown"
    judged: Judgement | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """How a log was read.

    Attributes:
        format: what the file was found to be.
        table: its columns as they stand in the file.
        proposed: what the columns most likely are.
        mapping: what they were taken for.
        source: what messages call the log.
        sidecar_notes: notes on the files beside the log.
        reasons: what in the values made the proposed mapping, where names alone do not say it.
        question: what has to be asked of a log whose weights neither names nor values tell.
        seam: where the file was cut, to be read on from there once it has grown; None where it cannot be.
    """

    format: str
    table: Table
    proposed: ColumnMapping
    mapping: ColumnMapping
    source: str = "the log"
    sidecar_notes: tuple[str, ...] = ()
    seam: Seam | None = None
    reasons: tuple[str, ...] = ()
    question: Question | None = None
