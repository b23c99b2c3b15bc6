"""HTTP compression, and how long the browser may cache where an address names its contents."""

from __future__ import annotations

import hashlib
import zlib
from functools import lru_cache

import brotli  # type: ignore[import-untyped]
from flask import Flask, Response, request
from werkzeug.security import safe_join

from gaba_core.lru_cache import cached

from ..folders import ASSETS

TEXTS = {
    "application/json",
    "application/javascript",
    "text/javascript",
    "text/css",
    "text/html",
    "image/svg+xml",
}
PACKED = ASSETS / "vendor" / "packed"
SMALL = 600  # bytes that are not worth compressing: they fit one packet anyway
FOREVER = "public, max-age=31536000, immutable"
FILE, ANSWER, FRAME = 7, 4, 1  # brotli's qualities; beyond 7 a file takes twice as long for 0.5 % less


def register(server: Flask) -> None:
    """Compress every text that leaves the server; files once, and then from memory."""

    @server.after_request
    def pack(response: Response) -> Response:
        if response.status_code == 304:
            response.close()  # of a file that is still as it was Werkzeug leaves the handle open
        final = response.status_code == 200 and _names_its_contents(response)
        if final:
            response.headers["Cache-Control"] = FOREVER
        packable = response.mimetype in TEXTS and "Content-Encoding" not in response.headers
        coding = encoding() if packable and response.status_code == 200 else ""
        if not coding:
            return response
        body = _body(response)
        if len(body) < SMALL:
            return response
        response.set_data(_file(body, coding) if final else packed(body, coding, ANSWER))
        response.headers["Content-Encoding"] = coding
        response.vary.add("Accept-Encoding")
        return response


def encoding() -> str:
    """Return the best encoding that the present request accepts; empty where it accepts none of ours."""
    return next((name for name in ("br", "gzip") if request.accept_encodings.quality(name) > 0), "")


def packed(body: bytes, coding: str, quality: int) -> bytes:
    """Return the body in an encoding of `encoding`; quality is brotli's, 0 to 11."""
    if coding == "br":
        return bytes(brotli.compress(body, quality=quality))
    if coding == "gzip":
        compressor = zlib.compressobj(min(quality, 9), wbits=31)
        return compressor.compress(body) + compressor.flush()
    return body


def _file(body: bytes, coding: str) -> bytes:
    return (_packed_before(request.path) if coding == "br" else None) or _packed_file(body, coding)


@lru_cache(maxsize=256)
def _packed_before(path: str) -> bytes | None:
    """Return what lies beside an asset, packed as tightly as brotli can; None where nothing does."""
    place = safe_join(str(ASSETS), path.removeprefix("/assets/") + ".br")
    try:
        with open(str(place), "rb") as file:
            return file.read()
    except OSError:
        return None


@cached(32 * 2**20)
def _packed_file(body: bytes, coding: str) -> bytes:
    return (_packed_ahead(body) if coding == "br" else None) or packed(body, coding, FILE)


def digest_of(body: bytes) -> str:
    """Return what a script that was packed ahead is called by."""
    return hashlib.sha256(body).hexdigest()[:24]


def _packed_ahead(body: bytes) -> bytes | None:
    """Return a script of Dash or Mantine as `deploy/pack_ahead.py` packed it; None of every other file."""
    try:
        return (PACKED / f"{digest_of(body)}.br").read_bytes()
    except OSError:
        return None


def _body(response: Response) -> bytes:
    file = response.response
    response.direct_passthrough = False
    body = response.get_data()
    if hasattr(file, "close"):
        file.close()
    return body


def _names_its_contents(response: Response) -> bool:
    """Dash puts a fingerprint into the address of a component file, and the date of an asset behind it."""
    dated = request.path.startswith("/assets/") and "m" in request.args
    return dated or bool(response.cache_control.max_age and "/_dash-component-suites/" in request.path)
