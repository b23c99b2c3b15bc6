"""Whether one worker's memory stays flat over requests none of which is like another.

`python benchmarks/unlike_requests.py [COUNT]`: frames of every panel, replays of the shipped runs among
them, pages and maps, settings drawn at random. Printed is the resident memory after each tenth of them.
"""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import app
from benchmarks.measuring import machine
from benchmarks.server_load import resident
from benchmarks.worst_requests import LOGS, get, page_at
from components.run_source.replay_link import token
from components.views import PANELS, VIEWS
from gaba_core.parameters import quantities, quantity_of

COUNT, MAP_SHARE, PAGE_SHARE = 20_000, 0.02, 0.1
MODEST = {
    "epochs": 20,
    "steps_per_epoch": 10,
    "draws": 2_000,
    "steps": 50,
}  # settings that are quick to compute


def question(rng: random.Random) -> Callable[[Any], Any]:
    """Return one request with settings of its own."""
    kind = rng.random()
    if kind < MAP_SHARE:
        return page_at("/map", {"sigma": rng.random() / 5, "epochs": 20, "steps_per_epoch": 10})
    if kind < PAGE_SHARE:
        view = rng.choice([view for view in VIEWS if view.PATH not in ("/runs", "/map")])
        return page_at(view.PATH, numbers(view.STATE, rng) if hasattr(view, "STATE") else {})
    panel = rng.choice([panel for panel in PANELS if panel.NAME not in ("runs", "map")])
    controls = [f.name for f in quantities(panel.STATE) if f.metadata["quantity"].positions()]
    control = rng.choice(controls)
    first = rng.randrange(min(8, len(quantity_of(panel.STATE, control).positions())))
    asked: dict[str, Any] = {"control": control, "first": first, "count": 2}
    if panel.NAME == "replay":
        asked |= {"run": token(rng.choice(LOGS)), "mode": rng.choice(("replay", "compare"))}
    return get(f"/frames/{panel.NAME}", {**numbers(panel.STATE, rng), **asked})


def numbers(state: Any, rng: random.Random) -> dict[str, Any]:
    """Return a legal setting: positions of all controls, drawn at random."""
    found: dict[str, Any] = {}
    for field in quantities(state):
        positions = field.metadata["quantity"].positions()
        if positions:
            drawn = MODEST.get(field.name) or rng.choice(positions[: len(positions) // 2 or 1])
            found[field.name] = type(field.default)(drawn)
    return found


def main(count: int) -> None:
    """Print memory after each tenth of the requests, and how they were answered."""
    rng, client, statuses = random.Random(2026), app.create_app().server.test_client(), dict[int, int]()
    client.get("/")
    for done in range(1, count + 1):
        status = question(rng)(client).status_code
        statuses[status] = statuses.get(status, 0) + 1
        if done % max(count // 10, 1) == 0:
            print(f"{done:6d} requests: {resident([os.getpid()])[0]:.0f} MB, answers {statuses}", flush=True)
    print(machine())


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT)
