"""Reading takes memory near the size of a log, whatever its bytes are: cells of a digit, fields of one."""

import tracemalloc

import pytest

from benchmarks.dense_logs import KINDS
from gaba_core.errors import LogFormatError
from gaba_core.runs.formats.detection import read_table

SIZE = 300_000
TABLES = ("CSV", "semicolons", "tabs", "blanks", "bars", "UTF", "Latin", "MLflow", "line ends", "zeros")
BASE_BYTES, TIMES = 6e6, 5


def peak_of(data):
    """The most bytes that were held while a log was read, and what became of it."""
    tracemalloc.start()
    try:
        outcome = read_table(data, "the log").rows
    except LogFormatError as error:
        outcome = str(error)
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return peak, outcome


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.startswith(TABLES)])
def test_reading_takes_no_more_than_a_little_and_five_times_the_log(kind):
    data = KINDS[kind](SIZE)
    peak, outcome = peak_of(data)
    assert peak < BASE_BYTES + TIMES * len(data), f"{peak / len(data):.1f} times, {outcome}"
