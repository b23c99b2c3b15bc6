"""The views, in the order of the navigation."""

from .anti_windup import view as anti_windup_view
from .convergence import view as convergence_view
from .replay import view as replay_view
from .runs import view as runs_view
from .step_response import view as step_response_view

VIEWS = (convergence_view, step_response_view, anti_windup_view, runs_view, replay_view)
