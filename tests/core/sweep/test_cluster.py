"""A sweep on a real Dask cluster: a scheduler and two workers, each a process of its own."""

import re
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager

import pytest

from gaba_core import SimulationParams
from gaba_core.sweep import Grid, sweep
from gaba_core.sweep.__main__ import main
from gaba_core.sweep.cluster import dask_executor
from gaba_core.sweep.planning import plan
from tests.paths import ROOT

GRID = Grid(
    {"beta": [0.9 + 0.01 * i for i in range(10)], "floor": (0.0, 0.02, 0.05), "sigma": (0.1, 0.5, 1.0, 1.5)},
    SimulationParams(noise="lognormal"),
)
SEEDS = 1500


def start(*arguments):
    return subprocess.Popen(
        [sys.executable, "-m", "distributed.cli.dask_" + arguments[0], *arguments[1:], "--no-dashboard"],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )


def said(process, pattern):
    """The first match of a pattern in what a process writes."""
    for line in process.stderr:
        if found := re.search(pattern, line):
            return found
    raise AssertionError(f"a process ended without {pattern}")


@contextmanager
def cluster():
    """Address of a scheduler, and two worker processes without a nanny, that nobody starts again."""
    processes = [start("scheduler", "--host", "127.0.0.1", "--port", "0")]
    try:
        address = said(processes[0], r"Scheduler at:\s+(tcp://127\.0\.0\.1:\d+)")[1]
        for _ in range(2):
            processes.append(start("worker", address, "--nthreads", "1", "--no-nanny"))
            said(processes[-1], "Registered to")
        yield address, processes[1:]
    finally:
        for process in reversed(processes):
            process.kill()
            process.communicate()


@pytest.mark.slow
def test_a_sweep_whose_worker_is_killed_midway_gives_the_same_file(tmp_path):
    chunks = len(plan(GRID, tuple(range(SEEDS))))
    assert chunks >= 6
    sweep(GRID, SEEDS, folder=tmp_path / "pool")
    with cluster() as (address, workers):

        def kill(done, _):
            if done == 1:  # the others have their chunks already
                workers[0].send_signal(signal.SIGKILL)
                workers[0].wait()

        with dask_executor(address) as executor:
            sweep(GRID, SEEDS, executor=executor, folder=tmp_path / "cluster", progress=kill)
        assert workers[0].poll() == -signal.SIGKILL
        assert workers[1].poll() is None
    files = [(tmp_path / name / "result.parquet").read_bytes() for name in ("pool", "cluster")]
    assert files[0] == files[1]


def test_a_scheduler_out_of_reach_is_one_message(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("gaba_core.sweep.cluster.REACHED_IN", 0.2)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))  # bound and not listening: nobody answers
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
        given = ["--axis", "beta=0.9", "--out", str(tmp_path), "--quiet", "--scheduler", address]
        assert main(given) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"The scheduler at {address} must answer; it did not within")
    assert main([*given[:-1], "nowhere"]) == 1
