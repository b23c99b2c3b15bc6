"""The views in the order of the navigation, the panels that can be dragged, the first pictures."""

from .anti_windup import view as anti_windup_view
from .convergence import view as convergence_view
from .guide import view as guide_view
from .layout.link_parts import names_of
from .layout.protocols import Panel, PrerenderedView, View
from .map import view as map_view
from .replay import view as replay_view
from .runs import view as runs_view
from .step_response import view as step_response_view

VIEWS: tuple[View, ...] = (
    convergence_view,
    step_response_view,
    anti_windup_view,
    runs_view,
    replay_view,
    map_view,
    guide_view,
)
PANELS: tuple[Panel, ...] = (
    convergence_view,
    step_response_view,
    *anti_windup_view.PANELS,
    runs_view,
    replay_view,
    guide_view,
)
PRERENDERED: tuple[PrerenderedView, ...] = (convergence_view,)


def link_names(view: View) -> frozenset[str]:
    """What a link to a view may hold: the settings of its panels, and which of them it shows."""
    if view.PATH == anti_windup_view.PATH:
        return names_of(panel.STATE for panel in anti_windup_view.PANELS) | {"panel", "guide"}
    if view.PATH == map_view.PATH:
        return names_of([map_view.STATE])
    return names_of(panel.STATE for panel in PANELS if view.NAME == panel.NAME)
