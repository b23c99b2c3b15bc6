"""What a replay costs: `python benchmarks/replay.py`.

One position of beta, and the hundred nearest in blocks of sixteen as the browser asks for them: pictures and
read-outs of the longest shipped GABA run, for every scheme. Nothing is kept between the repeats but the run.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import app
from benchmarks.measuring import machine, median_ms
from components.replay import data, view
from components.replay.state import ReplayState
from gaba_core.parameters import quantity_of
from gaba_core.runs.replay_schemes import REPLAY_SCHEMES

KEY, REPEATS, BLOCK = "FD004/gaba/seed_42", 5, 16


def nearest(state: ReplayState, count: int) -> list[ReplayState]:
    """Return the states at the positions of beta nearest to the run's own."""
    positions = quantity_of(ReplayState, "beta").positions()
    order = sorted(positions, key=lambda value: abs(value - state.beta))
    return [replace(state, beta=value) for value in order[:count]]


def draw(states: Sequence[ReplayState]) -> None:
    """Draw every state, a block at a time."""
    for first in range(0, len(states), BLOCK):
        block = states[first : first + BLOCK]
        view.prepare(block)
        for state in block:
            view.pictures(state)


def main() -> None:
    """Print a table and the machine."""
    print("| | one position, ms | a hundred, ms |\n| --- | --- | --- |")
    with app.create_app().server.app_context():
        start, _ = data.completed({"run": KEY})
        cases = {f"replay, {one.label}": replace(start, scheme=key) for key, one in REPLAY_SCHEMES.items()}
        cases["compare"], _ = data.completed({"run": KEY, "mode": "compare"})
        for label, state in cases.items():
            cells = [
                f"{median_ms(partial(draw, nearest(state, count)), REPEATS, data.forget):.1f}"
                for count in (1, 100)
            ]
            print(f"| {label} | {' | '.join(cells)} |")
        run = data.subject(start).run
        steps = 0 if run.steps is None else len(run.steps.step)
    print(f"\n{KEY}, {steps:,} steps; {machine()}; medians of {REPEATS}")


if __name__ == "__main__":
    main()
