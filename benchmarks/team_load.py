"""Whether many visitors at once are served each their own: `python benchmarks/team_load.py`.

Four gunicorn workers and 200 visitors, requests interleaved: each moves a control of its own setting,
and every answer is compared with what one process alone answers. Then one worker is killed under this load:
printed is how many requests failed of it, and when there were four workers again.
"""

from __future__ import annotations

import hashlib
import os
import random
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import app
from benchmarks.first_load import free_port
from benchmarks.measuring import machine
from benchmarks.server_load import workers_of

WORKERS, VISITORS, EACH, ABREAST = 4, 200, 5, 16
ASKED = "/frames/convergence?control=beta&floor={:.5f}&sigma={:.4f}&beta={:.4f}"


def path_of(visitor: int, turn: int) -> str:
    """Return what a visitor asks at its turn: no other asks the same."""
    return ASKED.format(0.01 + visitor / 1e4, 0.05 + turn / 100, 0.95 + turn / 1000)


def body_of(port: int, path: str) -> bytes | None:
    """Return the body of an answer, None where the request failed."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
            line.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
            parts = []
            while part := line.recv(262_144):
                parts.append(part)
    except OSError:
        return None
    head, _, body = b"".join(parts).partition(b"\r\n\r\n")
    return body if head.startswith(b"HTTP/1.1 200") else None


def start(port: int) -> subprocess.Popen[bytes]:
    """Start the workers; return their parent once all of them are there and one answers."""
    command = [sys.executable, "-m", "gunicorn", "--log-level", "critical", "--workers", str(WORKERS)]
    server = subprocess.Popen(
        [*command, "--bind", f"127.0.0.1:{port}", "app:create_app()"], cwd=Path(__file__).parents[1]
    )
    while body_of(port, "/healthz") is None or len(workers_of(server)) < WORKERS:
        time.sleep(0.05)
    return server


def asked(port: int, paths: list[str]) -> list[bytes | None]:
    """Return the bodies of many requests, some of them under way at once."""
    with ThreadPoolExecutor(ABREAST) as threads:
        return list(threads.map(lambda path: body_of(port, path), paths))


def right_answers(paths: list[str]) -> list[bytes]:
    """Return what one process alone answers."""
    client = app.create_app().server.test_client()
    return [hashlib.blake2b(client.get(path).data).digest() for path in paths]


def cross_talk(port: int, paths: list[str], right: list[bytes]) -> tuple[int, int]:
    """Return how many of the requests failed, and how many were answered by something else."""
    bodies = asked(port, paths)
    found = [None if body is None else hashlib.blake2b(body).digest() for body in bodies]
    wrong = sum(one is not None and one != other for one, other in zip(found, right, strict=True))
    return found.count(None), wrong


def killed(port: int, server: subprocess.Popen[bytes], paths: list[str]) -> tuple[int, float]:
    """Return how many requests failed when a worker was killed among them, and the seconds to its heir."""
    with ThreadPoolExecutor(1) as beside:
        answers = beside.submit(asked, port, paths)
        time.sleep(0.5)
        victim = workers_of(server)[0]
        os.kill(victim, signal.SIGKILL)
        begin = time.perf_counter()
        while victim in (alive := workers_of(server)) or len(alive) < WORKERS:
            time.sleep(0.01)
        seconds = time.perf_counter() - begin
        return answers.result().count(None), seconds


def main() -> None:
    """Print errors, cross-talk, what a killed worker costs, and the machine."""
    paths = [path_of(visitor, turn) for visitor in range(VISITORS) for turn in range(EACH)]
    random.Random(2026).shuffle(paths)
    port = free_port()
    server = start(port)
    try:
        failed, wrong = cross_talk(port, paths, right_answers(paths))
        print(f"{VISITORS} visitors, {len(paths)} requests: {failed} failed, {wrong} answered by another's")
        failed, seconds = killed(port, server, [path.replace("0.9", "0.8") for path in paths])
        print(f"a worker killed under load: {failed} of {len(paths)} requests failed")
        print(f"{seconds:.1f} s until another stood in its place")
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait()
    print(f"{WORKERS} workers, {ABREAST} requests at once; {machine()}")


if __name__ == "__main__":
    main()
