"""What the page says of logs that count steps, hold many records an epoch, or weights far beyond 1."""

import base64
import json

import numpy as np

from components.run_source.selected_run import Shown
from components.run_source.source import rows as listed
from components.runs.figure.figure import runs_picture
from components.runs.state import RunsState
from components.runs.time_axis import TimeAxis, clock_options
from gaba_core.runs import read_run
from gaba_core.runs.library_entry import entry_of


def lines(rows):
    return "".join(json.dumps(row) + "\n" for row in rows)


def shown(text, key="k"):
    return Shown(key, key, read_run(text), 0)


def drawn(s, uid, **state):
    picture = runs_picture((s,), RunsState(**state))
    return picture, next(t for t in picture["data"] if t["uid"].startswith(uid))


def test_the_list_counts_epochs_and_not_records():
    rounded = lines({"epoch": round(s / 100, 1), "step": s, "loss": 1.0} for s in range(1, 1541))
    plain = lines({"epoch": e, "loss": 1.0} for e in range(7))
    steps = lines({"step": 10 * s, "loss": 1.0} for s in range(9))
    found = [listed([entry_of("k", read_run(text))])[0]["epochs"] for text in (rounded, plain, steps)]
    assert found == [15.4, 7, None]
    assert entry_of("k", read_run(rounded)).epochs == 1540


def test_the_clock_is_called_what_it_is():
    steps = shown(lines({"step": 10 * s, "loss": 1.0} for s in range(9)))
    epochs = shown(lines({"epoch": s, "loss": 1.0} for s in range(9)))
    assert clock_options((steps,))[0] == {"value": "epochs", "label": "As logged"}
    assert clock_options((epochs,))[0] == {"value": "epochs", "label": "Epochs"}
    assert TimeAxis((steps,), RunsState()).title.startswith("step")


def test_a_run_told_in_steps_stands_at_its_epochs_beside_one_of_epochs():
    many = shown(lines({"epoch": s / 10, "step": s, "loss": 1.0} for s in range(20)), "a")
    fine = shown(lines({"epoch": s // 5, "step": s, "loss": 1.0} for s in range(20)), "b")
    assert fine.run.unit == "step"
    axis = TimeAxis((many, fine), RunsState())
    assert axis.records(fine.run).tolist() == [s // 5 for s in range(20)]


def test_weights_far_beyond_one_are_drawn_on_a_logarithmic_axis():
    far = shown(lines({"epoch": e, "w_a": 10.0 ** (e * 3), "w_b": 1.0} for e in range(11)))
    picture, _ = drawn(far, "applied")
    assert picture["layout"]["yaxis"]["type"] == "log"
    low, high = picture["layout"]["yaxis"]["range"]
    assert low <= 0.0
    assert high >= 30.0
    near = shown(lines({"epoch": e, "w_a": 1.2, "w_b": 0.8 + e} for e in range(11)))
    assert drawn(near, "applied")[0]["layout"]["yaxis"]["type"] == "linear"


def test_rows_that_log_no_weights_leave_no_gap_in_their_line():
    text = lines(
        {"step": s, "loss": 1.0} | ({"w_a": 0.5, "w_b": 0.5} if s % 4 == 3 else {}) for s in range(20)
    )
    s = shown(text)
    picture, line = drawn(s, "state", x="steps")
    assert not any(t["uid"].startswith("gap") for t in picture["data"])
    assert len(np.frombuffer(base64.b64decode(line["x"]["bdata"]), np.float32)) == 5


def test_a_line_breaks_where_its_run_was_resumed():
    steps = [*range(0, 150, 10), *range(100, 200, 10)]
    _, line = drawn(shown(lines({"step": s, "val_loss": float(i)} for i, s in enumerate(steps))), "metric")
    x = np.frombuffer(base64.b64decode(line["x"]["bdata"]), np.float32)
    assert np.isnan(x).sum() == 1
    known = x[~np.isnan(x)]
    assert known.tolist() == list(range(0, 200, 10))
    assert x[int(np.flatnonzero(np.isnan(x))[0]) + 1] == 100.0
