"""The way from a run to its map, and to the setting that its gradients ask for."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc

from ..run_source.map_link import map_link
from .state import CONTROLLER, ReplayState
from .subject import ReplayedRun


def to_map(state: ReplayState, subject: ReplayedRun) -> Any:
    """Return the link to the map of a run with the present setting marked; none where it holds no norms."""
    if subject.recording is None:
        return None
    href = map_link(state.run, state.reading, {name: getattr(state, name) for name in CONTROLLER})
    return dmc.Anchor("Map this run, and recommend a setting", href=href, size="sm")
