"""TensorBoard event files for the tests, written byte by byte as TensorFlow and PyTorch write them."""

import struct


def crc32c(data):
    """The sum by its definition, a bit at a time (RFC 3720, appendix B.4)."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def masked(data):
    crc = crc32c(data)
    return struct.pack("<I", (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF)


def frame(data):
    length = struct.pack("<Q", len(data))
    return length + masked(length) + data + masked(data)


def varint(value):
    value &= (1 << 64) - 1
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def field(number, content):
    """A field of bytes, an int as a varint, or a float as a double."""
    if isinstance(content, float):
        return varint(number << 3 | 1) + struct.pack("<d", content)
    if isinstance(content, int):
        return varint(number << 3) + varint(content)
    return varint(number << 3 | 2) + varint(len(content)) + content


def simple(tag, value):
    return field(1, field(1, tag.encode()) + varint(2 << 3 | 5) + struct.pack("<f", value))


def tensor(tag, content):
    return field(1, field(1, tag.encode()) + field(8, content))


def event(step, *values, wall=100.0):
    return field(1, wall + step) + field(2, step) + field(5, b"".join(values))


HEAD = field(1, 100.0) + field(3, b"brain.Event:2")


def event_file(*events):
    return b"".join(map(frame, (HEAD, *events)))
