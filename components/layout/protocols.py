"""What a module must have to be a view, a panel whose pictures can be dragged, or a prerendered page.

The modules of the views are checked against these by mypy where `components/views.py` lists them.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any, Protocol

from dash import Dash

Component = Any  # Dash generates its components without a common type that could be checked
Picture = dict[str, Any]  # a Plotly figure as a dictionary, with `text` for the read-outs that go with it


class View(Protocol):
    """A page: its address, its name in the navigation, its layout and its callbacks."""

    @property
    def PATH(self) -> str:
        """Address below the root, with the slash."""

    @property
    def NAME(self) -> str:
        """Name in the ids of the components."""

    @property
    def TITLE(self) -> str:
        """Name in the navigation."""

    @property
    def __name__(self) -> str:
        """Key of the page in Dash's registry."""

    def layout(self, **query: str) -> Component:
        """Return the page as the query of its URL describes it."""

    def register_callbacks(self, app: Dash) -> None:
        """Register every callback of the page."""


class Panel(Hashable, Protocol):
    """Pictures of a state, whose numbers can be dragged: what the frame route asks for."""

    @property
    def NAME(self) -> str:
        """Name in the route, and in the ids of the components."""

    @property
    def STATE(self) -> type[Any]:
        """Frozen dataclass of quantities."""

    @property
    def AT_ONCE(self) -> int | None:
        """How many states `prepare` can keep; None for all that are asked for."""

    def pictures(self, state: Any) -> dict[str, Picture]:
        """Return every picture of the state, by name."""

    def prepare(self, states: Sequence[Any]) -> None:
        """Compute what the pictures of many states share."""

    def cost(self, state: Any) -> float:
        """Return the seconds of one core that the pictures of a state take at most, estimated before."""

    def version(self, state: Any) -> Hashable:
        """Return what tells the files behind the pictures from what they were before."""


class PrerenderedView(View, Panel, Protocol):
    """A view whose first picture is drawn before Dash starts."""

    @property
    def HEADING(self) -> str:
        """Heading of the page."""

    @property
    def PURPOSE(self) -> str:
        """What the page is for."""

    @property
    def CALL(self) -> tuple[str, str]:
        """The two lines of the button beside it."""


class PanelPage(Panel, Protocol):
    """A panel that stands on a page of its own, with controls left, pictures centre and numbers below."""

    @property
    def PANEL(self) -> str:
        """Its name in the URL."""

    @property
    def LABEL(self) -> str:
        """Its name on the tab."""

    @property
    def QUESTION(self) -> str:
        """What it answers: its title."""

    @property
    def LOOK_FOR(self) -> str:
        """What to look for in the pictures."""

    def side(self, state: Any) -> Component:
        """Return the controls."""

    def centre(self, state: Any, found: dict[str, Picture]) -> Component:
        """Return the pictures."""

    def numbers(self, state: Any, found: dict[str, Picture]) -> Component:
        """Return the read-outs."""

    def register_callbacks(self, app: Dash) -> None:
        """Register every callback of the panel."""


def unprepared(states: Sequence[Any]) -> None:
    """The `prepare` of a panel whose pictures share nothing."""


def unversioned(state: Any) -> None:
    """The `version` of a panel whose pictures show no files."""
