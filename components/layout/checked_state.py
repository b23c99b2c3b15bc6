"""The state that a page sent: what cannot be used of it is shown, and replaced by its default."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from . import shell
from .url_state import from_text

T = TypeVar("T")


def state_or_default(cls: type[T], text: Mapping[str, Any]) -> T:
    """Return the state that a control panel sent; what is refused is shown and replaced by its default."""
    state, problems = from_text(cls, text)
    notify_refused(problems)
    return state


def notify_refused(problems: Sequence[str]) -> None:
    """Show what could not be used of a setting; nothing where all of it could."""
    if problems:
        shell.notify("This setting is not possible", " ".join(problems))
