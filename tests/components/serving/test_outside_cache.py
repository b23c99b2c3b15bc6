"""A cache outside this process: gone, flushed, full of what others wrote. The answer is always right."""

import logging
import pickle

import pytest

from components.serving.outside_cache import PAUSE_S, OutsideCache


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


class Backend:
    """One that can be spoilt."""

    def __init__(self):
        self.values, self.asked, self.fails = {}, 0, False

    def get(self, key):
        self._ask()
        return self.values.get(key)

    def set(self, key, value):
        self._ask()
        self.values[key] = value

    def _ask(self):
        self.asked += 1
        if self.fails:
            raise ConnectionError("no route")


@pytest.fixture
def backend():
    return Backend()


@pytest.fixture
def computed():
    return []


@pytest.fixture
def answer(computed):
    def compute():
        computed.append(1)
        return b"a frame"

    return compute


def test_a_value_is_computed_once(backend, computed, answer):
    cache = OutsideCache(backend)
    assert [cache.cached("k", answer) for _ in range(3)] == [b"a frame"] * 3
    assert len(computed) == 1


def test_a_flushed_backend_is_filled_again(backend, computed, answer):
    cache = OutsideCache(backend)
    cache.cached("k", answer)
    backend.values.clear()
    assert cache.cached("k", answer) == b"a frame"
    assert len(computed) == 2


@pytest.mark.parametrize(
    "planted", [b"", b"junk", b"=junk", b"x" * 16, b"x" * 40, 7, None, "text", pickle.dumps({"a": 1}), [1]]
)
def test_what_others_wrote_is_never_sent(backend, computed, answer, planted):
    cache = OutsideCache(backend)
    cache.cached("k", answer)
    backend.values["k"] = planted
    assert cache.cached("k", answer) == b"a frame"
    assert len(computed) == 2
    assert cache.cached("k", answer) == b"a frame"
    assert len(computed) == 2


def test_a_value_of_one_key_is_not_taken_for_that_of_another(backend, answer):
    cache = OutsideCache(backend)
    cache.cached("k", answer)
    backend.values["other"] = backend.values["k"]
    assert cache.cached("other", lambda: b"another") == b"another"


def test_a_value_of_which_a_byte_changed_is_computed_anew(backend, computed, answer):
    cache = OutsideCache(backend)
    cache.cached("k", answer)
    whole = backend.values["k"]
    for i in range(len(whole)):
        backend.values["k"] = whole[:i] + bytes([whole[i] ^ 1]) + whole[i + 1 :]
        assert cache.cached("k", answer) == b"a frame"
    assert len(computed) == 1 + len(whole)


def test_a_backend_that_is_gone_costs_one_question_in_a_while_and_one_line(backend, answer, caplog):
    clock = Clock()
    cache = OutsideCache(backend, clock)
    backend.fails = True
    with caplog.at_level(logging.WARNING):
        assert [cache.cached(str(i), answer) for i in range(50)] == [b"a frame"] * 50
    assert backend.asked == 1
    assert len(caplog.records) == 1
    backend.fails = False
    clock.now += PAUSE_S
    cache.cached("k", answer)
    assert cache.cached("k", lambda: b"not asked") == b"a frame"


def test_what_the_computation_raises_is_raised(backend):
    with pytest.raises(ZeroDivisionError):
        OutsideCache(backend).cached("k", lambda: 1 // 0)
