"""The route that the Runs page asks for news, and the redraw that follows."""

import base64
import json
import os

import pytest

import app
from components.layout import theme
from components.run_source import source
from components.runs.live import polling
from components.runs.live.client_memory import reported_of
from gaba_core.runs.tailing.log_status import SETTLED
from tests.run_logs import info, records, write

KEY = "FD002/gaba/seed_42"
OTHER = "FD002/gaba/seed_7"


@pytest.fixture
def folder(tmp_path):
    write(tmp_path / KEY, records(5), run=info(started="then", stopped=None))
    write(tmp_path / OTHER, records(6), run=info(seed=7, finished="now"))
    return tmp_path


@pytest.fixture
def served(folder):
    server = app.create_app(folder).server
    with server.app_context():
        yield server


def ask(served, seen="", *keys):
    query = {"run": list(keys or (KEY,)), "seen": seen}
    reply = served.test_client().get("/live/runs", query_string=query)
    return reply.get_json() if reply.status_code == 200 else reply.status_code


def put(folder, key, log):
    path = folder / key / "convergence_log.json"
    path.with_suffix(".tmp").write_text(json.dumps(log))
    os.replace(path.with_suffix(".tmp"), path)


def test_a_growing_run_is_told_with_its_epoch_and_its_age(served):
    answer = ask(served)
    (one,) = answer["words"]
    assert (one["label"], one["badge"], one["words"]) == ("FD002 gaba seed 42", "live", "epoch 4")
    assert 0.0 <= one["age"] < 60.0
    assert [row["key"] for row in answer["rows"]] == ["group FD002 gaba", OTHER, KEY]
    assert [row["note"].startswith("live") for row in answer["rows"][1:]] == [False, True]


def test_a_quiet_folder_is_answered_with_nothing(served):
    seen = ask(served)["seen"]
    assert ask(served, seen) == 204


def test_a_finished_run_has_no_words(served):
    assert ask(served, "", OTHER)["words"] == []


def test_what_changed_comes_and_nothing_else(served, folder):
    first = ask(served, "", KEY)
    put(folder, OTHER, records(7))
    listed = ask(served, first["seen"], KEY)
    assert listed["drawn"] == first["drawn"]
    assert [row["epochs"] for row in listed["rows"][1:]] == [7, 5]
    put(folder, KEY, records(6))
    grown = ask(served, listed["seen"], KEY)
    assert grown["drawn"] != first["drawn"]
    assert ask(served, grown["seen"], KEY) == 204


def test_a_torn_log_changes_words_and_not_what_is_drawn(served, folder):
    first = ask(served)
    (folder / KEY / "convergence_log.json").write_text('[{"epoch": 0, "rm')
    torn = ask(served, first["seen"])
    assert torn["drawn"] == first["drawn"]
    assert (torn["words"][0]["badge"], torn["words"][0]["age"]) == ("incomplete", None)
    assert torn["words"][0]["words"] == "File is mid-write; showing epoch 4."


def test_a_deleted_log_leaves_the_list_and_stays_drawn(served, folder):
    first = ask(served)
    (folder / KEY / "convergence_log.json").unlink()
    gone = ask(served, first["seen"])
    assert gone["drawn"] == first["drawn"]
    assert gone["words"][0]["words"] == "The log was deleted; showing epoch 4."
    assert [row["key"] for row in gone["rows"]] == [OTHER]


def test_a_run_that_this_process_never_read_is_told_as_deleted(served):
    (one,) = ask(served, "", "FD009/gaba/seed_1")["words"]
    assert (one["badge"], one["words"]) == ("deleted", "The log was deleted.")


@pytest.mark.parametrize("key", ["../outside", "/etc", "a\0b", "dropped: x #00"])
def test_nothing_outside_the_folder_is_told(served, key):
    words = ask(served, "", key)["words"]
    assert all(one["words"] == "The log was deleted." for one in words)


def test_the_page_starts_from_what_it_has_drawn(served):
    tag = polling.drawn_of({"runs": KEY})
    assert ask(served, "", KEY)["drawn"] == tag
    assert ask(served, "", OTHER)["drawn"] != tag


