"""Results computed together: which are, how many at once, and how many are kept."""

from gaba_core.batched_cache import BatchedCache


def counted(entries=100, **grouping):
    """A function that doubles, and the arguments of each call of it."""
    calls = []
    return BatchedCache(
        lambda keys: calls.append(list(keys)) or [2 * key for key in keys], 10**6, entries, **grouping
    ), calls


def test_what_is_not_kept_is_computed_in_one_call():
    double, calls = counted()
    assert double(3) == 6
    assert double.many([1, 3, 2, 1]) == [2, 6, 4, 2]
    assert calls == [[3], [1, 2]]


def test_only_what_is_alike_is_computed_together():
    double, calls = counted(alike=lambda key: key % 2)
    assert double.many([1, 2, 3, 4]) == [2, 4, 6, 8]
    assert calls == [[1, 3], [2, 4]]


def test_no_more_is_computed_at_once_than_weighs_as_much_as_allowed():
    double, calls = counted(weight=lambda key: key, at_once=5)
    assert double.many([2, 3, 1, 9, 4]) == [4, 6, 2, 18, 8]
    assert calls == [[2, 3], [1], [9], [4]]


def test_the_results_used_last_are_kept():
    double, calls = counted(entries=2)
    double.many([1, 2])
    double(1)
    double(3)
    double.many([1, 3])
    assert calls == [[1, 2], [3]]
    double(2)
    assert calls[-1] == [2]


def test_more_than_can_be_kept_is_still_returned():
    double, _ = counted(entries=2)
    assert double.many(range(10)) == [2 * key for key in range(10)]


def test_no_more_bytes_are_kept_than_allowed():
    made = BatchedCache(lambda keys: [bytes(1000) for _ in keys], 5000)
    made.many(range(100))
    assert 1 <= len(made.cache.whole) <= 5
    assert made.cache.whole.nbytes <= 5000


def test_clearing_forgets_everything():
    double, calls = counted()
    double(1)
    double.cache_clear()
    double(1)
    assert calls == [[1], [1]]
