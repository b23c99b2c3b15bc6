"""What is stated on the command line, the exit statuses, and `watch`."""

import json
from itertools import pairwise

import pytest

from gaba_core.runs.__main__ import main
from gaba_core.runs.commands.options import Stated
from gaba_core.runs.commands.status import BY_CODE, MODEL, STATUS, TABLE, status_of
from gaba_core.runs.commands.watching import Clock, watch
from gaba_core.runs.diagnosis.model_words import RULES
from gaba_core.runs.diagnosis.summary import AT_REST, BALANCER
from gaba_core.runs.judged_metric import stated_metric
from tests.paths import ROOT
from tests.run_cases import about, params, records
from tests.run_logs import write


def hook_log(form="state", **changes):
    return records(params(**changes), form)


def judged(capsys, *arguments):
    status = main(["diagnose", "--json", *map(str, arguments)])
    return status, json.loads(capsys.readouterr().out)[0]


# Options.


def test_a_stated_floor_is_the_one_that_is_judged_by(tmp_path, capsys):
    folder = write(tmp_path / "a", hook_log(floor=0.2))
    assert judged(capsys, folder)[1]["balancer"]["evidence"]["w"] == pytest.approx(0.0477, abs=1e-3)
    status, found = judged(capsys, folder, "--floor", "0.2")
    assert status == 0
    assert found["balancer"]["evidence"]["w"] == pytest.approx(0.2 / 1.198, abs=1e-3)
    assert "assumed" not in found["balancer"]["sentence"]


def test_a_stated_floor_goes_before_that_of_run_json(tmp_path, capsys):
    folder = write(tmp_path / "a", hook_log(), about(params(floor=0.01)))
    found = judged(capsys, folder, "--floor", "0.05")[1]
    assert found["balancer"]["evidence"]["w"] == pytest.approx(0.0477, abs=1e-3)


def test_a_mapping_says_what_columns_are(tmp_path, capsys):
    log = [{"epoch": r["epoch"], "one": r["w_rul"], "two": r["w_health"]} for r in hook_log("weights")]
    folder = write(tmp_path / "a", log)
    status, found = judged(capsys, folder, "--mapping", "one=weight:a;two=weight:b")
    assert (status, found["balancer"]["code"]) == (0, "converged")


@pytest.mark.parametrize("option", [["--mapping", "missing=weight:a"], ["--floor", "0.7"]])
def test_what_does_not_fit_a_log_is_said_of_that_log(tmp_path, capsys, option):
    assert main(["diagnose", str(write(tmp_path / "a", hook_log())), *option]) == 2
    assert "must" in capsys.readouterr().err


def test_stated_steps_per_epoch_give_beta(tmp_path, capsys):
    folder = str(write(tmp_path / "a", hook_log()))
    main(["fit", "--json", folder])
    assert json.loads(capsys.readouterr().out)[0]["beta"] is None
    main(["fit", "--json", folder, "--steps-per-epoch", "49"])
    assert json.loads(capsys.readouterr().out)[0]["beta"]["value"] == pytest.approx(0.99, abs=1e-3)


def test_the_metric_and_its_direction_can_be_stated(tmp_path, capsys):
    log = [r | {"val_loss": 1.0, "val_score": 0.01 * r["epoch"]} for r in hook_log()]
    folder = write(tmp_path / "a", log)
    assert judged(capsys, folder)[1]["model"]["evidence"]["metric"] == "val_loss"
    assert judged(capsys, folder, "--metric", "val_score")[1]["model"]["code"] == "unknown"
    assert judged(capsys, folder, "--metric", "val_score:max")[1]["model"]["code"] == "improving"
    assert judged(capsys, folder, "--metric", "val_score:min")[1]["model"]["code"] == "past-best"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("val_loss", ("val_loss", None)),
        ("val_loss:min", ("val_loss", False)),
        ("a:b:max", ("a:b", True)),
        ("odd:name", ("odd:name", None)),
    ],
)
def test_a_metric_is_a_name_with_or_without_a_direction(text, found):
    assert stated_metric(text) == found


# Exit statuses.


def test_every_verdict_has_its_exit_status_and_the_help_tells_it(capsys):
    assert {*BALANCER, *AT_REST} == {code for codes in TABLE.values() for code in codes}
    assert {*RULES} - {*BY_CODE} == set()
    with pytest.raises(SystemExit):
        main(["diagnose", "--help"])
    said = capsys.readouterr().out
    assert STATUS in said
    assert all(code in said for codes in TABLE.values() for code in codes)


def test_the_worst_of_several_runs_counts_and_an_unreadable_one_before_all():
    assert status_of(["converged", "starved", "drifting"], unreadable=False) == BY_CODE["starved"] == 6
    assert status_of(["diverged"], unreadable=True) == 2
    assert status_of([], unreadable=False) == 2


def test_a_starved_run_ends_with_its_own_status(tmp_path):
    folder = write(tmp_path / "a", hook_log("weights", floor=0.0), about(params(floor=0.0)))
    assert main(["diagnose", str(folder)]) == BY_CODE["starved"]


# Watch.


