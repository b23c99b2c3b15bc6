"""A long log is read as a job: how far it has come is said meanwhile, and it stops when nobody waits."""

import pytest

import app
from components.run_source import source
from components.runs.live import polling
from gaba_core.abandoning import Abandoned, abandoned_when
from gaba_core.runs import library
from gaba_core.runs.formats import pieces
from gaba_core.runs.reading import read_run_file
from tests.run_logs import records, write

LONG = 3000  # records: some pieces of the size below


@pytest.fixture
def served(tmp_path, monkeypatch):
    """A server over one log that counts as long and was listed, but not read, by this process."""
    write(tmp_path / "mine", records(LONG))
    monkeypatch.setattr(library, "LONG_BYTES", 1000)
    monkeypatch.setattr(pieces, "PIECE", 20_000)
    server = app.create_app(tmp_path).server
    with server.test_request_context("/"):
        source.library().entries()
        source.library()._cached.clear()
        yield server


def test_how_much_is_read_is_said_without_waiting_for_the_reader(served, monkeypatch):
    said = []

    def look():
        said.append(polling.being_read(["mine"], polling.READING))
        return False

    monkeypatch.setattr(
        library, "read_run_file", lambda *args, **kwargs: look() or read_run_file(*args, **kwargs)
    )
    assert polling.being_read(["mine"], "")["words"][0]["words"].startswith("0% of")
    assert polling.being_read(["mine"], polling.READING) is None  # nobody reads it: the look itself will
    with abandoned_when(look):
        assert len(source.library().get("mine").epochs) == LONG
    assert None not in said  # from the first moment on
    shares = [int(one["words"][0]["words"].partition("%")[0]) for one in said]
    assert len(shares) > 3
    assert shares == sorted(shares)
    assert shares[-1] > 50
    assert polling.being_read(["mine"], "") is None


def test_a_reading_that_nobody_waits_for_stops_and_leaves_nothing_behind(served):
    looks = []
    with pytest.raises(Abandoned), abandoned_when(lambda: looks.append(1) or len(looks) == 3):
        source.library().get("mine")
    assert len(looks) == 3
    assert source.library().reading("mine").done is None
    assert len(source.library().get("mine").epochs) == LONG


def test_the_route_answers_with_the_words_alone(served):
    answer = served.test_client().get("/live/runs?run=mine").get_json()
    assert answer.keys() == {"seen", "words"}
    assert answer["words"][0]["label"] == "mine"
    again = served.test_client().get("/live/runs", query_string={"run": "mine", "seen": answer["seen"]})
    assert again.get_json()["drawn"]


def test_a_short_log_is_read_without_a_word(served, monkeypatch):
    monkeypatch.setattr(library, "LONG_BYTES", 10**9)
    assert polling.being_read(["mine"], "") is None
