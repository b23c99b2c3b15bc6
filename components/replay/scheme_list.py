"""What a run can be replayed through, as the list of the Replay view offers it."""

from __future__ import annotations

from typing import Any

from gaba_core.aggregators import AGGREGATORS
from gaba_core.anti_windup import SCHEMES
from gaba_core.runs.replay_schemes import BY_LOSS, REPLAY_SCHEMES, available_schemes

from .subject import ReplayedRun

GROUPS = {
    "The floor": ("gaba", "gaba-unfloored", "projection"),
    "Anti-windup of the state": tuple(key for key in SCHEMES if key in REPLAY_SCHEMES),
    "Without sliders": ("raw", "equal", *BY_LOSS),
    "From the Gramians": tuple(AGGREGATORS),
}


def schemes(subject: ReplayedRun) -> list[dict[str, Any]]:
    """What the list of schemes offers for a run."""
    offered = REPLAY_SCHEMES if subject.recording is None else available_schemes(subject.recording)
    return [
        {
            "group": group,
            "items": [{"value": key, "label": REPLAY_SCHEMES[key].label} for key in keys if key in offered],
        }
        for group, keys in GROUPS.items()
    ]
