"""Where the Replay view stands, the link that opens it on one run, and how the link names what it carries."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote, unquote

from gaba_core.runs.norm_samples import holds_norms

from ..layout.addresses import page_address
from .mapping_text import changes, with_reading
from .selected_run import Shown

PATH = "/replay"


def token(key: str) -> str:
    """Return a run's key, or any text, in letters that no browser, however often it decodes a link, mistakes.

    All but letters, digits and _ . - / becomes ~ and two hexadecimal digits.
    """
    return quote(key, safe="/").replace("~", "%7E").replace("%", "~")


def key_of(token: str) -> str:
    """Return the key, or the text, that a token stands for."""
    return unquote(token.replace("~", "%"))


def replay_link(shown: Shown, drawn: Sequence[Shown]) -> tuple[str, str]:
    """Return text and address of the link from a run to its replay; without steps, to the comparison.

    The link says how the file of every run that is drawn is read, where that is not as proposed.
    """
    entries: tuple[str, ...] = ()
    for s in drawn:
        entries = with_reading(entries, s.key, changes(s.run))
    replays = holds_norms(shown.run)
    query = {"run": token(shown.key)} | ({} if replays else {"mode": "compare"})
    query |= {"reading": token(",".join(entries))} if entries else {}
    text = "Replay this run" if replays else "Compare with a simulation"
    return text, page_address(PATH, query)
