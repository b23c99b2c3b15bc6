"""The lines of a long text, some at a time: no list of all of them is made."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator

from gaba_core.abandoning import stop_if_abandoned

PIECE = 1 << 15  # characters that are looked at together: their cells take up to thirty times as many bytes
_END = re.compile(r"\r\n?|\n")


def text_pieces(text: str, begin: int = 0) -> Iterator[str]:
    """Yield whole lines, each ended by a line feed, some of them at a time."""
    while begin < len(text):
        stop_if_abandoned(begin / len(text))
        end = text.find("\n", begin + PIECE) + 1 or len(text)
        yield text[begin:end]
        begin = end


class Lines:
    """The lines of a text in order, each with what ends it: a line feed, a carriage return, or both.

    Attributes:
        pieces: how many there were so far.
    """

    def __init__(self, text: str, check: Callable[[str], None]) -> None:
        """Begin at the first line.

        Args:
            text: any.
            check: is shown a piece that a long line makes longer than others.
        """
        self._text, self._check = text, check
        self.pieces = 0

    def __iter__(self) -> Iterator[str]:
        at = 0
        while at < len(self._text):
            stop_if_abandoned(at / len(self._text))
            found = _END.search(self._text, at + PIECE)
            end = len(self._text) if found is None else found.end()
            piece = self._text[at:end]
            self.pieces += 1
            if end - at > 2 * PIECE:
                self._check(piece)
            yield from io.StringIO(piece, newline="")
            at = end
