"""The report in a notebook's cell, and the small picture of a run."""

import json
import sys
from html import unescape
from html.parser import HTMLParser

import numpy as np
import pytest

import components
from components import show
from components.runs.figure.lines import POINTS
from components.runs.state import LINES
from gaba_core.errors import ParameterError
from gaba_core.runs import diagnose, read_run
from tests.paths import LOGS
from tests.run_logs import info, trace, write

KEY = "FD002/gaba/seed_42"


class Frame(HTMLParser):
    """The attributes of the tags of a cell."""

    def __init__(self, text):
        super().__init__()
        self.tags = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))


def log_of(records, **metrics):
    rng = np.random.default_rng(0)
    rows = [
        {"epoch": e, "w_a": 0.4, "w_b": 0.6, "val_error": 1.0 / (1 + e) + 0.01 * rng.random()} | metrics
        for e in range(records)
    ]
    return json.dumps(rows)


def test_a_cell_is_one_frame_that_holds_the_whole_report():
    report = show(LOGS / KEY)
    ((tag, attributes),) = Frame(report._repr_html_()).tags
    assert tag == "iframe"
    assert attributes["srcdoc"] == report.html
    assert "src" not in attributes
    assert attributes["sandbox"] == "allow-scripts allow-downloads"  # nothing of the notebook is in reach
    assert "height: 720px" in attributes["style"]


def test_the_report_says_what_the_diagnosis_says(tmp_path):
    report = show(str(LOGS / KEY))
    found = diagnose(read_run(LOGS / KEY))
    page = unescape(report.html)
    assert found.balancer.sentence in page
    assert found.model.sentence in page
    assert "FD002 gaba seed 42" in page
    assert repr(report) == f"FD002 gaba seed 42: {found.summary}"
    report.save(tmp_path / "report.html")
    assert (tmp_path / "report.html").read_text(encoding="utf-8") == report.html


def test_seeds_of_one_set_up_are_judged_beside_each_other():
    report = show([LOGS / "FD002/gaba/seed_42", LOGS / "FD002/gaba/seed_123", LOGS / "FD002/gaba/seed_789"])
    assert [line.partition(":")[0] for line in repr(report).splitlines()] == [
        "FD002 gaba seed 123",
        "FD002 gaba seed 42",
        "FD002 gaba seed 789",
    ]
    assert "as in its sibling runs" in repr(report)
    assert "Link" not in report.html.partition("How this was made")[2].partition("<script>")[0]


def test_a_run_of_a_foreign_log_is_shown_by_its_own_metric():
    page = show(read_run(log_of(20), "mine")).html
    assert "<th>val_error at best</th><th>val_error at end</th>" in page
    assert "RMSE" not in page.partition("<script>")[0]


def test_the_metric_that_is_asked_for_is_judged_and_drawn():
    run = read_run(log_of(20, score=0.5), "mine")
    assert "best score 0.5" in show(run, metric="score:max").html
    assert "below: score." in show(run, metric=["score:max"]).html


def test_what_is_left_out_of_a_long_run_is_said():
    run = read_run(log_of(POINTS + 500), "long")
    assert "At most 1\u202f000 points of a line are drawn" in show(run).html
    assert "left out (long has 1\u202f500)" in show(run).html
    assert "points of a line" not in show(read_run(log_of(POINTS), "short")).html


def test_recorded_steps_are_left_out_and_that_is_said(tmp_path):
    write(tmp_path / KEY, run=info(seed=42), steps=trace(30))
    assert "30 recorded steps were read for verdicts and regimes, and are left out." in show(tmp_path).html


def test_runs_beyond_those_that_fit_are_named():
    runs = [read_run(log_of(5), f"run {i}") for i in range(LINES + 5)]
    page = show(runs).html
    left_out = ", ".join(f"run {LINES + i}" for i in range(3))
    said = f"Of {LINES + 5} runs the first {LINES} are shown, and left out: {left_out} and 2 more."
    assert said in page


def test_a_broken_log_hides_no_other(tmp_path):
    write(tmp_path / KEY, run=info(seed=42))
    broken = tmp_path / "broken.json"
    broken.write_text("[{")
    report = show([tmp_path / KEY, broken])
    assert "Could not be read:" in report.html
    assert len(report.summaries) == 1


def test_where_no_run_is_found_the_reason_is_said(tmp_path):
    with pytest.raises(ParameterError, match=r"runs must name a log or a folder of logs; got .*nowhere"):
        show(tmp_path / "nowhere")


def test_a_name_of_a_log_cannot_leave_the_frame():
    evil = '"></iframe><script>alert(1)</script>'
    ((tag, attributes),) = Frame(show(read_run(log_of(5), evil))._repr_html_()).tags
    assert (tag, attributes["title"]) == ("iframe", "Report")


def test_without_the_dashboard_s_packages_the_command_that_installs_them_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "components.notebook", None)
    with pytest.raises(ModuleNotFoundError, match=r"Install it: pip install \"gaba-dashboard\[dashboard\]\""):
        components.__getattr__("show")
