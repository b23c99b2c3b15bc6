"""Training and validation in rows of one table are curves of their own, whatever the column is called."""

import json

import pytest

from gaba_core.runs import read_run, split_columns

EPOCHS = range(5)


def rows(by, splits, **shared):
    for e in EPOCHS:
        for k, split in enumerate(splits):
            yield {by: split, "epoch": e, "loss": 1.0 / (e + 1) + k, **({} if k else shared)}


def lines(found):
    return "".join(json.dumps(row) + "\n" for row in found)


@pytest.mark.parametrize(("by", "splits"), [
    ("phase", ("train", "val")), ("mode", ("train", "eval")), ("split", ("Train", "Validation", "Test")),
    ("data/stage", ("training", "dev"))])  # fmt: skip
@pytest.mark.parametrize("form", ["json", "csv"])
def test_what_several_parts_log_is_a_curve_for_each(by, splits, form):
    found = list(rows(by, splits))
    head = ",".join(found[0])
    text = (
        lines(found)
        if form == "json"
        else "\n".join([head, *(",".join(map(str, r.values())) for r in found), ""])
    )
    run = read_run(text)
    assert run.epochs.tolist() == list(EPOCHS)
    for k, split in enumerate(splits):
        assert run.metrics[f"{split}/loss"].tolist() == [1.0 / (e + 1) + k for e in EPOCHS]
    assert "loss" not in run.metrics
    assert f"loss is read apart by {by}: {', '.join(splits)}." in run.notes


def test_what_one_part_logs_keeps_its_name_and_time_is_shared():
    run = read_run(lines(rows("phase", ("train", "val"), w_a=0.25, w_b=0.75, lr=0.1)))
    assert run.tasks == ("a", "b")
    assert run.metrics["lr"].tolist() == [0.1] * 5
    assert set(run.metrics) == {"train/loss", "val/loss", "lr"}


@pytest.mark.parametrize("splits", [("warm", "cold"), ("train", "train")])
def test_other_words_are_no_parts_of_the_data(splits):
    run = read_run(lines(rows("phase", splits)))
    assert set(run.metrics) == {"loss"}
    assert "phase holds no numbers and was left out." in run.notes


def test_a_log_that_is_too_long_to_be_read_apart_says_so(monkeypatch):
    text = lines(rows("phase", ("train", "val")))
    monkeypatch.setattr(split_columns, "ROOM", 0)
    run = read_run(text)
    assert run.metrics["loss"].tolist() == [v for e in EPOCHS for v in (1.0 / (e + 1), 1.0 / (e + 1) + 1)]
    assert "phase tells parts of the data apart, which a log of 10 rows leaves in one." in run.notes
