"""The cache of large arrays."""

import numpy as np

from gaba_core.array_cache import ArrayCache


def counted(length):
    calls = []

    def compute():
        calls.append(length)
        return np.zeros(length)

    return compute, calls


def test_a_kept_array_is_not_computed_again():
    cache = ArrayCache(1000)
    compute, calls = counted(10)
    assert cache.get("a", compute) is cache.get("a", compute)
    assert calls == [10]


def test_the_least_recently_used_array_goes_first():
    cache = ArrayCache(160)
    for key in "ab":
        cache.get(key, counted(10)[0])
    cache.get("a", counted(10)[0])
    cache.get("c", counted(10)[0])
    again, calls = counted(10)
    cache.get("a", again)
    assert calls == []
    cache.get("b", again)
    assert calls == [10]
    assert cache.nbytes <= 160


def test_no_more_arrays_are_kept_than_entries():
    cache = ArrayCache(1000, entries=2)
    for key in "abc":
        cache.get(key, counted(1)[0])
    assert cache.peek("a") is None
    assert cache.nbytes == 16


def test_an_array_larger_than_the_cache_is_returned_but_not_kept():
    cache = ArrayCache(79)
    assert cache.get("a", counted(10)[0]).size == 10
    assert cache.nbytes == 0


def test_an_array_that_does_not_suit_is_replaced():
    cache = ArrayCache(1000)
    cache.get("a", counted(5)[0])
    longer = cache.get("a", counted(10)[0], suits=lambda array: array.size >= 10)
    assert longer.size == 10
    assert cache.nbytes == 80


def test_clearing_forgets_everything():
    cache = ArrayCache(1000)
    cache.get("a", counted(5)[0])
    cache.clear()
    assert cache.nbytes == 0
