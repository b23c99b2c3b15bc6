"""How a text table is laid out: what separates its cells, which lines are comments, where its head stands."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import PurePosixPath

from gaba_core.runs.formats.cells import EMPTY, NUMBER

DELIMITERS = (",", ";", "\t", "|")
SPACES = " "  # any run of blanks
COMMENT = ("#", "%", "//")
PROBE = 40  # lines by which a layout is told
_SEP = re.compile(r"\s*\"?sep=(.)\"?\s*", re.IGNORECASE)
_METRIC = re.compile(r"\d{13} \S+(?: \d+)?")
_INK = re.compile(r"\S")
_RULE = re.compile(r"[|\s:+=-]+")


@dataclass(frozen=True, slots=True)
class Layout:
    """The layout of a table.

    Attributes:
        delimiter: between two cells; a blank stands for any run of blanks.
        skip: lines before the table that are passed by, as its reader should say.
        names: of the columns where the file does not hold them in its first line; None where it does.
        comments: whether lines further down begin as comments do.
    """

    delimiter: str
    skip: tuple[int, ...] = ()
    names: tuple[str, ...] | None = None
    comments: bool = False


def layout_of(text: str, source: str) -> Layout | None:
    """Return the layout of a text that looks like a table, else None."""
    start = text.lstrip()
    first_end = start.find("\n")
    if start[:1] in ("[", "{") or first_end < 0 or _INK.search(start, first_end) is None:
        return None
    lines = [(i, line) for i, line in enumerate(start[: 1 << 16].split("\n")[: 4 * PROBE]) if line.strip()]
    if _mostly_json([line for _, line in lines]):
        return None
    if all(_METRIC.fullmatch(line.strip()) for _, line in lines[:PROBE]):
        return _metric_file(lines[0][1], source)
    stated = _SEP.fullmatch(lines[0][1])
    comments = {i for i, line in lines if line.lstrip().startswith(COMMENT)}
    bare = [(i, line) for i, line in lines if i not in comments and not (stated and i == lines[0][0])][:PROBE]
    if not bare:
        return None
    delimiter = stated[1] if stated else _delimiter([line for _, line in bare], source)
    if delimiter is None:
        return None
    first, width = _first_row([line for _, line in bare], delimiter)
    skip = {i for i, _ in bare[:first]} | ({lines[0][0]} if stated else set())
    leading = [(i, line) for i, line in lines if i in comments and i < bare[first][0]]
    names = None
    if leading and _is_numeric(bare[first][1], delimiter):
        names = _commented_head(leading[-1][1], delimiter, width)
    skip |= {i for i, _ in leading} - ({leading[-1][0]} if names else set())
    offset = text[: len(text) - len(start)].count("\n")
    retained = tuple(sorted(i + offset for i in skip))
    later = any(i in comments and i > bare[first][0] for i, _ in lines) or ("#" in text and "\n#" in text)
    return Layout(delimiter, retained, names, comments=later)


def cells_of(line: str, delimiter: str) -> list[str]:
    """Return the cells of one line without quotes."""
    if delimiter == SPACES:
        return line.split()
    if delimiter == "|":
        line = line.strip().removeprefix("|").removesuffix("|")
    return [cell.strip() for cell in line.split(delimiter)]


def is_rule(line: str) -> bool:
    """Whether a line of a table only rules it off, as under the head of one in Markdown."""
    return "-" in line and bool(_RULE.fullmatch(line))


def _mostly_json(lines: list[str]) -> bool:
    objects = sum(line.lstrip().startswith("{") and line.rstrip().endswith("}") for line in lines)
    return 2 * objects > len(lines)


def _metric_file(line: str, source: str) -> Layout:
    """Return the layout of one metric as MLflow's file store keeps it: time in ms, value, step."""
    name = PurePosixPath(source.replace("\\", "/")).name or "value"
    names = ("timestamp", name if re.fullmatch(r"[\w.\- ]{1,80}", name) else "value", "step")
    return Layout(SPACES, names=names[: len(line.split())])


def _delimiter(lines: list[str], source: str) -> str | None:
    best, found = 0.0, None
    for delimiter in DELIMITERS:
        counts = Counter(line.count(delimiter) for line in lines)
        count, often = max(((c, n) for c, n in counts.items() if c), key=lambda pair: pair[1], default=(0, 0))
        worth = often + 0.001 * count
        if count and 2 * often >= len(lines) and worth > best:
            best, found = worth, delimiter
    if found is not None:
        return found
    widths = Counter(len(line.split()) for line in lines)
    width, often = widths.most_common(1)[0]
    words = sum(_is_numeric(line, SPACES) for line in lines)
    if width > 1 and 4 * often >= 3 * (len(lines) - 1) and 2 * words >= len(lines) - 1 and words:
        return SPACES
    ragged = max(DELIMITERS, key=lines[0].count)
    if lines[0].count(ragged) and len(lines) > 1:
        return ragged
    numeric = len(lines) > 1 and NUMBER.fullmatch(lines[1].strip()) is not None
    return "," if source.lower().endswith(".csv") or numeric else None


def _first_row(lines: list[str], delimiter: str) -> tuple[int, int]:
    """Return which line begins the table, its head or its first row, and how wide most rows are."""
    widths = [len(cells_of(line, delimiter)) for line in lines]
    width = Counter(widths).most_common(1)[0][0]
    if width == 1:
        return 0, 1
    # What stands before the table has one cell; a head may be shorter or longer than the rows.
    first = next(i for i, w in enumerate(widths) if w > 1 or 2 * w > width)
    return first, width


def _is_numeric(line: str, delimiter: str) -> bool:
    cells = [cell.strip('"') for cell in cells_of(line, delimiter)]
    kinds = [NUMBER.fullmatch(cell.replace(",", ".")) is not None or cell.lower() in (*EMPTY, "nan", "inf")
             for cell in cells]  # fmt: skip
    return 2 * sum(kinds) >= len(kinds) and kinds[0]


def _commented_head(line: str, delimiter: str, width: int) -> tuple[str, ...] | None:
    """Return the names that a comment right above the rows gives, as NumPy's savetxt writes them."""
    bare = line.strip().lstrip("#%/").strip()
    for one in (delimiter, ",", "\t", ";", SPACES):
        cells = [cell for cell in cells_of(bare, one) if cell]
        if len(cells) == width:
            return tuple(cells)
    return None
