"""Client-side memory of a log: what the browser was shown, sent along with its next poll.

Several processes may answer in turn, and each remembers only what it saw itself. So the memory of what became
of a log lies with the browser: whichever process looks next goes on from there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gaba_core.runs.legible_names import valid
from gaba_core.runs.tailing.log_status import Followed, Held, Status

STATUSES: tuple[Status, ...] = (
    *("complete", "growing", "quiet", "torn", "truncated", "deleted", "returned"),
)
LONGEST = 400  # characters of a name or a sentence
LARGEST = 1e300  # of a number; NaN is not below it


@dataclass(frozen=True, slots=True, eq=False)
class Reported:
    """What was reported of one log.

    Attributes:
        tag: of what the picture shows of it.
        label: what the page calls it.
        followed: its state, without the run itself.
    """

    tag: str
    label: str
    followed: Followed


def reported_of(sent: object) -> dict[str, Reported]:
    """Return what the browser sent, by the key of the run; what is not as it should be is passed by."""
    if not isinstance(sent, Mapping):
        return {}
    found = ((key, _reported(facts)) for key, facts in sent.items())
    return {key: reported for key, reported in found if reported is not None}


def facts_of(tag: str, label: str, seen: Followed) -> dict[str, Any] | None:
    """Return what the browser is to send along; None where the log never held anything."""
    held = seen.held
    if held is None:
        return None
    return {
        "tag": tag,
        "label": label[:LONGEST],
        "records": held.records,
        "last": held.last,
        "status": seen.status,
        "sentence": seen.sentence[:LONGEST],
        "since": seen.since,
        "unread": seen.error is not None,
    }


def _reported(facts: object) -> Reported | None:
    if not isinstance(facts, Mapping):
        return None
    texts = [facts.get(name) for name in ("tag", "label", "sentence")]
    numbers = [facts.get(name) for name in ("records", "last", "since")]
    if not all(isinstance(text, str) and len(text) <= LONGEST for text in texts):
        return None
    if not all(type(n) in (int, float) and abs(n) < LARGEST for n in numbers):  # type: ignore[arg-type]
        return None
    status = next((known for known in STATUSES if known == facts.get("status")), None)
    if status is None:
        return None
    tag, label, sentence = (valid(str(text)) for text in texts)
    records, last, since = map(float, numbers)  # type: ignore[arg-type]
    error = "" if facts.get("unread") is True else None
    held = Held(int(records), last)
    return Reported(tag, label, Followed((), (), None, status, sentence, since, error, reported=held))
