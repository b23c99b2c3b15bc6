"""What the README says of the parameters is what the code says."""

import re
from pathlib import Path

import pytest

from components.convergence.state import ConvergenceState
from gaba_core.parameters import quantities

README = Path(__file__).parents[1] / "README.md"


def table():
    rows = []
    for field in quantities(ConvergenceState):
        what = field.metadata["quantity"]
        name = f"{what.label} {what.symbol}".strip()
        top = "∞" if what.high == float("inf") else f"{what.high:g}"
        legal = f"{what.low:g} to {top}{', exclusive' if what.high_open else ''}"
        slider = f"{what.scale.low:g} to {what.scale.high:g}"
        rows.append(f"| {name} | {field.default:g} | {legal} | {slider} | {what.help} |")
    return rows


@pytest.mark.parametrize("row", table())
def test_the_table_of_parameters_is_the_codes_own(row):
    assert row in README.read_text(encoding="utf-8").splitlines()


def test_every_linked_file_is_there():
    links = re.findall(r"\]\((?!http)([^)#]+)\)", README.read_text(encoding="utf-8"))
    assert links
    assert [link for link in links if not (README.parent / link).exists()] == []
