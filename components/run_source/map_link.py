"""Where the Map view stands, and the link that opens it on one run."""

from __future__ import annotations

from collections.abc import Mapping

from ..layout.addresses import page_address

NAME, PATH = "map", "/map"


def map_link(run: str, reading: str, setting: Mapping[str, float]) -> str:
    """Return the address of a run's map.

    Args:
        run: token of the run, see `replay_link`.
        reading: token of how its file is read; empty where that is as proposed.
        setting: beta, floor and warm-up whose cell is marked.
    """
    query = {"run": run} | ({"reading": reading} if reading else {})
    return page_address(PATH, query | {name: str(value) for name, value in setting.items()})
