"""A folder of runs for the tests of the Replay view, and its states."""

import json
import shutil

from components.replay import data
from tests.paths import LOGS
from tests.run_cases import params
from tests.run_cases import records as simulated_records
from tests.run_logs import info, records, write
from tests.run_logs import trace as steps_of

NORMS, FOREIGN = "norms.jsonl", "foreign.jsonl"
KEY, THREE, EPOCHS, DWA = "FD002/gaba/seed_42", "three/gaba/seed_1", "epochs", "FD002/dwa/seed_42"


def make_folder(logs):
    """A GABA run and a rival as shipped, one of three tasks, logs of epochs and of every tenth step."""
    for key in (KEY, DWA):
        shutil.copytree(LOGS / key, logs / key)
    three = [r | {"w_<b>third</b>": 0.0} for r in records()]
    write(logs / THREE, log=three, run=info(method=None, seed=1), steps=steps_of(80, tasks=3))
    write(logs / EPOCHS, log=simulated_records(params()))
    rows = [{"step": 10 * i + 9, "res_grad_norm": 5.0 + i % 3, "ics_grad_norm": 1.0} for i in range(60)]
    weights = [{"res_weight": 0.2, "ics_weight": 0.8} if i % 2 else {} for i in range(60)]
    foreign = [row | more for row, more in zip(rows, weights, strict=True)]
    for name, log in ((NORMS, rows), (FOREIGN, foreign)):
        (logs / name).write_text("".join(json.dumps(row) + "\n" for row in log))
    return logs


def state_of(**text):
    """The state that a link describes, without complaint."""
    state, problems = data.completed({"run": KEY, **text})
    assert problems == ()
    return state


def run_of(key=KEY):
    """The run as the page reads it."""
    return data.subject(state_of(run=key)).run
