"""What the pictures at the positions of a control cost to compute: `python benchmarks/slices.py`.

The ten nearest positions and a hundred of each slider, in milliseconds: curves and read-outs alone, and all
that the browser gets, packed. The random numbers are drawn; all else is computed anew each time.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.measuring import machine, median_ms
from components.figures.arrays import frame
from components.frames import pictures_of
from components.packing import packed_frames
from components.views import convergence
from gaba_core import simulate
from gaba_core.convergence import readouts
from gaba_core.drift import noise_effects
from gaba_core.gradients import clear_caches
from gaba_core.parameters import quantities, quantity_of
from gaba_core.predicting import prediction
from gaba_core.share_moments import kept_moments

State = convergence.STATE
REPEATS = 5


def nearest(control: str, count: int) -> list[Any]:
    """Return the states at the positions of a control nearest to its default."""
    state = State()
    value = getattr(state, control)
    positions = quantity_of(State, control).scale.positions()
    at = min(range(len(positions)), key=lambda i: abs(positions[i] - value))
    order = sorted(range(len(positions)), key=lambda i: abs(i - at))[:count]
    return [replace(state, **{control: type(value)(positions[i])}) for i in order]


def forget() -> None:
    """Forget everything but the random numbers."""
    clear_caches()
    for kept in (kept_moments, noise_effects, prediction, readouts):
        kept.cache_clear()
    simulate(State().params(), every=49)


def numbers(states: Sequence[Any]) -> None:
    """Compute the curves, one sample an epoch, and the read-outs."""
    for start in range(0, len(states), convergence.AT_ONCE):
        some = states[start : start + convergence.AT_ONCE]
        convergence.prepare(some)
        for state in some:
            params = state.params()
            simulate(params, every=params.steps_per_epoch)
            readouts(params)


def frames(states: Sequence[Any]) -> None:
    """Compute what the browser gets."""
    packed_frames([{k: frame(v) for k, v in one.items()} for one in pictures_of(convergence, states)])


def main() -> None:
    """Print a table and the machine."""
    print(
        "| control | positions | curves and read-outs, ms | all that is sent, ms |\n| --- | --- | --- | --- |"
    )
    for control in (f.name for f in quantities(State)):
        for count in (10, 100):
            states = nearest(control, count)
            cells = [f"{median_ms(partial(work, states), REPEATS, forget):.1f}" for work in (numbers, frames)]
            print(f"| {control} | {len(states)} | {' | '.join(cells)} |")
    print(f"\n{machine()}; medians of {REPEATS}")


if __name__ == "__main__":
    main()
