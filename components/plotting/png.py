"""A picture of few colours as a PNG that stands in an address: no library, and smaller than the numbers."""

from __future__ import annotations

import struct
import zlib
from base64 import b64encode
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

SIGNATURE = b"\x89PNG\r\n\x1a\n"
CLEAR = 0  # the index of what is not painted


def png(cells: npt.NDArray[np.uint8], colors: Sequence[tuple[int, int, int]], scale: int = 1) -> str:
    """Return the data address of a picture, its first row at the top.

    Args:
        cells: index of each cell's colour, counted from 1; CLEAR for none, shape (rows, columns).
        colors: at most 255 of them, red, green and blue, 0 to 255.
        scale: pixels of a cell along either side, so that a browser that smooths pictures keeps its edges.
    """
    pixels = np.repeat(np.repeat(cells, scale, axis=0), scale, axis=1)
    rows, columns = pixels.shape
    lines = np.zeros((rows, columns + 1), dtype=np.uint8)  # each begins with its filter: none
    lines[:, 1:] = pixels
    palette = bytes(channel for color in ((0, 0, 0), *colors) for channel in color)
    parts = [
        _chunk(b"IHDR", struct.pack(">IIBBBBB", columns, rows, 8, 3, 0, 0, 0)),
        _chunk(b"PLTE", palette),
        _chunk(b"tRNS", bytes([0])),
        _chunk(b"IDAT", zlib.compress(lines.tobytes(), 9)),
        _chunk(b"IEND", b""),
    ]
    return "data:image/png;base64," + b64encode(SIGNATURE + b"".join(parts)).decode("ascii")


def shades(stops: Sequence[str], count: int) -> list[tuple[int, int, int]]:
    """Return colours evenly spaced between stops of the form #rrggbb."""
    ends = np.array([[int(stop[i : i + 2], 16) for i in (1, 3, 5)] for stop in stops], dtype=np.float64)
    at = np.linspace(0.0, len(stops) - 1.0, count)
    channels = [np.interp(at, np.arange(len(stops)), ends[:, i]).round().astype(int) for i in range(3)]
    return [(int(r), int(g), int(b)) for r, g, b in zip(*channels, strict=True)]


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
