"""Many runs in a link: short, and exactly the same runs in the same order."""

from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.run_source.run_ranges import MOST, expanded, ranged
from components.run_source.runs_link import quoted
from components.runs.state import RunsState

ADDRESS = 4094  # characters of a request line that gunicorn takes
KEYS = st.lists(st.text("ab/_*09%,8é. ", min_size=1, max_size=8), max_size=12)
SEEDS = st.lists(
    st.integers(0, 12).flatmap(lambda n: st.sampled_from((f"s_{n}", f"s_{n:02d}", f"s_{n}.csv")))
)


@given(st.one_of(KEYS, SEEDS))
def test_what_a_link_says_is_what_was_ticked(keys):
    items = tuple(map(quoted, keys))
    assert expanded(ranged(items)) == items


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        (("a/seed_8", "a/seed_9", "a/seed_10", "a/seed_12"), "a/seed_8**10*12"),
        (("s08", "s09", "s10"), "s08**10"),
        (("s1.csv", "s2.csv"), "s1*2.csv"),
        (("s1", "s01", "t1"), "s1*01,t1"),
        (("3*4",), "3%2A4"),
    ],
)
def test_how_a_link_writes_runs(keys, text):
    assert ",".join(ranged([quoted(key) for key in keys])) == text
    assert RunsState(runs=tuple(text.split(","))).keys == keys


def test_a_hundred_runs_and_a_thousand_make_a_short_link():
    hundred = [f"experiments/FD002/gaba/seed_{i}" for i in range(100)]
    assert len(urlencode({"runs": ",".join(ranged(hundred))})) < 60
    thousand = [f"city/m{m:03d}/seed_{i}" for m in range(10) for i in range(100)]
    assert len(urlencode({"runs": ",".join(ranged(thousand))})) < 350
    unlike = [f"FD002/gaba/seed_{i * i % 10007}" for i in range(100)]
    assert len(urlencode({"runs": ",".join(ranged(unlike))})) < ADDRESS / 4


def test_a_text_stands_for_no_more_runs_than_can_be_drawn():
    assert len(expanded(["s0**999999999999999"])) == MOST
    assert expanded(["s9**1"]) == ("s9", "s1")
