"""One thing to learn: what is said, what is true, and a link that shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

MOST_WORDS = 120


@dataclass(frozen=True, slots=True)
class Lesson:
    """A section of the Guide, of at most MOST_WORDS words.

    Attributes:
        anchor: its id in the page, which a link names.
        heading: what it is about.
        claim: what the source chapter says, in our words; empty where it is not at issue.
        truth: what is true, every number in it computed.
        link: what the link says.
        path: of the page it opens.
        query: the settings it opens it with.
        numbers: what was computed for the text, by name.
    """

    anchor: str
    heading: str
    claim: str
    truth: str
    link: str
    path: str = "/"
    query: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    numbers: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def words(self) -> int:
        """How many words a reader reads."""
        return len(f"{self.heading} {self.claim} {self.truth}".split())
