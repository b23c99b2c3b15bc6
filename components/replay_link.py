"""Where the Replay view stands, and the link that opens it on one run."""

from __future__ import annotations

from urllib.parse import urlencode

from components.runs_shown import Shown

PATH = "/replay"


def replay_link(shown: Shown) -> tuple[str, str]:
    """Return text and address of the link from a run to its replay; without steps, to the comparison."""
    if shown.run.steps is not None:
        return "Replay this run", f"{PATH}?{urlencode({'run': shown.key})}"
    return "Compare with a simulation", f"{PATH}?{urlencode({'run': shown.key, 'mode': 'compare'})}"
