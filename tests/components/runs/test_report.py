"""The report as text: whole, escaped, and standing on its own."""

import json
import re
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from flask import Flask

from components.run_source.runs_link import quoted
from components.run_source.selected_run import Shown
from components.run_source.source import shown
from components.runs.report.report import caption, report
from components.runs.state import RunsState
from components.runs.verdicts.diagnoses import diagnoses
from components.serving import cache
from gaba_core.runs import read_run
from tests.run_logs import info, trace, write

KEYS = ("FD002/gaba/seed_42", "FD002/gaba/seed_7")
MADE = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
EVIL = "</script><script>alert(1)</script><b>&"


class Parsed(HTMLParser):
    """Tags, their attributes, and the text outside scripts and styles."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.open, self.words, self.scripts = [], [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        inside = self.open[-1] if self.open else ""
        (self.scripts if inside == "script" else self.words).append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())


@pytest.fixture
def folder(tmp_path):
    for seed, key in zip((42, 7), KEYS, strict=True):
        write(tmp_path / key, run=info(seed=seed), steps=trace(30))
    server = Flask("report")
    server.config["GABA_LOGS"] = tmp_path
    cache.init_app(server)
    with server.app_context():
        yield tmp_path


def test_it_says_everything_the_page_says(folder):
    runs, _ = shown(KEYS)
    state = RunsState(runs=KEYS, baseline=KEYS[0], metric=("rmse_last", "nasa"))
    page = Parsed(report(runs, state, MADE))
    assert page.open == []
    for diagnosis in diagnoses(runs):
        for verdict in (diagnosis.balancer, diagnosis.model, *diagnosis.findings):
            assert " ".join(verdict.sentence.split()) in page.text
            assert " ".join(verdict.rule.split()) in page.text
        assert diagnosis.summary in page.text
    for words in ("2026-01-02 03:04 UTC", "Differences from FD002 gaba seed 42", "EMA coefficient β",
                  "Floor activation", "Python 3", "step 0 – 2"):  # fmt: skip
        assert words in page.text


def test_it_needs_nothing_from_elsewhere(folder):
    page = Parsed(report(shown(KEYS)[0], RunsState(runs=KEYS), MADE))
    for tag, attributes in page.tags:
        assert tag not in ("link", "iframe", "img", "object")
        assert not attributes.keys() & {"src", "href", "srcset"}
    policy = next(a["content"] for _, a in page.tags if a.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none';")
    own = " ".join([page.text, *page.scripts[1:]])
    assert "window.Plotly = Plotly" in page.scripts[0]
    assert not re.search(r"https?:", own)


def test_the_picture_in_it_is_the_one_on_the_page(folder):
    runs, _ = shown(KEYS)
    script = Parsed(report(runs, RunsState(runs=KEYS), MADE)).scripts[-1]
    picture = json.loads(re.search(r"const picture = (.*);", script)[1])
    assert sum(t["uid"].startswith("metric-0") for t in picture["data"]) == 2
    assert not any(t["uid"].startswith("playhead") for t in picture["data"])
    assert picture["layout"]["showlegend"]


def test_a_name_from_a_log_cannot_become_part_of_the_page(folder):
    log = [{"epoch": e, "w_<i>a": 0.4, "w_b": 0.6, EVIL: float(e)} for e in range(3)]
    run = read_run(json.dumps({"history": log} | info(device=EVIL, subset=None)), EVIL)
    text = report([Shown(EVIL, EVIL, run, 0)], RunsState(metric=(quoted(EVIL),)), MADE)
    page = Parsed(text)
    assert sum(tag == "script" for tag, _ in page.tags) == 2
    assert not any(tag in ("b", "i") for tag, _ in page.tags)
    assert page.text.count(EVIL) >= 2


def test_the_caption_names_what_was_done_to_the_lines(folder):
    runs, _ = shown(KEYS)
    state = RunsState(smooth=0.8, group="method", baseline=KEYS[0], metric=("nasa",), x="steps")
    assert caption(runs, state) == (
        "Weight of rul; below: NASA score. Time in steps. Mean ± sd by: method. "
        "Drawn are differences from FD002 gaba seed 42. "
        "Metrics are smoothed by 0.8; the lines as logged lie faintly below."
    )
    assert caption(runs, RunsState(metric=())) == "Weight of rul. Time in epochs."
