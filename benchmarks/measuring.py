"""What the benchmarks share: a median of durations, and the machine in words."""

from __future__ import annotations

import os
import platform
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

threadpool_limits(1, user_api="blas")  # as in the app


def median_ms(call: Callable[[], object], repeats: int, before: Callable[[], object] | None = None) -> float:
    """Return the median duration of a call in milliseconds, after one call that does not count.

    Args:
        call: what is measured.
        repeats: how often.
        before: called before each, not measured.
    """
    durations = []
    for _ in range(repeats + 1):
        if before is not None:
            before()
        start = time.perf_counter()
        call()
        durations.append(time.perf_counter() - start)
    return 1e3 * statistics.median(durations[1:])


def machine() -> str:
    """Return processor, cores and versions."""
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    name = names[0] if names else platform.machine()
    return f"{os.cpu_count()} cores of {name}, Python {platform.python_version()}, NumPy {np.__version__}"
