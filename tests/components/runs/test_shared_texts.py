"""What server and browser both write is written alike; `tests/javascript` reads the same table."""

import json

import pytest

from components.run_source.run_ranges import ranged
from components.run_source.runs_link import quoted
from components.runs.playhead import cell
from tests.paths import ROOT

TEXTS = json.loads((ROOT / "tests/javascript/shared_texts.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("value", "digits", "text"), TEXTS["print"])
def test_a_number_of_the_read_outs(value, digits, text):
    assert cell(value, digits) == text


@pytest.mark.parametrize(("key", "text"), TEXTS["quoted"])
def test_a_key_of_a_run(key, text):
    assert quoted(key) == text


@pytest.mark.parametrize(("keys", "text"), TEXTS["ranged"])
def test_runs_in_a_link(keys, text):
    assert ",".join(ranged(keys)) == text
