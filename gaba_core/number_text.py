"""Numbers as a reader sees them: the one place where a number of a page, a picture or a report becomes text.

Three significant digits unless more are asked for, a true minus, thin spaces between thousands, and powers of
ten in place of "e". What a program reads (a link, a CSV file, a script) keeps Python's own text.
"""

from __future__ import annotations

import math

MINUS = "\N{MINUS SIGN}"
THIN = "\N{NARROW NO-BREAK SPACE}"
NONE = "\N{EN DASH}"  # stands where there is no number
INFINITE = "\N{INFINITY}"
PLAIN = range(-3, 7)  # powers of ten outside of these are shorter to read as such
WIDEST = 1e15  # what is larger has no decimal places left
_RAISED = str.maketrans("-0123456789", "\N{SUPERSCRIPT MINUS}⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(value: float | None, digits: int = 3) -> str:
    """Return a number to so many significant digits, without zeros at its end: 0.0477, 9 800, 4.6×10⁻⁷.

    Every digit before the point is shown: 12 345, not 12 300.
    """
    if value is None or not math.isfinite(value):
        return _beyond(value)
    if value == 0:
        return "0"
    mantissa, _, power = f"{abs(value):.{digits - 1}e}".partition("e")
    exponent = int(power)
    if exponent in PLAIN:
        text = _trimmed(_grouped(abs(value), max(0, digits - 1 - exponent)))
    else:
        text = _times(_trimmed(mantissa), exponent)
    return MINUS + text if value < 0 else text


def fixed(value: float | None, places: int) -> str:
    """Return a number to so many decimal places, zeros included, for figures that stand in a column.

    What would read as zero and is not is written as `number` writes it, to two digits.
    """
    if value is None or not math.isfinite(value) or abs(value) >= WIDEST:
        return number(value)
    if 0 < abs(value) < 0.5 * 10.0**-places:
        return number(value, 2)
    text = _grouped(abs(value), places)
    return MINUS + text if value < 0 else text


def count(value: int) -> str:
    """Return a whole number with every digit: 100 000."""
    return f"{int(value):,}".replace(",", THIN).replace("-", MINUS)


def percent(share: float | None, digits: int = 3) -> str:
    """Return a share as a percentage: 2.34 %."""
    text = number(None if share is None else 100.0 * share, digits)
    return text if text == NONE else f"{text}{THIN}%"


def signed(value: float | None, digits: int = 3) -> str:
    """Return a difference with its sign, plus included."""
    text = number(value, digits)
    return f"+{text}" if value is not None and value > 0 else text


def power_of_ten(exponent: int) -> str:
    """Return a power of ten: 10⁻⁶."""
    return f"10{str(exponent).translate(_RAISED)}"


def _beyond(value: float | None) -> str:
    if value is None or math.isnan(value):
        return NONE
    return INFINITE if value > 0 else MINUS + INFINITE


def _times(mantissa: str, exponent: int) -> str:
    raised = power_of_ten(exponent)
    return raised if mantissa == "1" else f"{mantissa}×{raised}"


def _grouped(value: float, places: int) -> str:
    return f"{value:,.{places}f}".replace(",", THIN)


def _trimmed(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text
