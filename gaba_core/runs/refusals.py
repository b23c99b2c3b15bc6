"""The one kind of error that leaves the reader of logs, and how long it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from gaba_core.errors import LogFormatError, ParameterError
from gaba_core.runs.legible_names import shortened, valid

LONGEST = 400  # characters of a refusal


@contextmanager
def refusing(named: str) -> Iterator[None]:
    """Turn what a log can do to its reader into one short LogFormatError; defects pass as they are.

    Args:
        named: what the message calls the log.
    """
    try:
        yield
    except ParameterError:
        raise
    except MemoryError as error:
        raise LogFormatError(f"{shortened(named)} must fit into memory; got more than there is.") from error
    except RecursionError as error:
        raise LogFormatError(f"{shortened(named)} must not nest so deeply.") from error
    except (ValueError, OverflowError) as error:
        said = valid(str(error))
        if isinstance(error, LogFormatError) and len(said) <= LONGEST:
            raise
        if not isinstance(error, LogFormatError):
            said = f"{shortened(named)} must be a log that can be read; got {said}"
        raise LogFormatError(shortened(said, LONGEST)) from error


def said_of(error: Exception) -> str:
    """Return in a few words what went wrong where no reader expected it."""
    if isinstance(error, MemoryError):
        return "it takes more memory than there is"
    return shortened(valid(f"{type(error).__name__} {error}".strip()).rstrip("."))
