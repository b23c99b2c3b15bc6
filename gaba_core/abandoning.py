"""Work for somebody who has gone stops: long loops ask between two blocks whether anybody still waits.

Who waits is known outside the core: a server names a probe for the time of a request. Without one nothing is
asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

T = TypeVar("T")
_progress: ContextVar[Callable[[float], None] | None] = ContextVar("gaba_progress", default=None)
_gone: ContextVar[Callable[[], bool] | None] = ContextVar("gaba_gone", default=None)


class Abandoned(BaseException):
    """Nobody waits for the work any more.

    No `Exception`, as `asyncio.CancelledError` is none: what catches the errors of a run leaves it alone.
    """


@contextmanager
def abandoned_when(gone: Callable[[], bool] | None) -> Iterator[None]:
    """Stop the work within the block once a probe says so.

    Args:
        gone: whether who asked for the work has gone; None: the work within is done to its end.

    Raises:
        Abandoned: from a block of work, see `while_awaited`.
    """
    token = _gone.set(gone)
    try:
        yield
    finally:
        _gone.reset(token)


def while_awaited(blocks: Iterable[T]) -> Iterator[T]:
    """Yield the blocks of a work, each after a look whether anybody still waits.

    Raises:
        Abandoned: nobody does.
    """
    for block in blocks:
        stop_if_abandoned()
        yield block


@contextmanager
def progress_to(report: Callable[[float], None]) -> Iterator[None]:
    """Report how far the work within the block has come, 0 to 1, wherever it says so."""
    token = _progress.set(report)
    try:
        yield
    finally:
        _progress.reset(token)


def stop_if_abandoned(done: float | None = None) -> None:
    """Do nothing as long as somebody waits but report how much is done, 0 to 1, where that is known.

    Raises:
        Abandoned: nobody does.
    """
    report = _progress.get()
    if report is not None and done is not None:
        report(done)
    gone = _gone.get()
    if gone is not None and gone():
        raise Abandoned
