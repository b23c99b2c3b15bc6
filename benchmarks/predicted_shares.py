"""What a replay cannot know: the weight it predicts for another method beside the one it trained to.

Run ``python -m benchmarks.predicted_shares``. For each shipped run of another method on FD002 the GABA run of
the same seed is replayed through that method. Shown is the mean share of the first task's weight, predicted
and real, over the same steps: the last quarter of those that both runs have. Other weights change the
training, and so the gradients.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from gaba_core.runs import Run, read_run, replay
from gaba_core.runs.gramian_weights import over_sum

LOGS = Path(__file__).parents[1] / "logs" / "FD002"
METHODS = ("gaba-unfloored", "pcgrad", "cagrad", "imtl-g", "aligned-mtl")


def recorded(run: Run) -> np.ndarray:
    """The weights (N, K) that a run recorded."""
    if run.steps is None or run.steps.weights is None:
        raise SystemExit(f"{run.name} has no steps.npz with weights.")
    return run.steps.weights


def main() -> None:
    """Print the table."""
    print(f"{'method':16} {'seed':>5} {'steps':>11} {'predicted':>11} {'real':>11} {'error':>8}")
    for method in METHODS:
        for folder in sorted((LOGS / method).iterdir(), key=lambda path: int(path.name[5:])):
            pair = (
                replay(read_run(LOGS / "gaba" / folder.name), method=method).weights[0],
                recorded(read_run(folder)),
            )
            end = min(len(weights) for weights in pair)
            begin = end - end // 4
            guess, real = (float(over_sum(weights[begin:end])[:, 0].mean()) for weights in pair)
            steps = f"{begin} to {end - 1}"
            error = guess / real - 1
            print(f"{method:16} {folder.name[5:]:>5} {steps:>11} {guess:11.6f} {real:11.6f} {error:+8.1%}")


if __name__ == "__main__":
    main()
