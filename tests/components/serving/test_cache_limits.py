"""A worker's memory is flat: whatever it is asked, each of its caches ends somewhere."""

import functools
import gc
import inspect
import random

import pytest

import app
from benchmarks.unlike_requests import question
from gaba_core.lru_cache import OF_SETTINGS, LruCache

OURS = ("components", "gaba_core")
LARGEST = 256 * 2**20  # bytes, of the runs that are read
MOST_ENTRIES = 4096  # of a function whose values are numbers or texts


@pytest.fixture(scope="module")
def client():
    return app.create_app().server.test_client()


def of_kind(kind):
    return [one for one in gc.get_objects() if type(one) is kind]


def test_settings_without_end_take_no_more_than_their_limit(client, monkeypatch):
    OF_SETTINGS.clear()
    monkeypatch.setattr(OF_SETTINGS, "limit", 200_000)
    rng = random.Random(7)
    for _ in range(60):
        assert question(rng)(client).status_code == 200
        assert OF_SETTINGS.nbytes <= 200_000 or len(OF_SETTINGS) == 1
    assert len(OF_SETTINGS)


def test_every_cache_has_a_limit(client):
    client.get("/")
    caches = of_kind(LruCache)
    assert OF_SETTINGS in caches
    assert [one.limit for one in caches if one.limit > LARGEST] == []


def test_a_cache_without_bytes_has_few_entries_or_no_argument_of_a_request():
    functions = [
        one for one in of_kind(functools._lru_cache_wrapper) if one.__module__.partition(".")[0] in OURS
    ]
    endless = {f"{f.__module__}.{f.__qualname__}" for f in functions if _has_no_end(f)}
    assert len(functions) > 20
    assert {name for name in endless if not name.startswith("components.guide.")} == set()


def _has_no_end(function):
    """Whether a function with arguments caches any number of values; those of the guide are in its text."""
    most = function.cache_parameters()["maxsize"]
    return bool(inspect.signature(function).parameters) and (most is None or most > MOST_ENTRIES)
