"""Headers that tell a browser what a page of ours may do: run our scripts, speak to this server, no more."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import lru_cache

from flask import Flask, Response, g

HEADERS = {"X-Content-Type-Options": "nosniff", "Cross-Origin-Resource-Policy": "same-origin"}
OF_DOCUMENTS = {
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
PARTS = {
    "text/javascript",
    "application/javascript",
    "text/css",
}  # of a page, whose own headers hold for them
NEEDLESS = ("Accept-Ranges", "Content-Disposition")  # in the answers to the sixty files of a page
# Mantine, ag-grid and Plotly write styles into elements; saved pictures are blobs.
POLICY = {
    "default-src": "'self'",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
INLINE = re.compile(r"<script(?![^>]*\bsrc=)([^>]*)>(.*?)</script>", re.DOTALL)
DATA = re.compile(r'type="application/json"')  # a block of data is never run


def register(server: Flask) -> None:
    """Add the headers to every answer, refusals and errors too; what holds for documents to all but parts."""

    @server.after_request
    def add(response: Response) -> Response:
        response.headers.update(HEADERS)
        if response.mimetype in PARTS:
            for name in NEEDLESS:
                response.headers.pop(name, None)
            return response
        response.headers.update(OF_DOCUMENTS)
        scripts = " ".join(("'self'", *g.get("gaba_script_hashes", ())))
        policy = {**POLICY, "script-src": scripts}
        response.headers["Content-Security-Policy"] = "; ".join(f"{k} {v}" for k, v in policy.items())
        return response


def allow_scripts_of(page: str) -> None:
    """Let the present answer run the inline scripts of a page that holds nothing but what we wrote."""
    g.gaba_script_hashes = script_hashes(page)


@lru_cache(maxsize=32)
def script_hashes(page: str) -> tuple[str, ...]:
    """Return the hash of each inline script of a page as a policy names it, blocks of data left out."""
    texts = (text for attributes, text in INLINE.findall(page) if not DATA.search(attributes))
    digests = (base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in texts)
    return tuple(dict.fromkeys(f"'sha256-{digest}'" for digest in digests))
