"""Bytes of a log to text: its encoding is found, and what is no text at all is named for what it is."""

from __future__ import annotations

from gaba_core.errors import LogFormatError
from gaba_core.runs.formats.text import TORN, decoded

# What a file begins with, what it is then, and what its reader can do about it.
SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"\x1f\x8b", "a gzip file: unpack it (gunzip)"),
    (b"BZh", "a bzip2 file: unpack it (bunzip2)"),
    (b"\xfd7zXZ\x00", "an xz file: unpack it (unxz)"),
    (b"\x28\xb5\x2f\xfd", "a zstd file: unpack it (unzstd)"),
    (b"\x04\x22\x4d\x18", "an lz4 file: unpack it (unlz4)"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive: unpack it"),
    (b"PK\x03\x04", "a zip archive, a spreadsheet or a checkpoint: unpack it, or save it as CSV"),
    (b"PAR1", "a Parquet file: save it as CSV or JSON Lines"),
    (b"ARROW1", "an Arrow file: save it as CSV or JSON Lines"),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file: save its arrays as JSON or CSV"),
    (b"\x93NUMPY", "a NumPy array: save it as CSV (numpy.savetxt)"),
    (b"SQLite format 3\x00", "an SQLite database: export its table as CSV"),
    (b"\xd0\xcf\x11\xe0", "an old spreadsheet: save it as CSV"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"%PDF", "a PDF file"),
    (b"\x7fELF", "a program"),
)
_PICKLE = tuple(bytes((0x80, protocol)) for protocol in range(2, 6))
_MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
PROBE = 1 << 12  # bytes by which an encoding without a mark is told


def text_of(data: bytes | str, source: str) -> tuple[str, tuple[str, ...]]:
    """Return the text of a log, and notes on how it was written.

    UTF-8 is taken for granted; UTF-16 and UTF-32 are told by their mark or their zeros, and what no UTF-8
    can be is read as Latin-1. Zero bytes, which a file system leaves behind after a crash, are passed by.

    Raises:
        LogFormatError: the file is none of text; names what it is.
    """
    if isinstance(data, str):
        return _without_zeros(data.removeprefix("\ufeff"))
    refuse_known(data, source)
    encoding = _wide(data)
    if encoding is None:
        return _narrow(data, source)
    try:
        text = data.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError:
        width = 4 if "32" in encoding else 2
        text = data[: len(data) // width * width].decode(encoding, "replace").removeprefix("\ufeff")
    text, notes = _without_zeros(text)
    return text, (f"The file is {encoding[:6].upper()} text.", *notes)


def refuse_known(data: bytes, source: str) -> None:
    """Refuse bytes that begin as a kind of file does which is no log.

    Raises:
        LogFormatError: names the kind, and the way out.
    """
    kind = next((kind for start, kind in SIGNATURES if data.startswith(start)), None)
    if kind is None and data.startswith(_PICKLE):
        kind = "a Python pickle: it is never opened, for it may run code; save it as JSON or CSV"
    if kind is not None:
        raise LogFormatError(f"{source} must be a log as text or a TensorBoard event file; got {kind}.")


def _narrow(data: bytes, source: str) -> tuple[str, tuple[str, ...]]:
    try:
        return _without_zeros(decoded(data, source))
    except LogFormatError as error:
        if TORN in str(error) or not _is_latin(data):
            raise
    text, notes = _without_zeros(data.decode("cp1252", "replace"))
    return text, ("The file is not UTF-8: it was read as Latin-1.", *notes)


def _is_latin(data: bytes) -> bool:
    """Whether bytes are text but for a few letters: no control characters, hardly any byte above 0x7f."""
    head = data[: 1 << 16]
    high = sum(byte >= 0x80 for byte in head)
    odd = sum(byte < 0x20 and byte not in b"\t\n\r\x0c\x00" for byte in head)
    return not odd and 5 * high <= len(head)


def _wide(data: bytes) -> str | None:
    """Return UTF-16 or UTF-32 where the bytes are one of them, else None."""
    marked = next((name for mark, name in _MARKS if data.startswith(mark)), None)
    if marked is not None:
        return marked
    head = data[:PROBE]
    if len(head) < 4 or b"\x00" not in head[:2]:
        return None
    even, odd = head[::2].count(0), head[1::2].count(0)
    if 5 * odd > 4 * len(head[1::2]) and not even:
        return "utf-16-le"
    return "utf-16-be" if 5 * even > 4 * len(head[::2]) and not odd else None


def _without_zeros(text: str) -> tuple[str, tuple[str, ...]]:
    if "\x00" not in text:
        return text, ()
    count = text.count("\x00")
    said = f"{count} zero byte{'s' if count > 1 else ''} were passed by: the file was padded after a crash."
    return text.replace("\x00", ""), (said,)
