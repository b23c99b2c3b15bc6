"""The part of protocol buffers' wire format that an event file needs: fields of a message, in order.

Source: protobuf.dev/programming-guides/encoding. A message is a list of (key, value) pairs; the key's lowest
three bits say how the value is stored, the others are the field's number.
"""

from __future__ import annotations

from collections.abc import Iterator

VARINT, I64, LENGTH, I32 = 0, 1, 2, 5
_SIZES = {I64: 8, I32: 4}


def fields(message: bytes) -> Iterator[tuple[int, int, int | bytes]]:
    """Yield (number, wire type, value) of each field: an int where it is a varint, else its bytes.

    Raises:
        ValueError: the message breaks off or uses a wire type that is none.
    """
    at, end = 0, len(message)
    while at < end:
        key, at = _varint(message, at)
        kind = key & 7
        if kind == VARINT:
            value, at = _varint(message, at)
            yield key >> 3, kind, value
            continue
        if kind == LENGTH:
            size, at = _varint(message, at)
        elif kind in _SIZES:
            size = _SIZES[kind]
        else:
            raise ValueError(f"wire type {kind} at byte {at}")
        if at + size > end:
            raise ValueError(f"a field of {size} bytes at byte {at} of {end}")
        yield key >> 3, kind, message[at : at + size]
        at += size


def signed(value: int) -> int:
    """Return a varint as the int64 it stands for."""
    return value - (1 << 64) if value >= 1 << 63 else value


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if at >= len(message) or shift > 63:
            raise ValueError(f"a number that does not end at byte {at}")
        byte = message[at]
        value |= (byte & 0x7F) << shift
        at += 1
        if byte < 0x80:
            return value, at
        shift += 7
