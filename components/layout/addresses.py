"""Addresses of our pages, under the path that the dashboard is served at."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from flask import has_request_context, request


def page_address(path: str, query: Mapping[str, str] | None = None) -> str:
    """Return the address of a page for the one who asks: `/gaba/runs` of `/runs` where `/gaba` is served."""
    prefix = request.script_root if has_request_context() else ""
    return f"{prefix}{path}{f'?{urlencode(query)}' if query else ''}"
