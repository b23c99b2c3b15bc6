"""TFRecord frames, the container of TensorBoard's event files: each checked by its two CRC-32C sums.

Source: tensorflow.org/tutorials/load_data/tfrecord. A frame is the length (uint64), its masked CRC, the data
and their masked CRC (uint32 each), little-endian; masked is ((crc >> 15) | (crc << 17)) + 0xa282ead8.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

HEAD, TAIL = 12, 4
POLYNOMIAL = 0x82F63B78  # CRC-32C (Castagnoli), bits reversed: RFC 3720, appendix B.4
BLOCK = 1 << 16  # longest data whose sum is computed; a scalar's event has about 50 bytes


def _table() -> NDArray[np.uint32]:
    rows = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        rows = np.where(rows & 1, (rows >> 1) ^ np.uint32(POLYNOMIAL), rows >> 1)
    return rows


_TABLE = _table()


@dataclass(frozen=True, slots=True)
class Frames:
    """The data of each frame that could be read; where and why reading stopped, empty where it did not."""

    data: list[bytes]
    stopped: str = ""


def is_framed(data: bytes) -> bool:
    """Whether the bytes begin with a frame's length and the sum that proves it one."""
    return len(data) >= HEAD and bool(_masked([data[:8]])[0] == struct.unpack_from("<I", data, 8)[0])


def frames_of(data: bytes) -> Frames:
    """Return the frames up to the end or to the first that is cut short or does not match its sums."""
    spans, stopped = _spans(data)
    heads = _masked([data[a - HEAD : a - TAIL] for a, _ in spans])
    tails = np.zeros(len(spans), dtype=np.uint32)
    short = [i for i, (a, b) in enumerate(spans) if b - a <= BLOCK]
    tails[short] = _masked([data[spans[i][0] : spans[i][1]] for i in short])
    good = np.array([struct.unpack_from("<I", data, a - TAIL)[0] for a, _ in spans], np.uint32) == heads
    sums = np.array([struct.unpack_from("<I", data, b)[0] for _, b in spans], np.uint32)
    good[short] &= sums[short] == tails[short]
    bad = np.flatnonzero(~good)
    if bad.size:
        first = int(bad[0])
        stopped = f"record {first} does not match its checksum"
        spans = spans[:first]
    return Frames([data[a:b] for a, b in spans], stopped)


def _spans(data: bytes) -> tuple[list[tuple[int, int]], str]:
    spans: list[tuple[int, int]] = []
    at, end = 0, len(data)
    while at < end:
        if at + HEAD > end:
            return spans, f"record {len(spans)} breaks off at byte {end}"
        size = struct.unpack_from("<Q", data, at)[0]
        if at + HEAD + size + TAIL > end:
            return spans, f"record {len(spans)} breaks off at byte {end}"
        spans.append((at + HEAD, at + HEAD + size))
        at += HEAD + size + TAIL
    return spans, ""


def _masked(messages: list[bytes]) -> NDArray[np.uint32]:
    """Return the masked CRC-32C of each message, byte by byte over all of them at once."""
    sizes = np.array([len(message) for message in messages], dtype=np.int64)
    order = np.argsort(-sizes, kind="stable")
    starts = np.concatenate([[0], np.cumsum(sizes)])[:-1][order]
    content = np.frombuffer(b"".join(messages), dtype=np.uint8)
    descending = sizes[order]
    crc = np.full(len(messages), 0xFFFFFFFF, dtype=np.uint32)
    for k in range(int(descending[0]) if len(messages) else 0):
        n = int(np.searchsorted(-descending, -k, side="left"))  # messages longer than k
        crc[:n] = _TABLE[(crc[:n] ^ content[starts[:n] + k]) & 0xFF] ^ (crc[:n] >> 8)
    crc = ~crc
    out = np.empty_like(crc)
    out[order] = ((crc >> 15) | (crc << 17)) + np.uint32(0xA282EAD8)
    return out
