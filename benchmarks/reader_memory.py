"""What logs of 10 MB take while they are read: `python benchmarks/reader_memory.py [MB] [KIND]`.

Each kind of `dense_logs` is read by a process of its own, from its file, as the dashboard reads it. Printed
are the bytes, the memory that the process took above what it had before in bytes for a byte of the file, the
seconds of the processor, and the outcome. Promised are 20 MB and five times the file, and two seconds.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.dense_logs import KINDS
from benchmarks.measuring import machine
from gaba_core.errors import LogFormatError
from gaba_core.runs import read_run

MB = 1_000_000
BASE_BYTES, TIMES, LIMIT_S = 20 * MB, 5, 2.0


def held(name: str) -> int:
    """Return the bytes of this process that the system counts: VmRSS now, VmHWM at most so far."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(name))


def read(path: Path) -> None:
    """Read a log; print its outcome, the bytes that took above what the process had, and the seconds."""
    read_run(b"epoch,loss\n0,1\n1,2\n")
    before, begin = held("VmRSS"), time.process_time()
    try:
        run = read_run(path)
        said = f"{len(run.epochs)} records of {run.reading.format if run.reading else '?'}"
    except LogFormatError as error:
        said = f"refused: {error}"
    took = time.process_time() - begin
    print(held("VmHWM") - before, took, said.replace(str(path), "it"), sep="\t")


def main() -> None:
    """Print what every kind takes."""
    size = int(float(sys.argv[1]) * MB) if len(sys.argv) > 1 else 10 * MB
    wanted = sys.argv[2] if len(sys.argv) > 2 else ""
    over = []
    print(f"{'kind':36} {'MB':>5} {'times':>6} {'above':>6} {'s':>5}  outcome")
    for name, write in KINDS.items():
        if wanted not in name:
            continue
        data = write(size)
        with tempfile.NamedTemporaryFile(suffix=".log") as file:
            file.write(data)
            file.flush()
            done = subprocess.run(
                [sys.executable, __file__, "--read", file.name], capture_output=True, text=True, check=False
            )
        if done.returncode:
            print(f"{name:36} {len(data) / MB:5.1f} {'':13} {done.stderr.strip().splitlines()[-1:]}")
            over.append(name)
            continue
        taken, seconds, said = done.stdout.rstrip("\n").split("\t")
        above = int(taken) - BASE_BYTES - TIMES * len(data)
        if above > 0 or float(seconds) > LIMIT_S:
            over.append(name)
        print(
            f"{name:36} {len(data) / MB:5.1f} {int(taken) / len(data):6.1f} "
            f"{max(0, above) / MB:6.1f} {float(seconds):5.1f}  {said[:110]}"
        )
    print(
        f"{len(over)} above {BASE_BYTES // MB} MB + {TIMES} times the file or {LIMIT_S} s: {', '.join(over)}"
    )
    print(machine())


if __name__ == "__main__":
    if sys.argv[1:2] == ["--read"]:
        read(Path(sys.argv[2]))
    else:
        main()
