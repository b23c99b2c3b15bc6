"""What the reader makes of inputs that nobody writes: `python benchmarks/reader_fuzz.py [COUNT] [SEED]`.

COUNT inputs (200,000) of every format, mutated, spliced and made up, are read one after the other. Each must
be a run or one short LogFormatError that names what is wrong, within two seconds. Printed are the counts, the
slowest, the largest memory of the process, and every input that was neither, ready to be made a test.
"""

from __future__ import annotations

import resource
import sys
import time
from collections import Counter
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.measuring import machine
from gaba_core.errors import LogFormatError
from gaba_core.runs import diagnose, read_run
from gaba_core.runs.refusals import LONGEST
from tests.reader_inputs import inputs

COUNT, SEED, SLOW = 200_000, 1, 2.0
DIAGNOSED = 20  # every so many runs is judged as well


def fault_of(data: bytes, *, judged: bool) -> tuple[str, str]:
    """Return what an input was, and what was wrong with that; empty where nothing was."""
    try:
        run = read_run(data)
        if judged:
            diagnose(run)
    except LogFormatError as error:
        said = str(error)
        if len(said) > LONGEST or "\n" in said:
            return "refused", f"a refusal of {len(said)} characters: {said[:80]}"
        cause = error.__cause__
        if " must be a log that can be read; got " in said:
            return "refused", f"a refusal that names no place: {type(cause).__name__}: {said[:120]}"
        return "refused", ""
    except Exception as error:
        return "broken", f"{type(error).__name__}: {str(error)[:120]}"
    return "read", ""


def main() -> None:
    """Read all inputs and print what was found."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else COUNT
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else SEED
    kinds: Counter[str] = Counter()
    faults: dict[str, bytes] = {}
    slowest = 0.0
    for i, data in enumerate(islice(inputs(seed), count)):
        begin = time.process_time()
        kind, fault = fault_of(data, judged=i % DIAGNOSED == 0)
        took = time.process_time() - begin
        slowest = max(slowest, took)
        kinds[kind] += 1
        if took > SLOW:
            fault = fault or f"{took:.1f} s"
        if fault and (fault not in faults or len(data) < len(faults[fault])):
            faults[fault] = data
    print(f"{count} inputs of seed {seed}: {', '.join(f'{n} {kind}' for kind, n in kinds.most_common())}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"the slowest took {slowest:.2f} s, the process {peak:.0f} MiB at most; {machine()}")
    for fault, data in faults.items():
        print(f"{fault}\n    {data[:300]!r}")


if __name__ == "__main__":
    main()
