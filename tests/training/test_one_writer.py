"""One writer in a folder at a time, and files that agree whenever it is killed."""

import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time

import pytest

from gaba_core.errors import ParameterError
from gaba_core.training import ConvergenceLogger, GABALoss
from gaba_core.training.folder_lock import NAME as LOCK
from tests.training.run_folders import NAMES, agree, started, trained


def test_a_second_writer_is_refused_while_the_first_lives(tmp_path):
    log, _ = started(tmp_path, [0])
    with pytest.raises(ParameterError, match=f"one writer at a time; .* process {os.getpid()} on"):
        ConvergenceLogger(tmp_path, GABALoss(), resume=True)
    log.close()
    started(tmp_path, [0], overwrite=True)
    assert not (tmp_path / LOCK).exists()


WRITER = """
import sys
from gaba_core.training import ConvergenceLogger, GABALoss
log = ConvergenceLogger(sys.argv[1], GABALoss())
print("ready", flush=True)
sys.stdin.read()
"""


def test_another_process_is_refused_until_it_is_killed(tmp_path):
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert writer.stdout.readline() == "ready\n"
    with pytest.raises(ParameterError, match=f"written by process {writer.pid} on {socket.gethostname()}"):
        ConvergenceLogger(tmp_path, GABALoss())
    writer.kill()
    writer.communicate()
    log, _ = started(tmp_path, [0])
    log.close()
    assert {path.name for path in tmp_path.iterdir()} == NAMES


@pytest.mark.parametrize(
    ("holder", "age", "is_free"),
    [
        ("999999999 {host}", 0, True),  # a process of this host that is no more
        ("1 {host}", 0, False),
        ("1 elsewhere", 0, False),
        ("1 elsewhere", 7200, True),
        ("garbage", 0, True),
        ("", 0, True),
    ],
)
def test_where_there_is_no_lock_of_the_system_the_file_decides(tmp_path, monkeypatch, holder, age, is_free):
    monkeypatch.setattr("gaba_core.training.folder_lock.fcntl", None)
    (tmp_path / LOCK).write_text(holder.format(host=socket.gethostname()))
    os.utime(tmp_path / LOCK, (time.time() - age,) * 2)
    if is_free:
        ConvergenceLogger(tmp_path, GABALoss()).close()
    else:
        with pytest.raises(ParameterError, match="one writer at a time"):
            ConvergenceLogger(tmp_path, GABALoss())


# Killed at any moment.


def _killed_at(folder, pause):
    """A child trains into the folder without end and is killed after so many seconds."""
    child = os.fork()
    if child == 0:
        try:
            loss = GABALoss(beta=0.5, warmup_steps=1)
            log = ConvergenceLogger(folder, loss, resume=True)
            trained(log, loss, range(len(log.records), 10**6))
        finally:
            os._exit(1)
    time.sleep(pause)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


@pytest.mark.parametrize("kills", [8, pytest.param(200, marks=pytest.mark.slow)])
def test_after_a_kill_at_any_moment_the_three_files_agree(tmp_path, kills):
    moments, last = random.Random(0), -1
    for _ in range(kills):
        _killed_at(tmp_path, moments.uniform(0.002, 0.1))
        found = agree(tmp_path)
        assert found is None or found >= last
        last = last if found is None else found
    log, _ = started(tmp_path, [last + 1], resume=True)
    log.close()
    assert agree(tmp_path) == last + 1
    assert {path.name for path in tmp_path.iterdir()} == NAMES  # the next start removed what was temporary


@pytest.mark.parametrize("written", [("steps.npz",), ("steps.npz", "run.json")])
def test_a_kill_between_two_of_the_three_files_is_read_as_the_epoch_before(tmp_path, written):
    started(tmp_path / "behind", [0, 1])
    started(tmp_path / "ahead", [0, 1, 2])
    for name in written:
        shutil.copy(tmp_path / "ahead" / name, tmp_path / "behind" / name)
    assert agree(tmp_path / "behind") == 1
    log, _ = started(tmp_path / "behind", [2], resume=True)
    log.close()
    assert agree(tmp_path / "behind") == 2
