"""The page before Dash stands: a view's heading, its first picture, and scripts in the order of their need.

Dash needs a second to start, Plotly and one figure less than half of it. `assets/prerender.js` draws the
picture, and takes it away as soon as the view has drawn its own, in the same place. Our modules run when all
of Dash's scripts have, and before Dash starts.
"""

from __future__ import annotations

import json
import re
from html import escape
from pathlib import Path
from typing import Any

from dash import Dash
from flask import request
from plotly.io.json import to_json_plotly

from ..layout import theme
from ..layout.protocols import PrerenderedView
from ..layout.url_state import from_text
from . import dash_adapter, security_headers

AHEAD = ("vendor/plotly-basic-4.1.1.min.js", "prerender.js")  # classic, in this order, before all of Dash
MAIN = "main.mjs"  # imports every other module, some of them late
IMPORTED = re.compile(r'^(?:import|export|\} from)\b[^;(]*?"\./([\w]+\.mjs)";', re.MULTILINE)
IGNORED = r"^(plotly-basic-.*|prerender|jspdf-.*|svg2pdf-.*)\.js$|^figure\.css$|\.mjs$"  # loaded by ours


class Dashboard(Dash):
    """A Dash app whose index holds the first picture of the view that is asked for.

    Args:
        prerendered: the views that have one; their picture's text has a sentence.
    """

    def __init__(self, *args: Any, prerendered: tuple[PrerenderedView, ...], **options: Any) -> None:
        super().__init__(*args, **{**options, "assets_ignore": IGNORED})
        self.renderer = dash_adapter.START
        self.prerendered = {view.PATH: view for view in prerendered}

    def interpolate_index(self, **parts: str) -> str:  # type: ignore[override]  # Dash names the same nine
        """Return the index: the first picture, what draws it, then Dash, our modules, and its start."""
        view = self.prerendered.get(request.path)
        ahead = [f'<script src="{self._dated(name)}"></script>' for name in AHEAD]
        brought = dash_adapter.arranged(parts["scripts"])
        ours = {
            "metas": "\n".join([parts["metas"], brought.head, self._import_map()]),
            "app_entry": "\n".join(
                [_first_picture(view, request.args) if view else "", *ahead, parts["app_entry"]]
            ),
            "scripts": brought.scripts,
            "renderer": "\n".join([*self._module_tags(), parts["renderer"]]),
        }
        bare = {**parts, **ours, "app_entry": ""}  # without what shows the values of a link
        security_headers.allow_scripts_of(str(super().interpolate_index(**bare)))  # type: ignore[no-untyped-call]
        return str(super().interpolate_index(**{**parts, **ours}))  # type: ignore[no-untyped-call]

    def _modules(self) -> list[str]:
        return sorted(path.name for path in Path(self.config.assets_folder).glob("*.mjs"))

    def _import_map(self) -> str:
        """Every module's address, by the one that the others import it by."""
        dated = {self.get_asset_url(name): self._dated(name) for name in self._modules()}
        return f'<script type="importmap">{json.dumps({"imports": dated})}</script>'

    def _module_tags(self) -> list[str]:
        """The main module, and word of those it rests on, which are else found one behind the other."""
        rest = sorted(_rests_on(Path(self.config.assets_folder), MAIN) - {MAIN})
        early = [f'<link rel="modulepreload" href="{self._dated(name)}">' for name in rest]
        return [*early, f'<script type="module" src="{self._dated(MAIN)}"></script>']

    def _dated(self, name: str) -> str:
        """The address of an asset as Dash writes it: browsers keep it until the file changes."""
        changed = (Path(self.config.assets_folder) / name).stat().st_mtime
        return f"{self.get_asset_url(name)}?m={changed}"


def _rests_on(folder: Path, name: str) -> set[str]:
    """Return a module with all that it imports before it runs; what is asked for later is not among them."""
    found, open_ = {name}, [name]
    while open_:
        text = (folder / open_.pop()).read_text(encoding="utf-8")
        new = set(IMPORTED.findall(text)) - found
        found |= new
        open_ += new
    return found


def _first_picture(view: PrerenderedView, query: Any) -> str:
    """Return the view's heading and an empty place, with the figure that goes there."""
    state, _ = from_text(view.STATE, query)
    picture: dict[str, Any] = next(iter(view.pictures(state).values()))
    figure = {key: picture[key] for key in ("data", "layout")}
    embedded = to_json_plotly({"figure": figure, "templates": theme.TEMPLATES}).replace("<", "\\u003c")
    call, hint = view.CALL
    says = escape(picture["text"]["sentence"])
    return f"""<div id="gaba-first" class="gaba-main" aria-hidden="true"><div class="gaba-view gaba-front">
<div class="gaba-top"><div class="gaba-opening">
<div><h1>{escape(view.HEADING)}</h1><p>{escape(view.PURPOSE)}</p></div>
<span class="gaba-judge"><strong>{escape(call)}</strong><span>{escape(hint)}</span></span></div></div>
<div class="gaba-side"><div></div></div>
<div class="gaba-picture"><div><div class="gaba-answer"><h2 class="gaba-says">{says}</h2></div>
<div class="gaba-first-graph"></div></div></div>
</div></div>
<script type="application/json" id="gaba-first-figure">{embedded}</script>"""
