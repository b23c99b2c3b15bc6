"""Every component id that two modules share."""

from __future__ import annotations

from typing import Any

SCHEME = "scheme"
TEMPLATES = "templates"
NOTIFY = "notify"
PAGE = "page"  # the store of the address of the view that is shown

Part = Any  # a name, or Dash's ALL or MATCH
Id = dict[str, Part]


def slider(view: Part, param: Part) -> Id:
    """Id of the slider of one number; its value is a position, not the number."""
    return {"type": "slider", "view": view, "param": param}


def number(view: Part, param: Part) -> Id:
    """Id of the number box that holds the number itself."""
    return {"type": "number", "view": view, "param": param}


def choice(view: Part, param: Part) -> Id:
    """Id of a control whose value is not one number: chips, switches, segments."""
    return {"type": "choice", "view": view, "param": param}


def preset(view: Part, name: Part) -> Id:
    """Id of the button that sets several controls at once."""
    return {"type": "preset", "view": view, "name": name}


def picture(view: Part, name: Part) -> Id:
    """Id of the store that holds a figure as the server made it, without a template."""
    return {"type": "picture", "view": view, "name": name}


def figure(view: Part, name: Part) -> Id:
    """Id of the graph that shows a picture."""
    return {"type": "figure", "view": view, "name": name}


def link_to(path: Part) -> Id:
    """Id of the navigation's link to a page."""
    return {"type": "link", "path": path}


def state(view: str) -> str:
    """Id of the store that holds a view's state as text, as the URL does."""
    return f"{view}-state"


def part(view: str, name: str) -> str:
    """Id of anything else that belongs to one view."""
    return f"{view}-{name}"


def folded(view: str, name: str) -> Id:
    """A folded section of a list whose length varies."""
    return {"type": "folded", "view": view, "name": name}
