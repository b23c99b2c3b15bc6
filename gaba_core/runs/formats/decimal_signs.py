"""Which sign a text table writes before decimals: found once for the whole file, from all of its numbers.

"1.000" is one in one country and a thousand in another, "12,345" twelve and a bit or twelve thousand. A
number with one or two decimals, with four or more, or with a 0 before the sign gives the sign away; so does
one that holds both signs. Where no number of the file does, a point is taken for the decimal sign, and that
is said; a comma alone is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gaba_core.errors import LogFormatError

_SIGN = r"[+-]?"
_POWER = r"(?:[eE][+-]?\d+)?"
_BLANKS = "\u00a0\u202f\u2009 '\u2019"
SURE_COMMA = re.compile(
    rf"{_SIGN}(?:\d*,(?:\d{{1,2}}|\d{{4,}})|0*,\d+|0\d*,\d+|\d{{4,}},\d+|\d*,\d+[eE][+-]?\d+"
    rf"|\d{{1,3}}(?:[.{_BLANKS}]\d{{3}})+,\d+){_POWER}"
)
SURE_POINT = re.compile(
    rf"{_SIGN}(?:\d*\.(?:\d{{1,2}}|\d{{4,}})|0*\.\d+|0\d*\.\d+|\d{{4,}}\.\d+|\d*\.\d+[eE][+-]?\d+"
    rf"|\d{{1,3}}(?:[,{_BLANKS}]\d{{3}})+\.\d+){_POWER}"
)
THREES_COMMA = re.compile(rf"{_SIGN}[1-9]\d{{0,2}}(?:,\d{{3}})+")
THREES_POINT = re.compile(rf"{_SIGN}[1-9]\d{{0,2}}(?:\.\d{{3}})+")
SPACED = re.compile(rf"{_SIGN}[1-9]\d{{0,2}}(?:[{_BLANKS}]\d{{3}})+(?:[.,]\d+)?{_POWER}")


@dataclass(frozen=True, slots=True)
class Signs:
    """How numbers are written: `decimal` and `thousands`, and what has to be said of them."""

    decimal: str = "."
    thousands: str = ""
    note: str = ""

    def plain(self, cell: str) -> str:
        """Return a cell as a number in the notation of programs; text that is no number stays itself."""
        bare = cell.strip()
        if not bare[-1:].isdigit() and bare[-1:] != self.decimal:
            return cell
        if SPACED.fullmatch(bare):
            bare = re.sub(f"[{_BLANKS}]", "", bare)
        if self.thousands and self.thousands in bare and _grouped(bare, self.thousands, self.decimal):
            bare = bare.replace(self.thousands, "")
        return bare.replace(self.decimal, ".") if self.decimal != "." and "." not in bare else bare


def signs_of(rows: Iterable[Sequence[str | None]], source: str) -> Signs:
    """Return how the cells of a whole file write their numbers.

    Raises:
        LogFormatError: some numbers have a decimal comma and others a decimal point, or commas may be either.
    """
    comma = point = commas = points = ""
    for row in rows:
        for cell in row:
            if cell is None or ("," not in cell and "." not in cell):
                continue
            bare = cell.strip().removesuffix("%").rstrip()
            if "," in bare:
                threes = bare if (not comma or bare.count(",") > 1) and THREES_COMMA.fullmatch(bare) else ""
                comma = comma or (bare if SURE_COMMA.fullmatch(bare) else "")
                commas = commas or threes
                point = point or (threes if bare.count(",") > 1 else "")
            if "." in bare:
                threes = bare if (not point or bare.count(".") > 1) and THREES_POINT.fullmatch(bare) else ""
                point = point or (bare if SURE_POINT.fullmatch(bare) else "")
                points = points or threes
                comma = comma or (threes if bare.count(".") > 1 else "")
    if comma and point:
        raise LogFormatError(
            f"{source} must write all numbers with one decimal sign; got '{comma}' and '{point}'."
        )
    if comma:
        said = f"The decimal sign is a comma: {points} was read as {points.replace('.', '')}."
        return Signs(",", ".", said if points else "")
    if point:
        said = f"The decimal sign is a point: {commas} was read as {commas.replace(',', '')}."
        return Signs(".", ",", said if commas else "")
    if commas:
        raise LogFormatError(
            f"{source} must show by one number which sign stands before decimals; got '{commas}', which may "
            f"be {commas.replace(',', '.', 1)} or {commas.replace(',', '')}."
        )
    said = f"{points} was read with a decimal point, for no number says otherwise." if points else ""
    return Signs(".", "", said)


def _grouped(bare: str, thousands: str, decimal: str) -> bool:
    whole = bare.lstrip("+-").partition(decimal)[0]
    groups = whole.split(thousands)
    return 1 <= len(groups[0]) <= 3 and all(len(group) == 3 for group in groups[1:])
