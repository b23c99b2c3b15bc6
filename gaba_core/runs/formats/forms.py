"""Columns of texts that say a number in another form: dates and durations, 95%, epoch 3 of 20 as 3/20.

A column has a form where its first text has it and every other one as well; one odd cell in it, and the texts
are texts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from gaba_core.runs.formats.cells import NUMBER, SILENT, number_of, seconds_of

DATES = "read as seconds."  # how a note ends that a column of dates gives
_OF = re.compile(r"(\d{1,15})\s?/\s?(\d{1,15})", re.ASCII)
Plain = Callable[[str], str]


@dataclass(slots=True)
class Form:
    """How the texts of a column say numbers.

    Attributes:
        kind: of form.
        total: what every text of the form 3/20 has after its stroke.
        shown: the first text, for the note.
    """

    kind: str
    total: str = field(default="")
    shown: str = field(default="")

    def numbers(self, texts: Iterable[str], plain: Plain = str) -> dict[str, float] | None:
        """Return the number of each text; None where one of them has another form."""
        found: dict[str, float] = {}
        for text in texts:
            value = self._number(text, plain)
            if value is None:
                return None
            found[text] = value
        return found

    def note(self, name: str) -> str:
        """Return what has to be said of a column that was read so."""
        if self.kind == "date":
            return f"{name} holds dates or durations, {DATES}"
        if self.kind == "percent":
            return f"{name} holds percentages: {self.shown} was read as {self.shown.rstrip('% ')}."
        return f"{name} counts up to {self.total}: {self.shown} was read as {self.shown.partition('/')[0]}."

    def _number(self, text: str, plain: Plain) -> float | None:
        if self.kind == "date":
            return seconds_of(text)
        if self.kind == "percent":
            return _percent(text, plain)
        match = _OF.fullmatch(text.strip())
        return None if match is None or match[2] != self.total else float(match[1])


def form_of(text: str, plain: Plain = str) -> Form | None:
    """Return the form of a text that is no plain number; None where it has none that is known.

    Args:
        text: of a cell.
        plain: brings a number to the notation of programs.
    """
    bare = text.strip()
    if seconds_of(bare) is not None:
        return Form("date")
    if _percent(bare, plain) is not None:
        return Form("percent", shown=bare[:40])
    match = _OF.fullmatch(bare)
    if match is not None and int(match[1]) <= int(match[2]) > 0:
        return Form("of", total=match[2], shown=bare)
    return None


def formed(values: Sequence[Any]) -> tuple[Form, list[float | None]] | None:
    """Return the form of a column's texts, and its numbers; None where it holds anything else."""
    each = dict.fromkeys(value for value in values if isinstance(value, str))
    texts = [text for text in each if number_of(text) is not SILENT]
    others = {type(value) for value in values} & {int, float, bool, list, dict}
    if not texts or others or number_of(texts[0]) is not None:
        return None
    form = form_of(texts[0])
    numbers = None if form is None else form.numbers(texts)
    if form is None or numbers is None:
        return None
    return form, [numbers.get(value) if isinstance(value, str) else None for value in values]


def _percent(text: str, plain: Plain) -> float | None:
    bare = text.strip()
    if not bare.endswith("%"):
        return None
    number = plain(bare[:-1].rstrip()).strip()
    return float(number) if NUMBER.fullmatch(number) else None
