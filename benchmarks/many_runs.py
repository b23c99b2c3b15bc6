"""What a folder of many runs costs to list: `python benchmarks/many_runs.py [RUNS]`.

Writes RUNS (10,000) finished runs of 50 epochs, and lists them as the dashboard does, in looks of at most
0.3 s: in a new process, and in another one after it. Printed are the seconds to the first rows, the CPU until
every run is listed, until every log is read, and of a look at the quiet folder; and the memory.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.measuring import machine
from components.run_source.source import AT_ONCE
from gaba_core.runs import RunLibrary

RUNS, EPOCHS, SEEDS, LOOKS = 10_000, 50, 100, 20
LONG_AGO = 3600.0  # s: what was written just now may still be written


def write_runs(folder: Path, count: int) -> None:
    """Write finished runs of two tasks, 100 seeds a method, an hour old."""
    then = time.time() - LONG_AGO
    rng = np.random.default_rng(0)
    for number in range(count):
        method, seed = f"m{number // SEEDS:03d}", number % SEEDS
        run = folder / "city" / method / f"seed_{seed}"
        run.mkdir(parents=True)
        about = {"subset": "city", "method": method, "seed": seed, "device": "cpu", "stopped": "epochs"}
        for name, content in (("convergence_log.json", _records(rng)), ("run.json", about)):
            path = run / name
            path.write_text(json.dumps(content))
            os.utime(path, (then, then))


def _records(rng: np.random.Generator) -> list[dict[str, float]]:
    epochs = np.arange(EPOCHS)
    weight = 0.2 + 0.3 * 0.9**epochs + 0.002 * rng.standard_normal(EPOCHS)
    score = 0.7 - 0.3 * 0.9**epochs + 0.004 * rng.standard_normal(EPOCHS)
    norms = np.exp(0.2 * rng.standard_normal((EPOCHS, 2))) * (4.0, 1.0)
    return [
        {
            "epoch": int(e),
            "step": 50 * int(e) + 49,
            "w_seg": w,
            "w_depth": 1.0 - w,
            "grad_seg": seg,
            "grad_depth": depth,
            "val_miou": s,
            "train_loss": 1.0 / (e + 1.0),
        }
        for e, w, s, (seg, depth) in zip(
            epochs.tolist(), weight.tolist(), score.tolist(), norms.tolist(), strict=True
        )
    ]


def listed(folder: Path, cache: Path) -> str:
    """List a folder as the dashboard does; return in words what it cost."""
    began, cpu = time.perf_counter(), time.process_time
    runs, started, looks = RunLibrary(folder, at_once=AT_ONCE, cache=cache), cpu(), 1
    first = len(runs.entries())
    words = [f"{first:,} rows after {time.perf_counter() - began:.2f} s"]
    while runs.waiting():
        runs.entries()
        looks += 1
    words.append(f"all listed after {cpu() - started:.2f} s of CPU in {looks} looks")
    while not all(entry.is_read for entry in runs.entries()):
        looks += 1
    words.append(f"all logs read after {cpu() - started:.1f} s of CPU in {looks} looks")
    started = cpu()
    for _ in range(LOOKS):
        runs.entries()
    words.append(f"a quiet look {1e3 * (cpu() - started) / LOOKS:.1f} ms of CPU")
    words.append(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10} MiB")
    return "; ".join(words)


def main(arguments: list[str]) -> int:
    """Write the folder and list it in two processes, one after the other."""
    if arguments[:1] == ["list"]:
        sys.stdout.write(listed(Path(arguments[1]), Path(arguments[2])) + "\n")
        return 0
    count = int(arguments[0]) if arguments else RUNS
    sys.stdout.write(f"{machine()}; {count:,} runs of {EPOCHS} epochs\n")
    with tempfile.TemporaryDirectory() as name:
        write_runs(Path(name) / "logs", count)
        for label in ("never seen", "after a restart"):
            sys.stdout.write(f"{label}: ")
            sys.stdout.flush()
            subprocess.run([sys.executable, __file__, "list", f"{name}/logs", f"{name}/cache"], check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
