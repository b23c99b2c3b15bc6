"""How often the verdict on conflict is right: `python benchmarks/conflict_verdicts.py`.

1,000 made runs for 2, 3, 5 and 8 tasks whose mean cosines and sizes are known, with cosines that scatter and
norms that are log-normal with sigma 0 to 1.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from gaba_core.aggregators import judge_conflict
from tests.gramian_cases import made_run

RUNS = 1000


def main() -> None:
    """Print the share of right verdicts, and those that were not, by number of tasks."""
    for tasks in (2, 3, 5, 8):
        rng = np.random.default_rng(tasks)
        wrong: dict[tuple[str, str], int] = {}
        for _ in range(RUNS):
            gramians, truth = made_run(rng, tasks)
            found = judge_conflict(gramians)
            said = "nothing" if found is None else found.code
            if said != truth:
                wrong[truth, said] = wrong.get((truth, said), 0) + 1
        errors = ", ".join(f"{truth} called {said} {n}" for (truth, said), n in sorted(wrong.items()))
        print(f"{1 - sum(wrong.values()) / RUNS:6.1%} right, K = {tasks}: {errors}")


if __name__ == "__main__":
    main()