class Writer:
    """A log that grows by some records at each wait, on a clock of its own."""

    def __init__(self, path, log, each=5, torn=()):
        self.path, self.log, self.each, self.torn = path, log, each, set(torn)
        self.seconds, self.written, self.waits = 0.0, 0, 0

    def now(self):
        return self.seconds

    def wait(self, seconds):
        self.seconds += seconds
        self.waits += 1
        assert self.waits < 1000
        if self.written < len(self.log):
            self.written = min(len(self.log), self.written + self.each)
            text = json.dumps(self.log[: self.written])
            self.path.write_text(text[:-9] if self.waits in self.torn else text)

    @property
    def clock(self):
        return Clock(self.now, self.wait)


def watched(writer, by=None, **options):
    lines, warned = [], []
    options = {"quiet": 5.0, "every": 1.0, "clock": writer.clock} | options
    status = watch([writer.path], by or Stated(), lines.append, warned.append, **options)
    return status, lines, warned


def weights(values):
    return [{"epoch": e, "lambda_a": x, "lambda_b": 1.0 - x} for e, x in enumerate(values)]


def test_a_growing_log_is_judged_as_it_grows_and_told_where_a_verdict_changes(tmp_path):
    writer = Writer(tmp_path / "log.json", hook_log("weights"))
    status, lines, _ = watched(writer)
    assert status == 0
    assert ": converged" in lines[-1]
    assert len(lines) < 12
    codes = [line.split(": ")[-1].split(".")[0] for line in lines]
    assert all(a != b for a, b in pairwise(codes))


@pytest.mark.parametrize("code", ["diverged", "oscillating", "drifting"])
def test_a_watch_ends_on_the_verdict_that_was_named(tmp_path, code):
    log = {
        "diverged": weights([0.5] * 5 + [0.5 - 0.05 * e for e in range(60)]),
        "oscillating": weights([0.1, 0.9] * 60),
        "drifting": weights([0.5] * 5 + [0.5 - 0.004 * e for e in range(100)]),
    }[code]
    writer = Writer(tmp_path / "log.json", log)
    status, lines, _ = watched(writer, exit_on=(code,))
    assert status == BY_CODE[code]
    assert f": {code}, " in lines[-1]
    assert writer.written < len(log)


def test_a_watch_ends_on_a_verdict_on_the_model(tmp_path):
    log = [r | {"val_loss": 1.0 + r["epoch"] / 20, "train_loss": 0.95 ** r["epoch"]} for r in hook_log()]
    status, lines, _ = watched(Writer(tmp_path / "log.json", log), exit_on=("overfitting",))
    assert status == 8
    assert "overfitting" in lines[-1]
    assert BY_CODE["overfitting"] == 8
    assert "overfitting" in MODEL


def test_a_torn_log_is_waited_for_and_a_missing_one_too(tmp_path):
    writer = Writer(tmp_path / "log.json", hook_log("weights"), torn=(2, 3, 7))
    status, lines, warned = watched(writer)
    assert status == 0
    assert ": converged" in lines[-1]
    assert not warned


def test_a_watch_of_nothing_ends_when_it_was_quiet_for_long_enough(tmp_path):
    writer = Writer(tmp_path / "log.json", [])
    assert watched(writer) == (2, [], ["No log was found."])
    assert writer.seconds == 5.0


def test_a_watch_that_could_read_nothing_says_why(tmp_path):
    path = tmp_path / "log.json"
    path.write_text('{"epoch": ')
    status, lines, (reason,) = watched(Writer(path, []))
    assert (status, lines) == (2, [])
    assert "log.json" in reason


@pytest.mark.parametrize("by", [Stated(floor=0.7), Stated(mapping="alfa=weight:seg")])
def test_a_watch_says_once_that_what_is_stated_does_not_fit_the_log(tmp_path, by):
    status, lines, (reason,) = watched(Writer(tmp_path / "log.json", hook_log("weights")), by)
    assert (status, lines) == (2, [])
    assert "0.7" in reason or "alfa" in reason


@pytest.mark.parametrize(
    "option", ["--steps-per-epoch=3.5", "--steps-per-epoch=0", "--every=soon", "--every=-1"]
)
def test_a_number_that_does_not_fit_is_refused_in_words(capsys, option):
    with pytest.raises(SystemExit):
        main(["watch", "log.json", option])
    said = capsys.readouterr().err
    assert "must be a" in said
    assert "invalid" not in said


def test_a_watch_prints_an_object_a_line(tmp_path):
    writer = Writer(tmp_path / "log.json", hook_log("weights"))
    _, lines, _ = watched(writer, as_json=True)
    last = json.loads(lines[-1])
    assert last["balancer"]["code"] == "converged"
    assert last["balancer"]["evidence"]["w"] == pytest.approx(0.0477, abs=1e-3)


def test_codes_to_end_on_must_be_verdicts(capsys):
    with pytest.raises(SystemExit):
        main(["watch", "x", "--exit-on", "starving"])
    assert "must be some of" in capsys.readouterr().err


def test_the_readme_tells_the_same_table():
    said = (ROOT / "README.md").read_text()
    for status, codes in TABLE.items():
        assert f"| {status} | {', '.join(codes)} |" in said
