"""Errors raised on purpose.

GabaError
├── ParameterError   a parameter lies outside its documented range
└── LogFormatError   a training log does not follow the schema

Anything else that escapes is a defect.
"""


class GabaError(ValueError):
    """Base of every error raised deliberately; the dashboard shows its message as it stands."""


class ParameterError(GabaError):
    """A parameter lies outside its documented range."""


class LogFormatError(GabaError):
    """A training log does not follow the schema; the message names file, entry and field."""
