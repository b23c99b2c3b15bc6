import json
import subprocess
import sys
from pathlib import Path

import pytest

from gaba_core.runs import RunLibrary
from gaba_core.runs.__main__ import main
from gaba_core.runs.schema import LOG_FILE
from tests.paths import ROOT
from tests.run_cases import about, errors, params, records
from tests.run_logs import write


def train(folder, seed, best=10.0, epochs=60, **changes):
    settings = params(seeds=(seed,), epochs=epochs, **changes)
    log = records(settings, rmse=errors(best, epochs // 2, epochs))
    return write(folder / f"seed_{seed}", log, about(settings, subset="FD004", method="gaba", seed=seed))


def test_0_when_every_balancer_converged_and_a_table_of_a_folder(tmp_path, capsys):
    for seed in (1, 2, 3):
        train(tmp_path, seed)
    assert main(["diagnose", str(tmp_path)]) == 0
    head, *rows, last = capsys.readouterr().out.splitlines()
    assert head.split() == ["run", "balancer", "weight", "model", "metric", "best", "at"]
    assert [row.split()[1:6] for row in rows] == [["converged", "0.0477", "settled", "rmse_last", "10"]] * 3
    assert last == "3 of 3 balancers came to rest."


def test_a_noisy_balancer_is_counted_and_is_nothing_to_look_at(tmp_path, capsys):
    train(tmp_path, 1)
    train(tmp_path, 2, norms=(3.0, 1.0), sigma=1.0, noise="lognormal", epochs=200)
    assert main(["diagnose", str(tmp_path)]) == 0
    *_, last = capsys.readouterr().out.splitlines()
    assert last == "1 of 2 balancers came to rest, 1 more is stationary, if noisy."


def test_a_metric_that_the_log_lacks_is_said_in_the_line(tmp_path, capsys):
    assert main(["diagnose", str(train(tmp_path, 1)), "--metric", "val_miou"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert line.endswith("The balancer converged. The log holds no metric val_miou; it holds rmse_last.")


def test_columns_that_may_be_weights_are_asked_about_with_the_mapping_that_says_so(tmp_path, capsys):
    rows = "".join(f"{e},{0.2 + 0.3 * 0.8**e},{0.8 - 0.3 * 0.8**e}\n" for e in range(40))
    (tmp_path / "my.csv").write_text("epoch,share one,share two\n" + rows)
    assert main(["diagnose", str(tmp_path / "my.csv")]) == 1
    line, mapping = capsys.readouterr().out.splitlines()
    assert "are they task weights?" in line
    assert main(["diagnose", str(tmp_path / "my.csv"), "--mapping", mapping.split('"')[1]]) == 0


def test_a_log_without_a_balancer_is_not_counted_among_them(tmp_path, capsys):
    train(tmp_path, 1)
    (tmp_path / "b.csv").write_text("epoch,val_loss\n" + "".join(f"{e},{1 / (e + 1)}\n" for e in range(20)))
    main(["diagnose", str(tmp_path)])
    said = capsys.readouterr().out
    assert "1 of 1 balancers came to rest; 1 of 2 runs logged none." in said


def test_one_run_is_said_in_one_line(tmp_path, capsys):
    main(["diagnose", str(train(tmp_path, 1))])
    (line,) = capsys.readouterr().out.splitlines()
    assert ": converged, settled. The balancer converged" in line


def test_1_when_one_did_not(tmp_path, capsys):
    folders = [train(tmp_path, 1), train(tmp_path, 2, epochs=8)]
    assert main(["diagnose", *map(str, folders)]) == 1
    assert "too-short" in capsys.readouterr().out


def test_2_when_one_cannot_be_read_and_the_others_are_judged_all_the_same(tmp_path, capsys):
    train(tmp_path, 1)
    write(tmp_path / "broken", "[{")
    assert main(["diagnose", str(tmp_path)]) == 2
    said = capsys.readouterr()
    assert "converged" in said.out
    assert "broken" in said.err


@pytest.mark.parametrize("name", ["", "missing.json"])
def test_2_when_there_is_nothing_to_read(tmp_path, capsys, name):
    assert main(["diagnose", str(tmp_path / name)]) == 2
    assert capsys.readouterr().err


def test_runs_given_together_are_each_others_siblings(tmp_path, capsys):
    for seed, best in ((1, 7.5), (2, 7.6), (3, 7.4), (789, 14.2)):
        train(tmp_path, seed, best)
    assert main(["diagnose", "--json", str(tmp_path)]) == 0
    found = {Path(item["path"]).parent.name: item for item in json.loads(capsys.readouterr().out)}
    assert {name for name, item in found.items() if item["model"]["code"] == "outlier"} == {"seed_789"}
    assert found["seed_789"]["summary"].startswith("The balancer is innocent")
    assert found["seed_789"]["model"]["evidence"]["siblings"] == 3
    assert found["seed_789"]["converged"] is True


def test_json_is_strict_and_names_what_could_not_be_read(tmp_path, capsys):
    write(tmp_path / "lost", [{"epoch": e, "w_a": None, "w_b": 0.5} for e in range(4)])
    write(tmp_path / "torn", "[{")

    def refuse(word):
        raise AssertionError(word)

    assert main(["diagnose", "--json", str(tmp_path)]) == 2
    found = json.loads(capsys.readouterr().out, parse_constant=refuse)
    assert found[0]["balancer"]["code"] == "diverged"
    assert "torn" in found[1]["error"]


def test_evidence_and_rules_are_printed_on_demand(tmp_path, capsys):
    folder = train(tmp_path, 1)
    main(["diagnose", "-v", str(folder)])
    said = capsys.readouterr().out
    assert "evidence: epoch" in said
    assert "rule: Converged:" in said
    assert "note (best-epoch)" in said


def test_a_training_script_can_ask_for_it(tmp_path):
    folder = train(tmp_path, 1, epochs=5)
    done = subprocess.run(
        [sys.executable, "-m", "gaba_core.runs", "diagnose", str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert "too-short" in done.stdout


def test_fit_prints_every_number_with_its_interval_and_what_cannot_be_told(tmp_path, capsys):
    assert main(["fit", str(train(tmp_path, 1))]) == 0
    said = capsys.readouterr().out
    assert "task rul, time in steps" in said
    assert "  time constant  99." in said
    assert "  floor          the log cannot tell\n" in said
    assert "  residual       " in said


def test_fit_as_json_holds_the_numbers_themselves_and_null_where_the_log_cannot_tell(tmp_path, capsys):
    train(tmp_path, 1)
    write(tmp_path / "broken", "[{")
    assert main(["fit", "--json", str(tmp_path)]) == 2
    broken, fitted = sorted(json.loads(capsys.readouterr().out), key=lambda one: one["path"])
    assert "must be complete JSON" in broken["error"]
    assert fitted["beta"]["low"] < 0.99 < fitted["beta"]["high"]
    assert fitted["floor"] is None
    assert fitted["unit"] == "steps"


def test_fit_is_1_where_a_log_tells_no_time_constant(tmp_path, capsys):
    log = [{"epoch": e, "rmse_last": 1.0} for e in range(5)]
    assert main(["fit", str(write(tmp_path, log))]) == 1
    assert "no fit" in capsys.readouterr().out


@pytest.mark.parametrize("command", ["diagnose", "fit"])
def test_a_folder_holds_the_runs_that_the_dashboard_lists(tmp_path, capsys, command):
    train(tmp_path / "ours", 1)
    csv = "epoch,val_loss,w_a,w_b\n" + "".join(
        f"{e},{2 - e / 9},{0.5**e / 2},{1 - 0.5**e / 2}\n" for e in range(9)
    )
    for name in ("metrics.csv", "progress.csv"):
        (tmp_path / name).write_text(csv)
    (tmp_path / "train.jsonl").write_text(
        '{"epoch": 0, "w_a": 0.5, "w_b": 0.5}\n{"epoch": 1, "w_a": 0.4, "w_b": 0.6}\n'
    )
    main([command, "--json", str(tmp_path)])
    found = {Path(item["path"]).relative_to(tmp_path) for item in json.loads(capsys.readouterr().out)}
    listed = {entry.key for entry in RunLibrary(tmp_path).entries()}
    assert {str(path.parent if path.name == LOG_FILE else path) for path in found} == listed
    assert listed == {"ours/seed_1", "metrics.csv", "progress.csv", "train.jsonl"}


def test_a_folder_without_a_log_says_so(tmp_path, capsys):
    assert main(["diagnose", str(tmp_path)]) == 2
    assert "No log was found." in capsys.readouterr().err
