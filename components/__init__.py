"""The dashboard of GABA; a wheel carries this package under the name `gaba_dashboard`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .application import create_app
    from .notebook import show

__all__ = ["create_app", "show"]


def __getattr__(name: str) -> Any:
    """Load what is asked for, and not before: command lines need not wait for the application.

    Raises:
        ModuleNotFoundError: what it needs is not installed; the message names the command that does it.
    """
    try:
        if name == "create_app":
            from .application import create_app

            return create_app
        if name == "show":
            from .notebook import show

            return show
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f"{name} needs {error.name}, which is not installed. "
            'Install it: pip install "gaba-dashboard[dashboard]"',
            name=error.name,
        ) from error
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
