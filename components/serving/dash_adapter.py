"""All that is private of Dash and ag-grid in Python: how the page names the scripts that Dash brings.

Some of them would come at the wrong time or in vain. The grid's weighs more than all else on the first page,
so the page only says where it is (`assets/lazy_grid.mjs` fetches it). The graph's would be asked for once the
page stands. Dash's own table is none of ours. A polyfill for browsers of 2016 wraps every timer, and of it
today's need nothing but the generators that old bundles were compiled to
(`assets/vendor/regenerator-runtime-*.min.js`). Where Dash writes a tag in another way, it stays as it is.
"""

from __future__ import annotations

import re
from typing import NamedTuple

# Dash starts when the page is parsed and our modules have run: its first callbacks find their functions.
START = 'document.addEventListener("DOMContentLoaded", () => new DashRenderer());'

GRID = re.compile(r'<script src="([^"]*/dash_ag_grid[^"/]*\.js)"></script>\s*')
POLYFILL = re.compile(r'<script src="[^"]*polyfill[^"]*"></script>\s*')
TABLE = re.compile(r'<script src="[^"]*/dash_table/[^"]*"></script>\s*')
COMPONENTS = re.compile(r'(?=<script src="([^"]*/dash/dcc/)dash_core_components(\.[^"]*)"></script>)')


class Arranged(NamedTuple):
    """Tags for the head of a page, and its scripts; `missing` names what Dash does not write as expected."""

    head: str
    scripts: str
    missing: tuple[str, ...]


def arranged(scripts: str) -> Arranged:
    """Return where the grid is, and Dash's script tags without those in vain, with the graph's."""
    grid = GRID.search(scripts)
    head = f'<meta name="gaba-grid" content="{grid[1]}">' if grid else ""
    rest, polyfills = POLYFILL.subn("", GRID.sub("", scripts))
    rest, tables = TABLE.subn("", rest)
    rest, graphs = COMPONENTS.subn(r'<script src="\1async-graph\2"></script>\n', rest, count=1)
    found = {"grid": grid, "polyfill": polyfills, "table": tables, "graph": graphs}
    return Arranged(head, rest, tuple(name for name, there in found.items() if not there))
