"""Read-outs of the Projection panel in words and numbers."""

from __future__ import annotations

from gaba_core.checks import FloatArray
from gaba_core.projection import (
    TOLERANCE,
    floor_renormalise,
    nominal_bounds,
    project_to_floored_simplex,
    weight_bounds,
)

from .state import ProjectionState

POINTS = (
    ("raw", "Raw point", "The smoothed weights as the filter holds them; they sum to 1."),
    (
        "clamped",
        "Floor + renormalise",
        "GABA's rule, eq. 6: raise to the floor, divide by the sum. Dividing pushes the raised weight back "
        "below the floor.",
    ),
    (
        "projected",
        "Exact projection",
        "The nearest point that sums to 1 with no weight below the floor. It respects the floor exactly.",
    ),
)
BOUNDS = (
    ("nominal", "Nominal", "As published: λ_min to 1 − (K−1) λ_min. Only the exact projection keeps it."),
    ("exact", "Exact", "λ_min / (1 + (K−1) λ_min) to 1 / (1 + (K−1) λ_min), reached at a corner."),
    (
        "reachable",
        "Reachable",
        "GABA's raw shares are at most 1/(K−1), so with three tasks or more some corners cannot be reached.",
    ),
)
NONE = "–"


def landings(state: ProjectionState) -> dict[str, FloatArray]:
    """Return the raw point and where each projection takes it, each (K,)."""
    return {
        "raw": floor_renormalise(state.point, 0.0),
        "clamped": floor_renormalise(state.point, state.legal_floor),
        "projected": project_to_floored_simplex(state.point, state.legal_floor),
    }


def bounds(state: ProjectionState) -> dict[str, tuple[float, float]]:
    """Return lowest and highest weight by kind of bound."""
    count, floor = state.count, state.legal_floor
    return {
        "nominal": nominal_bounds(count, floor),
        "exact": weight_bounds(count, floor),
        "reachable": weight_bounds(count, floor, reachable=True),
    }


def texts(state: ProjectionState) -> dict[str, str]:
    """Return every read-out that follows a dragged control, by the name of its place on the page."""
    text = {"says": sentence(state), "limit": "", **labels(state)}
    if state.floor > state.legal_floor:
        text["limit"] = f"With {state.count} tasks the floor can be at most 1/{state.count}."
    for name, weights in landings(state).items():
        for i in range(3):
            text[f"{name}-{i}"] = f"{weights[i]:.5f}" if i < state.count else NONE
        text[f"{name}-sum"] = f"{weights.sum():.6f}"
    for name, (low, high) in bounds(state).items():
        text[f"{name}-low"], text[f"{name}-high"] = f"{low:.5f}", f"{high:.5f}"
    return text


def labels(state: ProjectionState) -> dict[str, str]:
    """Return what is written at each mark: its smallest weight, and how far that is from the floor."""
    found, floor = landings(state), state.legal_floor
    lows = {name: float(weights.min()) for name, weights in found.items()}
    if lows["raw"] >= floor:
        return {"mark-raw": f"{lows['raw']:.4f} all three", "mark-clamped": "", "mark-projected": ""}
    below = floor - lows["clamped"]
    landed = f"{below:.4f} below the floor" if below >= 5e-5 else "on the floor"
    return {
        "mark-raw": f"{lows['raw']:.4f} raw point",
        "mark-clamped": f"{lows['clamped']:.4f} floor + renormalise, {landed}",
        "mark-projected": f"{lows['projected']:.4f} exact projection, on the floor",
    }


def sentence(state: ProjectionState) -> str:
    """What the floor does to this point, in words."""
    found, floor = landings(state), state.legal_floor
    least = float(found["raw"].min())
    if floor == 0.0:
        return (
            "Without a floor both projections leave the point where it is: nothing protects a starved task."
        )
    if least >= floor:
        return "No weight is below the floor: both projections leave the point where it is."
    clamped = float(found["clamped"].min())
    low = bounds(state)["exact"][0]
    start = f"The smallest raw weight is {least:.4f}, below the floor of {floor:.4g}. "
    if clamped < floor - TOLERANCE:
        start += (
            f"Floor + renormalise lifts it to {clamped:.4f}: below the floor but above the exact bound, "
            f"{low:.4f}. "
        )
    if state.floor >= 1.0 / state.count:
        return start + f"At a floor of 1/{state.count} the exact projection has a single point to go to."
    return start + f"The exact projection stops at {float(found['projected'].min()):.4f}."
