"""The cache of the house: what stays in it, and what a value weighs."""

import sys
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaba_core.lru_cache import LruCache, cached, size_of


def filled(*pairs, limit=10**6, **options):
    cache = LruCache(limit, size=len, **options)
    for key, value in pairs:
        cache.put(key, value)
    return cache


def test_the_least_recently_used_value_goes_first():
    cache = filled(("a", "12345678"), ("b", "12345678"), limit=20)
    cache.get("a")
    cache.put("c", "12345678")
    assert [cache.get(key) for key in "abc"] == ["12345678", None, "12345678"]
    assert cache.nbytes == 16


def test_asking_whether_a_value_is_there_is_no_use_of_it():
    cache = filled(("a", "1"), ("b", "1"), entries=2)
    assert "a" in cache
    cache.put("c", "1")
    assert "a" not in cache


def test_a_value_takes_the_place_and_the_bytes_of_the_one_before():
    cache = filled(("a", "12345"), ("a", "123"))
    assert (len(cache), cache.nbytes) == (1, 3)


def test_a_value_larger_than_the_whole_is_not_kept_and_evicts_nothing_else():
    cache = filled(("a", "1"), ("b", "12345"), limit=4)
    assert cache.get("b") is None
    assert cache.get("a") == "1"


def test_the_newest_stays_whatever_it_takes_where_that_is_wanted():
    cache = filled(("a", "1"), ("b", "12345"), limit=4, keeps_newest=True)
    assert (cache.get("a"), cache.get("b")) == (None, "12345")
    cache.put("c", "123456")
    assert (len(cache), cache.nbytes) == (1, 6)


def test_clearing_forgets_the_bytes_too():
    cache = filled(("a", "123"))
    cache.clear()
    assert (len(cache), cache.nbytes) == (0, 0)


puts = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 12)), max_size=60)


@given(puts, st.integers(0, 30), st.integers(1, 6), st.booleans())
def test_it_never_holds_more_than_is_allowed_and_counts_what_it_holds(pairs, limit, entries, newest):
    cache = LruCache(limit, entries, size=len, keeps_newest=newest)
    for key, length in pairs:
        cache.put(key, "x" * length)
        held = [cache.get(one) for one in range(10) if one in cache]
        assert cache.nbytes == sum(map(len, held))
        assert len(held) == len(cache) <= entries
        assert cache.nbytes <= limit or (newest and len(held) == 1)


@dataclass(frozen=True, slots=True)
class Pair:
    first: object
    second: object


@pytest.mark.parametrize(
    "hold",
    [
        lambda array: array,
        lambda array: (array, array),
        lambda array: {"a": array, "b": [array]},
        lambda array: Pair(array, Pair(array, None)),
        lambda array: array[::2],
        lambda array: (array[:3], array[3:], array.T),
    ],
)
def test_each_array_weighs_what_it_takes_once(hold):
    assert 8000 <= size_of(hold(np.zeros(1000))) < 8000 + 1000


def test_texts_and_keys_weigh_too():
    assert size_of("x" * 5000) >= 5000
    assert size_of({"x" * 5000: b"y" * 700}) >= 5700
    key = "k" * 900
    cache = LruCache(10**6)
    cache.put(key, b"")
    assert cache.nbytes >= sys.getsizeof(key)


def test_a_cached_function_is_not_asked_twice_and_forgets_by_bytes():
    calls = []

    @cached(10_000)
    def zeros(count, *, extra=0):
        """Zeros."""
        calls.append(count)
        return np.zeros(count + extra)

    assert zeros(10) is zeros(10)
    assert zeros(10, extra=1).size == 11
    assert calls == [10, 10]
    zeros(1200)
    zeros(10)
    assert calls == [10, 10, 1200, 10]
    assert zeros.cache.whole.nbytes <= 10_000
    assert zeros.__doc__ == "Zeros."


def test_functions_that_share_a_cache_stay_under_its_limit_and_apart():
    shared = LruCache(10_000, keeps_newest=True)
    ones, twos = (cached(shared)(lambda count, fill=fill: np.full(count, fill)) for fill in (1.0, 2.0))
    assert ones(100)[0] == 1.0
    assert twos(100)[0] == 2.0
    assert ones(100) is ones(100)
    twos.cache_clear()
    assert (100,) in ones.cache
    assert (100,) not in twos.cache
    for count in range(200, 400, 10):
        twos(count)
        assert shared.nbytes <= 10_000
    assert (100,) not in ones.cache  # the least recently used of either function went first


def test_a_cached_none_is_a_value():
    calls = []

    @cached(1000)
    def nothing(key):
        calls.append(key)

    assert nothing(1) is nothing(1) is None
    assert calls == [1]


def test_the_value_computed_last_is_found_again_however_large():
    calls = []

    @cached(100)
    def large(key):
        calls.append(key)
        return bytes(1000)

    assert large(1) is large(1)
    large(2)
    large(1)
    assert calls == [1, 2, 1]


def test_clearing_a_cached_function_forgets_its_values():
    calls = []

    @cached(1000)
    def one(key):
        calls.append(key)
        return key

    one(1)
    one.cache_clear()
    one(1)
    assert calls == [1, 1]
