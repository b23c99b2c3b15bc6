"""Records of a LevelDB log, the container of W&B's offline runs: blocks of chunks, each with its CRC-32.

Source: github.com/google/leveldb, doc/log_format.md. A block has 32,768 bytes; a chunk is a sum (uint32), a
length (uint16), a kind (1 whole, 2 first, 3 middle, 4 last) and the data, little-endian. W&B puts 7 bytes
before the chunks of the first block and takes the plain CRC-32 of kind and data.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass

BLOCK, HEAD = 1 << 15, 7
WHOLE, FIRST, MIDDLE, LAST = 1, 2, 3, 4


@dataclass(frozen=True, slots=True)
class Records:
    """The data of each whole record, the bytes where parts were passed by, and where the file breaks off."""

    data: list[bytes]
    damaged: tuple[int, ...] = ()
    stopped: str = ""


def records_of(data: bytes, start: int) -> Records:
    """Return the records from a byte on; a damaged one is passed by with the rest of its block.

    Args:
        data: the file, whose first block begins at byte 0.
        start: byte of the first chunk.
    """
    found: list[bytes] = []
    parts: list[bytes] = []
    bad: list[int] = []
    at, end = start, len(data)
    while at < end:
        left = BLOCK - at % BLOCK
        if left < HEAD:
            at += left
            continue
        if at + HEAD > end:
            break
        total, size, kind = struct.unpack_from("<IHB", data, at)
        if not (total or size or kind):  # zeros: room that was reserved and not written
            at += left
            continue
        chunk = data[at + HEAD : at + HEAD + size]
        if at + HEAD + size > end and HEAD + size <= left:
            break
        checked = zlib.crc32(chunk, zlib.crc32(data[at + 6 : at + 7]))
        if HEAD + size > left or kind > LAST or checked != total:
            bad.append(at)
            parts = []
            at += left
            continue
        if (kind in (MIDDLE, LAST)) != bool(parts):  # a part of this record or of the last is lost
            bad.append(at)
            parts = []
        if parts or kind in (WHOLE, FIRST):
            parts.append(chunk)
        at += HEAD + size
        if parts and kind in (WHOLE, LAST):
            found.append(b"".join(parts))
            parts = []
    torn = at < end or bool(parts)
    return Records(found, tuple(bad), f"record {len(found)} breaks off at byte {end}" if torn else "")
