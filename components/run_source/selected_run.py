"""One run as the Runs page shows it."""

from __future__ import annotations

from dataclasses import dataclass

from gaba_core.runs import Run


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """One run in the picture.

    Attributes:
        label: what the page calls it.
        style: number of its colour and symbol.
    """

    key: str
    label: str
    run: Run
    style: int
