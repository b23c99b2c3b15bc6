"""Arrays of an `.npz` archive, each judged by its header before any of it is inflated; no pickle is loaded.

Source: numpy.org/doc/stable/reference/generated/numpy.lib.format.html. A member is a magic string, a version,
the length of a header and the header: a literal of the array's dtype, order and shape.
"""

from __future__ import annotations

import math
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from gaba_core.errors import LogFormatError
from gaba_core.runs.legible_names import legible, shortened
from gaba_core.runs.opening import check_size

BROKEN = (
    *(OSError, ValueError, TypeError, EOFError, RuntimeError, MemoryError),
    *(struct.error, zlib.error, zipfile.BadZipFile),
)
DIRECTORY = 1 << 16  # bytes of an archive's list of members: 500 arrays have less
_MAGIC, _END, _END_64 = b"\x93NUMPY", b"PK\x05\x06", b"PK\x06\x07"
_HEADER = re.compile(
    r"\{'descr': '(?P<dtype>[<>|=][a-zA-Z]\d{0,4})', 'fortran_order': (?P<fortran>True|False), "
    r"'shape': \((?P<shape>(?:\d{1,18}, ?)*(?:\d{1,18})?)\), ?\} *\n?"
)


@dataclass(frozen=True, slots=True)
class Header:
    """What a member says of its array; its numbers begin at byte `start`, columns first where `fortran`."""

    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    fortran: bool
    start: int


class Archive:
    """An `.npz` archive that is open for reading.

    Args:
        stream: of the archive; closed by who opened it.
        named: what messages call it.

    Raises:
        LogFormatError: it is no archive of arrays.
    """

    def __init__(self, stream: BinaryIO, named: str) -> None:
        self.named = named
        _check_directory(stream, named)
        self._zip = zipfile.ZipFile(stream)
        self._left = 0
        self.names = {name.removesuffix(".npy"): name for name in self._zip.namelist()}

    def header(self, name: str) -> Header:
        """Return what a member says of its array.

        Raises:
            LogFormatError: there is none of this name, or it is no array of numbers that NumPy has written.
        """
        if name not in self.names:
            held = shortened(", ".join(map(legible, self.names)))
            raise LogFormatError(f"{self.named} must hold an array '{name}'; got {held or 'none'}.")
        info = self._zip.getinfo(self.names[name])
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) or info.flag_bits & 1:
            raise LogFormatError(f"{self.named}, array '{name}' must be stored or deflated as NumPy does it.")
        with self._zip.open(info) as member:
            head = member.read(8)
            width = 2 if head[6:7] == b"\x01" else 4
            size = int.from_bytes(member.read(width), "little")
            text = member.read(size).decode("latin-1") if size <= 1 << 16 else ""
        found = _HEADER.fullmatch(text) if head[:6] == _MAGIC else None
        if found is None:
            raise LogFormatError(f"{self.named}, array '{name}' must have the header of an array of numbers.")
        if found["dtype"][1] == "O":
            raise LogFormatError(f"{self.named}, array '{name}' must hold numbers; got a pickle.")
        shape = tuple(int(n) for n in found["shape"].split(",") if n.strip())
        header = Header(np.dtype(found["dtype"]), shape, found["fortran"] == "True", 8 + width + size)
        wanted = header.start + math.prod(shape) * header.dtype.itemsize
        if wanted != info.file_size:
            raise LogFormatError(
                f"{self.named}, array '{name}' must have the {wanted} bytes of its shape {_short(shape)}; "
                f"got {info.file_size}."
            )
        return header

    def read(self, name: str, header: Header) -> NDArray[Any]:
        """Return the array; all that are read together stay below the limit of a file's size.

        Raises:
            LogFormatError: it is too large.
        """
        size = math.prod(header.shape) * header.dtype.itemsize
        self._left += size
        check_size(self._left, f"The arrays of {self.named}", "steps")
        with self._zip.open(self.names[name]) as member:
            member.read(header.start)
            content = member.read(size)
            member.read(1)  # the end is where the checksum is compared
        flat = np.frombuffer(content, header.dtype)
        return flat.reshape(header.shape, order="F" if header.fortran else "C")


def _check_directory(stream: BinaryIO, named: str) -> None:
    """Refuse what is no archive, or one whose list of members alone would take much memory."""
    start = stream.read(6)
    if start == _MAGIC:
        raise LogFormatError(f"{named} must be an archive of arrays; got a single array.")
    length = stream.seek(0, 2)
    stream.seek(max(0, length - DIRECTORY))
    end = stream.read()
    at = end.rfind(_END)
    if at < 0 or len(end) < at + 22 or start[:2] != b"PK":
        raise LogFormatError(f"{named} must be an archive of arrays; got one without an end, or none.")
    size = struct.unpack_from("<I", end, at + 12)[0]
    if size > DIRECTORY or _END_64 in end[max(0, at - 20) : at]:
        raise LogFormatError(f"{named} must be an archive of a few arrays; got one with too many members.")
    stream.seek(0)


def _short(shape: tuple[int, ...]) -> str:
    return shortened(str(shape), 40)
