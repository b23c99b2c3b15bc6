"""One way to write a number: properties over every float, and the examples that a reader has in mind."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaba_core import number_text
from gaba_core.number_text import MINUS, NONE, THIN, count, fixed, number, percent, signed

FINITE = st.floats(-1e290, 1e290).filter(lambda value: value == 0 or abs(value) > 1e-290)
DIGITS = st.integers(1, 12)
RAISED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
FORM = re.compile(
    rf"{MINUS}?(?:(?:\d{{1,3}}(?:{THIN}\d{{3}})*(?:\.\d+)?)|(?:\d(?:\.\d+)?×)?10⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)"
)


def read(text):
    """The value that a reader takes a text for."""
    plain = text.replace(THIN, "").replace(MINUS, "-")
    if plain[-1] >= "⁰" or plain[-1] in "¹²³":
        head, raised = re.fullmatch(r"(-?(?:[\d.]+×)?)10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", plain).groups()
        mantissa = {"": "1", "-": "-1"}.get(head, head.rstrip("×"))
        return float(f"{mantissa}e{raised.translate(RAISED)}")
    return float(plain)


@given(FINITE, DIGITS)
def test_what_is_read_is_the_value_to_the_digits_asked_for(value, digits):
    found = read(number(value, digits))
    assert math.isclose(found, value, rel_tol=0.5000001 * 10.0 ** (1 - digits), abs_tol=1e-307)


@given(FINITE, DIGITS)
def test_every_number_has_the_one_form(value, digits):
    assert FORM.fullmatch(number(value, digits))


@given(FINITE, st.integers(0, 8))
def test_a_column_keeps_its_places_and_shows_no_zero_that_is_none(value, places):
    text = fixed(value, places)
    assert FORM.fullmatch(text)
    assert math.isclose(read(text), value, rel_tol=0.06, abs_tol=0.5000001 * 10.0**-places)
    assert (read(text) == 0) == (value == 0)
    if 10.0**-places <= abs(value) < number_text.WIDEST:
        assert len(text.partition(".")[2]) == places


@given(FINITE)
def test_a_number_below_zero_is_its_opposite_with_a_true_minus(value):
    if value:
        assert number(-abs(value)) == MINUS + number(abs(value))


@given(st.integers())
def test_a_count_shows_every_digit(value):
    assert int(count(value).replace(THIN, "").replace(MINUS, "-")) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (0.04771, "0.0477"),
        (0.05, "0.05"),
        (1 / 3, "0.333"),
        (0.9996, "1"),
        (9800, "9 800"),
        (123456.7, "123 457"),
        (-2.46e-7, "−2.46×10⁻⁷"),
        (1e-6, "10⁻⁶"),
        (0.00123, "0.00123"),
        (0.000999, "9.99×10⁻⁴"),
        (1.5e7, "1.5×10⁷"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
        (math.nan, NONE),
        (None, NONE),
    ],
)
def test_numbers_as_a_reader_writes_them(value, text):
    assert number(value) == text.replace(" ", THIN)


def test_shares_and_differences():
    assert percent(0.0234) == f"2.34{THIN}%"
    assert percent(1.0) == f"100{THIN}%"
    assert percent(None) == percent(math.nan) == NONE
    assert signed(0.13) == "+0.13"
    assert signed(-0.13) == "−0.13"
    assert signed(0) == "0"
    assert fixed(0.05, 4) == "0.0500"
    assert fixed(4.6e-7, 4) == "4.6×10⁻⁷"
    assert fixed(None, 2) == NONE
