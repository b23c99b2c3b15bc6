"""Where the Replay view stands, the link that opens it on one run, and how the link names the run."""

from __future__ import annotations

from urllib.parse import quote, unquote, urlencode

from components.runs_shown import Shown

PATH = "/replay"


def token(key: str) -> str:
    """Return a run's key in letters that no browser, however often it decodes a link, takes for its own.

    All but letters, digits and _ . - / becomes ~ and two hexadecimal digits.
    """
    return quote(key, safe="/").replace("~", "%7E").replace("%", "~")


def key_of(token: str) -> str:
    """Return the key that a token stands for."""
    return unquote(token.replace("~", "%"))


def replay_link(shown: Shown) -> tuple[str, str]:
    """Return text and address of the link from a run to its replay; without steps, to the comparison."""
    if shown.run.steps is not None:
        return "Replay this run", f"{PATH}?{urlencode({'run': token(shown.key)})}"
    return "Compare with a simulation", f"{PATH}?{urlencode({'run': token(shown.key), 'mode': 'compare'})}"
