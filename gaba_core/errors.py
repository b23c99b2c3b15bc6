"""Errors raised on purpose.

GabaError
├── ParameterError   a parameter lies outside its documented range
├── LogFormatError   a training log does not follow the schema
└── SweepError       a sweep cannot go on: its disk is full, its cluster out of reach, its workers lost

Anything else that escapes is a defect.
"""


class GabaError(ValueError):
    """Base of every error raised deliberately; the dashboard shows its message as it stands."""


class ParameterError(GabaError):
    """A parameter lies outside its documented range."""


class LogFormatError(GabaError):
    """A training log does not follow the schema; the message names file, entry and field."""


class SweepError(GabaError):
    """A sweep cannot go on; the message says what stands in the way and what is done already."""
