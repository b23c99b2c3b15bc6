"""How many requests a second the drag path answers, beside a bare route: `python benchmarks/server_load.py`.

Two gunicorn workers and 16 clients, each server alone. The clients run in Python on the same cores and take
their part of them, so the processor time that the servers themselves spend on a request is printed too. Then
the memory of the workers, before and after 10,000 requests none of which is like another.
"""

from __future__ import annotations

import os
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import repeat
from pathlib import Path

from flask import Flask, Response

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.first_load import free_port, start
from benchmarks.measuring import machine

CLIENTS, PROCESSES, ROUNDS, SECONDS = 16, 2, 3, 1.0
ASKED = "/frames/convergence?control=beta&beta=0.99"
UNLIKE = "/frames/convergence?control=floor&floor={:.6f}&sigma={:.4f}"
BATCH = "/frames/convergence?control=beta&first=96&count=6"


def bare(size: int) -> Flask:
    """Return an app with one route that returns so many bytes, for gunicorn."""
    server, body = Flask(__name__), bytes(size)

    @server.get("/")
    def answer() -> Response:
        return Response(body, mimetype="application/json")

    return server


def ask(port: int, path: str) -> int:
    """Ask once, over a connection of its own; return the bytes of the answer's body."""
    with socket.create_connection(("127.0.0.1", port)) as line:
        head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: br\r\nConnection: close\r\n\r\n"
        line.sendall(head.encode())
        parts = []
        while part := line.recv(262_144):
            parts.append(part)
    answer = b"".join(parts)
    if not answer.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(answer[:200].decode(errors="replace"))
    return len(answer) - answer.index(b"\r\n\r\n") - 4


def hammer(port: int, path: str, seconds: float) -> int:
    """Ask again and again from some threads; return how often."""

    def one(_: int) -> int:
        end, count = time.perf_counter() + seconds, 0
        while time.perf_counter() < end:
            ask(port, path)
            count += 1
        return count

    with ThreadPoolExecutor(CLIENTS // PROCESSES) as threads:
        return sum(threads.map(one, range(CLIENTS // PROCESSES)))


def workers_of(server: subprocess.Popen[bytes]) -> list[int]:
    """Return the process ids of a gunicorn's workers."""
    return [int(text) for text in Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()]


def processor_seconds(pids: list[int]) -> float:
    """Return what some processes have used of the processors."""
    ticks = sum(sum(map(int, Path(f"/proc/{pid}/stat").read_text().split()[13:15])) for pid in pids)
    return ticks / os.sysconf("SC_CLK_TCK")


def resident(pids: list[int]) -> list[float]:
    """Return the resident memory of each process in megabytes."""
    page = os.sysconf("SC_PAGE_SIZE")
    return [int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * page / 1e6 for pid in pids]


@contextmanager
def running(application: str) -> Iterator[tuple[int, list[int]]]:
    """Serve an application while the block runs; give its port and its workers."""
    port = free_port()
    server, _ = start(port, application)
    try:
        time.sleep(1.0)  # until the second worker is up too
        yield port, workers_of(server)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait()


def rate(application: str, path: str) -> tuple[float, float]:
    """Return requests a second and the servers' milliseconds for one, medians over rounds."""
    rates, costs = [], []
    with running(application) as (port, pids), ProcessPoolExecutor(PROCESSES) as pool:
        for _ in range(20):
            ask(port, path)
        for _ in range(ROUNDS):
            before = processor_seconds(pids)
            begin = time.perf_counter()
            count = sum(pool.map(hammer, [port] * PROCESSES, repeat(path), repeat(SECONDS)))
            rates.append(count / (time.perf_counter() - begin))
            costs.append(1e3 * (processor_seconds(pids) - before) / count)
    return statistics.median(rates), statistics.median(costs)


def memory(requests: int, warm: int) -> tuple[list[float], list[float]]:
    """Return the workers' megabytes after some unlike requests that fill the caches, and after many more."""
    found = []
    with running("app:create_app()") as (port, pids), ThreadPoolExecutor(CLIENTS) as threads:
        for first, last in ((0, warm), (warm, warm + requests)):
            paths = (UNLIKE.format(0.05 + i / 1e6, 0.05 + i // 20 / 1e4) for i in range(first, last))
            list(threads.map(ask, repeat(port), paths))
            found.append(resident(pids))
    return found[0], found[1]


def main() -> None:
    """Print rates, costs, memory and the machine."""
    for name, path in (("one frame", ASKED), ("six frames", BATCH)):
        with running("app:create_app()") as (port, _):
            size = ask(port, path)
        frames, frames_cost = rate("app:create_app()", path)
        plain, plain_cost = rate(f"benchmarks.server_load:bare({size})", "/")
        print(f"{name}, {size / 1e3:.1f} kB: {frames:.0f} requests/s, {frames_cost:.2f} ms of processor each")
        print(f"bare route of as many bytes: {plain:.0f} requests/s, {plain_cost:.2f} ms of processor each")
        print(
            f"ratio of the rates {frames / plain:.2f}, of the processor time {plain_cost / frames_cost:.2f}"
        )
    before, after = memory(10_000, 5_000)
    shown = ["+".join(f"{one:.0f}" for one in values) for values in (before, after)]
    print(f"workers' memory after 5,000 unlike requests {shown[0]} MB, after 10,000 more {shown[1]} MB")
    print(f"{machine()}; {CLIENTS} clients, medians of {ROUNDS} rounds of {SECONDS:.0f} s")


if __name__ == "__main__":
    main()
