"""What the pictures at the positions of a control cost to compute: `python benchmarks/slices.py`.

The ten nearest positions and a hundred of each slider, in milliseconds. Of the Convergence view curves and
read-outs alone, and all that the browser gets, packed; the random numbers are drawn, all else is computed
anew each time. Of the other views all that the browser gets, at the ten positions nearest to where the
control stands and at the hundred around them, in three settings that differ in another control: what is kept
between positions counts.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from app import create_app
from benchmarks.measuring import machine, median_ms
from components.convergence import view as convergence_view
from components.layout.protocols import Panel
from components.plotting.arrays import frame
from components.serving.frame_codec import packed_frames
from components.serving.frames import pictures_of
from components.views import PANELS
from gaba_core import simulate
from gaba_core.drift import noise_effects
from gaba_core.gradients import clear_caches
from gaba_core.parameters import quantities, quantity_of
from gaba_core.readouts import readouts
from gaba_core.regime_prediction import prediction
from gaba_core.share_moments import cached_moments

CONVERGENCE = convergence_view.STATE()
RUN = "FD002/gaba/seed_42"  # what is replayed
REPEATS = 5
SETTINGS = 3


def nearest(control: str, count: int, state: Any = CONVERGENCE) -> list[Any]:
    """Return the states at the positions of a control nearest to where it stands."""
    value = getattr(state, control)
    positions = quantity_of(type(state), control).positions()
    at = min(range(len(positions)), key=lambda i: abs(positions[i] - value))
    order = sorted(range(len(positions)), key=lambda i: abs(i - at))[:count]
    return [replace(state, **{control: type(value)(positions[i])}) for i in order]


def forget() -> None:
    """Forget everything but the random numbers."""
    clear_caches()
    for retained in (cached_moments, noise_effects, prediction, readouts):
        retained.cache_clear()
    simulate(CONVERGENCE.params, every=49)


def numbers(states: Sequence[Any]) -> None:
    """Compute the curves, one sample an epoch, and the read-outs."""
    for start in range(0, len(states), convergence_view.AT_ONCE):
        some = states[start : start + convergence_view.AT_ONCE]
        convergence_view.prepare(some)
        for state in some:
            params = state.params
            simulate(params, every=params.steps_per_epoch)
            readouts(params)


def frames(states: Sequence[Any], view: Panel = convergence_view) -> None:
    """Compute what the browser gets."""
    packed_frames([{k: frame(v) for k, v in one.items()} for one in pictures_of(view, states)])


def other_views() -> None:
    """Print what the positions of the other views cost."""
    print("\n| view | control | positions | all that is sent, ms |\n| --- | --- | --- | --- |")
    for view in (panel for panel in PANELS if panel.NAME not in (convergence_view.NAME, "runs")):
        state = view.STATE(run=RUN) if view.NAME == "replay" else view.STATE()
        controls = [f.name for f in quantities(view.STATE) if f.metadata["quantity"].scale]
        for control in controls:
            another = next(name for name in controls if name != control)
            took: dict[int, list[float]] = {}
            for setting in nearest(another, SETTINGS, state):
                frames([setting], view)
                positions = nearest(control, 111, setting)
                for some in filter(None, (positions[1:11], positions[11:])):
                    start = time.perf_counter()
                    frames(some, view)
                    took.setdefault(len(some), []).append(1e3 * (time.perf_counter() - start))
            for count, times in took.items():
                print(f"| {view.NAME} | {control} | {count} | {statistics.median(times):.1f} |")


def main() -> None:
    """Print the tables and the machine."""
    server = create_app().server
    print(
        "| control | positions | curves and read-outs, ms | all that is sent, ms |\n| --- | --- | --- | --- |"
    )
    for control in (f.name for f in quantities(type(CONVERGENCE))):
        for count in (10, 100):
            states = nearest(control, count)
            cells = [f"{median_ms(partial(work, states), REPEATS, forget):.1f}" for work in (numbers, frames)]
            print(f"| {control} | {len(states)} | {' | '.join(cells)} |")
    with server.app_context():
        other_views()
    print(f"\n{machine()}; medians of {REPEATS} and of {SETTINGS}")


if __name__ == "__main__":
    main()
