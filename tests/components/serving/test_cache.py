"""What is kept between requests: bounded, bytes only, never a pickle."""

import pickle

import pytest
from flask import Flask

from components.serving import cache


def retained(*pairs, **bounds):
    store = cache.MemoryCache(**bounds)
    for key, value in pairs:
        store.set(key, value)
    return store


def test_no_more_entries_are_kept_than_allowed():
    store = retained(*((str(i), b"x") for i in range(10)), entries=3)
    assert len(store) == 3
    assert [store.get(str(i)) for i in range(6, 10)] == [None, b"x", b"x", b"x"]


def test_no_more_bytes_are_kept_than_allowed():
    store = retained(*((str(i), bytes(40)) for i in range(10)), limit=100)
    assert store.nbytes == 80
    assert store.get("9") == bytes(40)
    store.set("9", bytes(10))
    assert store.nbytes == 50


def test_what_was_used_last_stays_longest():
    store = retained(("a", b"1"), ("b", b"2"), entries=2)
    store.get("a")
    store.set("c", b"3")
    assert (store.get("a"), store.get("b"), store.get("c")) == (b"1", None, b"3")


def test_a_value_larger_than_the_whole_is_not_kept_and_evicts_nothing():
    store = retained(("a", b"1"), limit=10)
    assert store.set("b", bytes(11)) is False
    assert store.get("b") is None
    assert store.get("a") == b"1"


def test_clearing_forgets_the_bytes_too():
    store = retained(("a", b"123"))
    store.clear()
    assert (len(store), store.nbytes) == (0, 0)


@pytest.fixture
def in_a_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("GABA_CACHE_TYPE", "FileSystemCache")
    monkeypatch.setenv("CACHE_DIR", str(tmp_path))
    server = Flask(__name__)
    cache.init_app(server)
    with server.app_context():
        yield tmp_path


def length(value):
    return str(len(value)).encode()


def test_another_backend_keeps_the_same_bytes(in_a_folder):
    assert cache.cached(length, ("a", "b")) == b"2"
    assert any(file.read_bytes().endswith(b"2") for file in in_a_folder.iterdir())
    assert cache.cached(length, ("a", "b")) == b"2"


def test_a_planted_pickle_is_never_loaded(in_a_folder, monkeypatch):
    monkeypatch.setattr(pickle, "load", lambda *_: pytest.fail("unpickled"))
    monkeypatch.setattr(pickle, "loads", lambda *_: pytest.fail("unpickled"))
    cache.cached(length, ("a", "b"))
    for file in in_a_folder.iterdir():
        file.write_bytes(file.read_bytes()[:4] + b"!" + pickle.dumps("planted"))
    assert cache.cached(length, ("a", "b")) == b"2"
