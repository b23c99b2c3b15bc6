"""A view's state as text: the URL, the store and the frame requests all carry the same pairs."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import Field, fields, replace
from typing import Any, TypeVar

from gaba_core.errors import GabaError, ParameterError
from gaba_core.runs.legible_names import shortened

T = TypeVar("T")
LONGEST = 100_000  # characters of a value: the keys of a thousand runs
LONGEST_SENTENCE = 300


def to_text(state: Any) -> dict[str, str]:
    """Return every field as text: numbers in full, sequences joined by commas."""
    return {f.name: _text(getattr(state, f.name)) for f in fields(state) if f.init}


def from_text(cls: type[T], text: Mapping[str, Any]) -> tuple[T, tuple[str, ...]]:
    """Return the state and one sentence for each value that was refused and replaced by its default.

    Names that are not fields are ignored: a link may carry what another view or another site added.
    """
    given = [f for f in fields(cls) if f.init and f.name in text]  # type: ignore[arg-type]  # T is always a dataclass
    with suppress(GabaError):
        return cls(**{f.name: _value(f, str(text[f.name])) for f in given}), ()
    state, problems = cls(), []
    for f in given:
        try:
            value = _value(f, str(text[f.name]))
            state = replace(state, **{f.name: value})  # type: ignore[type-var]
        except GabaError as error:
            words = shortened(str(error), LONGEST_SENTENCE)
            problems.append(f"{words} Using the default, {_text(f.default) or 'none'}.")
    return state, tuple(problems)


def _text(value: Any) -> str:
    if isinstance(value, tuple):
        return ",".join(_text(item) for item in value)
    return repr(value) if isinstance(value, float) else str(value)


def _value(f: Field[Any], text: str) -> Any:
    if len(text) > LONGEST:
        raise ParameterError(f"{f.name} must be at most {LONGEST:,} characters; got {len(text):,}.")
    if isinstance(f.default, tuple):
        items = [item for item in text.split(",") if item]
        kind = type(f.default[0]) if f.default else str
        return tuple(_number(f.name, item, kind) if kind is not str else item for item in items)
    if isinstance(f.default, str):
        return text
    return _number(f.name, text, type(f.default))


def _number(name: str, text: str, kind: type) -> Any:
    try:
        return kind(text)
    except ValueError:
        wanted = "a whole number" if kind is int else "a number"
        raise ParameterError(f"{name} must be {wanted}; got {text!r}.") from None