def test_a_dropped_log_is_read_once_however_often_it_is_drawn(served, monkeypatch):
    never_seen = [{**record, "read_once": 1.0} for record in records(4)]
    content = base64.b64encode(json.dumps(never_seen).encode()).decode()
    reads, original = [], source.read_run
    monkeypatch.setattr(source, "read_run", lambda *args, **how: reads.append(args) or original(*args, **how))
    entry = source.drop("mine.json", f"data:application/json;base64,{content}")
    for _ in range(3):
        ((drawn,), problems) = source.shown([entry.key])
        assert (len(drawn.run.epochs), problems) == (4, ())
    assert len(reads) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"label": "x" * 401},
        {"tag": "x" * 401},
        {"sentence": "x" * 401},
        {"records": 10**400},
        {"last": float("nan")},
        {"since": None},
        {"status": "invented"},
    ],
)
def test_what_a_browser_sends_beyond_bounds_is_passed_by(served, changes):
    facts = ask(served)["reported"][KEY]
    assert set(reported_of({KEY: facts})) == {KEY}
    assert reported_of({KEY: facts | {"label": "x" * 400, "sentence": "y" * 400}})[KEY].label == "x" * 400
    assert reported_of({KEY: facts | changes}) == {}


@pytest.mark.parametrize(
    "body", ["[" * 200_000, '{"reported": {"FD002/gaba/seed_42": {"tag": "\\ud800"}}}', '"\\ud800"', "x"]
)
def test_a_body_that_is_no_memory_of_ours_is_passed_by(served, body):
    reply = served.test_client().post(
        f"/live/runs?run={KEY}&seen=", data=body, content_type="application/json"
    )
    assert reply.status_code == 200
    assert reply.get_json()["drawn"] == ask(served)["drawn"]


def test_half_a_character_that_a_browser_sends_is_written_out(served):
    facts = ask(served)["reported"][KEY]
    assert reported_of({KEY: facts | {"label": "a\ud800"}})[KEY].label == "a\\ud800"


def test_a_run_has_the_colour_of_its_seed_wherever_it_stands_in_the_list(served):
    seeds = {KEY: 42, OTHER: 7}
    for keys in ((KEY, OTHER), (OTHER, KEY), (OTHER,)):
        shown, _ = source.shown(keys)
        assert [theme.SEED_STYLES[one.style] for one in shown] == [
            theme.seed_style(seeds[key]) for key in keys
        ]


class Clock:
    """The same time for every process, set on by hand."""

    def __init__(self, now):
        self.now = now

    def __call__(self):
        return self.now


def post(server, reported, key=KEY):
    reply = server.test_client().post("/live/runs", json={"runs": [key], "seen": "", "reported": reported})
    return reply.get_json()


def in_place(path, text):
    before = path.stat().st_mtime_ns
    path.write_text(text)
    os.utime(path, ns=(before + 1_000_000, before + 1_000_000))


def test_two_processes_that_answer_in_turn_say_what_one_would_say(folder):
    log = folder / KEY / "convergence_log.json"
    clock = Clock(log.stat().st_mtime)
    servers = [app.create_app(folder).server for _ in range(3)]
    for server in servers:
        with server.app_context():
            source.library().clock = clock
    alone, *two = servers
    whole = json.dumps(records(9))
    steps = [
        *(lambda: None, lambda: in_place(log, whole[:200]), lambda: None, lambda: in_place(log, whole)),
        *(lambda: in_place(log, json.dumps(records(2))), lambda: None, lambda: None),
        *(log.unlink, lambda: None, lambda: put(folder, KEY, records(3)), lambda: None),
        *(lambda: in_place(log, ""), lambda: None, lambda: None),
    ]
    reported, said = {}, []
    for i, change in enumerate(steps):
        change()
        expected, answer = post(alone, None), post(two[i % 2], reported)
        reported = answer["reported"]
        assert answer["words"] == expected["words"], i
        cut = any(one["status"] == "truncated" for one in answer["words"])
        assert cut or answer["drawn"] == expected["drawn"], i  # a cut log is drawn by each in its own time
        said += [one["words"] for one in answer["words"]]
        clock.now += SETTLED + 0.1
    assert "File is mid-write; showing epoch 4." in said
    assert "The log was cut from 9 records to 2." in said
    assert "The log was deleted; showing epoch 1." in said
    assert "The log came back, with 3 records." in said
    assert "The log was emptied; showing epoch 2." in said


@pytest.mark.parametrize(
    "sent",
    [
        *([], {KEY: None}, {KEY: {}}, {KEY: {"tag": 1}}, "x", {KEY: {"tag": "a" * 999}}),
        {KEY: {"tag": "t", "label": "l", "sentence": "s", "records": "9", "last": 1, "since": 1}},
        {
            KEY: {
                "tag": "t",
                "label": "l",
                "sentence": "s",
                "records": 9,
                "last": 1,
                "since": 1,
                "status": "x",
            }
        },
    ],
)
def test_what_the_browser_did_not_get_from_us_is_passed_by(served, sent):
    assert post(served, sent)["words"][0]["badge"] == "live"
