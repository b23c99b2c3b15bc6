"""Scripts that Dash would load at the wrong time or in vain.

The grid's with every page, the graph's after all else; a polyfill for browsers of 2016, of which today's need
nothing but the generators that old bundles were compiled to (`assets/vendor/regenerator-runtime-*.js`).
"""

from __future__ import annotations

import dash
import dash_ag_grid
from dash import _dash_renderer
from dash.fingerprint import build_fingerprint

GRID = "dash_ag_grid.min.js"


def grid_tag() -> dict[str, str]:
    """Keep the grid's script off the page; return the tag that tells `assets/later.js` where it is."""
    for resource in dash_ag_grid._js_dist:
        if resource["relative_package_path"] == GRID:
            resource["dynamic"] = True
    return {"name": "gaba-grid", "content": _address("dash_ag_grid", GRID, dash_ag_grid.__version__)}


def graph_script() -> str:
    """Return the address of the part of Dash that draws graphs; else it is asked for once the page stands."""
    return _address("dash", "dcc/async-graph.js", dash.__version__)


def drop_polyfill() -> None:
    """Keep Dash's polyfill off the page: a tenth of the first load, and a wrapper on every timer."""
    for dependency in _dash_renderer._js_dist_dependencies:
        for paths in (*dependency["external_url"].values(), *dependency["relative_package_path"].values()):
            paths[:] = [path for path in paths if "polyfill" not in path]


def _address(package: str, path: str, version: str) -> str:
    return f"_dash-component-suites/{package}/{build_fingerprint(path, version, 0)}"
