"""Where the Runs view stands, and how a link to it names a run."""

from __future__ import annotations

from urllib.parse import quote

NAME, PATH = "runs", "/runs"


def quoted(key: str) -> str:
    """Return the key as `RunsState.runs` holds it; `assets/runs_list.mjs` quotes the same three."""
    return quote(key, safe="".join(c for c in map(chr, range(32, 127)) if c not in ",%*"))
