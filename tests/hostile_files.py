"""What may lie in a folder of logs beside good runs, to harm whoever opens it."""

import io
import os
import socket
import struct
import subprocess
import zipfile
import zlib

from tests.run_logs import info, trace, write

GOOD = ("FD002/gaba/seed_42", "FD002/gaba/seed_7")


def good_runs(folder):
    """Two runs that must stay readable whatever lies beside them."""
    write(folder / GOOD[0], run=info(), steps=trace())
    write(folder / GOOD[1])


def clear(folder):
    """Remove a folder nested deeper than Python's own functions go."""
    subprocess.run(["rm", "-rf", str(folder)], check=True)


def npz_with_header(shape, size=64):
    """An archive as `numpy.savez` writes it whose array `step` claims a shape."""
    head = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}".encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in ("step", "state", "weights", "norms", "losses"):
            content = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head + b"\0" * size
            archive.writestr(f"{name}.npy", content)
    return out.getvalue()


def _link_out(folder, name):
    secret = folder.parent / "secret.json"
    secret.write_text('{"password": "hunter2-outside", "subset": "SECRET-SUBSET", "epoch": 1, "loss": 2}')
    (write(folder / "odd") / name).unlink(missing_ok=True)
    (folder / "odd" / name).symlink_to(secret)


def _fifo(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    os.mkfifo(path)


def _socket(folder):
    end = socket.socket(socket.AF_UNIX)
    at = os.getcwd()
    os.chdir(folder)  # the path of a socket has at most 107 bytes
    end.bind("x.jsonl")
    os.chdir(at)
    end.close()


def _sparse(path, size=1 << 34):
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as stream:
        stream.truncate(size)


def _deep(folder, levels=1200):
    at = os.open(folder, os.O_RDONLY)
    for _ in range(levels):
        os.mkdir("d", dir_fd=at)
        inner = os.open("d", os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = inner
    os.close(at)


def _loop(folder):
    (folder / "a").symlink_to(folder / "b")
    (folder / "b").symlink_to(folder / "a")
    (folder / "x.jsonl").symlink_to(folder / "x.jsonl")
    (folder / "round").symlink_to(folder)


def _named(folder, name):
    write(folder / os.fsdecode(name))


def _lines(folder, second):
    (folder / "x.jsonl").write_bytes(b'{"epoch":0,"loss":1}\n{"epoch":1,"loss":' + second)


def _bomb(folder):
    odd = write(folder / "odd", run=info())
    head = b"{'descr': '<f4', 'fortran_order': False, 'shape': (200000000, 2), }"
    with zipfile.ZipFile(odd / "steps.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("step", "state", "weights", "norms", "losses"):
            archive.writestr(
                f"{name}.npy", b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head + bytes(1 << 20)
            )


HOSTILE = {
    "a FIFO for a log": lambda f: _fifo(f / "odd/convergence_log.json"),
    "a FIFO for JSON Lines": lambda f: _fifo(f / "x.jsonl"),
    "a FIFO of any name": lambda f: _fifo(f / "results.txt"),
    "a FIFO for run.json": lambda f: _fifo(write(f / "odd") / "run.json"),
    "a FIFO for steps.npz": lambda f: _fifo(write(f / "odd") / "steps.npz"),
    "a socket": _socket,
    "an endless device for run.json": lambda f: (write(f / "odd") / "run.json").symlink_to("/dev/zero"),
    "an endless device for a log": lambda f: (f / "x.jsonl").symlink_to("/dev/zero"),
    "a log that leads out": lambda f: _link_out(f, "convergence_log.json"),
    "a run.json that leads out": lambda f: _link_out(f, "run.json"),
    "a steps.npz that leads out": lambda f: _link_out(f, "steps.npz"),
    "links in loops": _loop,
    "a folder called like a log": lambda f: (f / "odd/convergence_log.json").mkdir(parents=True),
    "a folder called like JSON Lines": lambda f: (f / "x.jsonl").mkdir(),
    "a sparse log": lambda f: _sparse(f / "odd/convergence_log.json", 1000 << 20),
    "a sparse log above the limit": lambda f: _sparse(f / "x.jsonl"),
    "a sparse file of any name": lambda f: _sparse(f / "any.dat"),
    "a sparse run.json": lambda f: _sparse(write(f / "odd") / "run.json"),
    "a sparse steps.npz": lambda f: _sparse(write(f / "odd") / "steps.npz"),
    "steps of a trillion rows": lambda f: (write(f / "odd", run=info()) / "steps.npz").write_bytes(
        npz_with_header((10**12,))
    ),
    "steps that inflate": _bomb,
    "a name that is no UTF-8": lambda f: _named(f, b"caf\xe9"),
    "a name with a colon": lambda f: _named(f, b"run_2026-11-25_10:30:00"),
    "a name with a backslash": lambda f: _named(f, rb"$\frac12$"),
    "a name with a line end": lambda f: _named(f, b"one\ntwo"),
    "a name that turns around": lambda f: _named(f, "txt\u202egpj.a".encode()),
    "a name of 255 bytes": lambda f: _named(f, b"x" * 255),
    "a name that JavaScript knows": lambda f: _named(f, b"__proto__"),
    "a name like that of a dropped file": lambda f: _named(f, b"dropped: x #1"),
    "a number of 4,400 digits": lambda f: _lines(f, b"9" * 4400 + b"}\n"),
    "a line that nests 3,000 deep": lambda f: _lines(f, b"[" * 3000),
    "1,200 nested folders": _deep,
    "torn compression": lambda f: (f / "x.jsonl").write_bytes(zlib.compress(b"x" * 999)[:9]),
}
