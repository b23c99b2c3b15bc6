"""How grave a verdict is, and the colour that says so."""

from __future__ import annotations

GOOD, CARE, BAD, SILENT = "green", "yellow", "red", "gray.5"  # plain gray is not seen on a dark ground
TONES = {
    **dict.fromkeys(("converged", "balanced", "settled"), GOOD),
    **dict.fromkeys(("noisy", "moved", "drifting", "starved", "too-short"), CARE),
    **dict.fromkeys(("improving", "past-best", "overfitting", "unusually-good"), CARE),
    **dict.fromkeys(("diverged", "oscillating", "outlier"), BAD),
    **dict.fromkeys(("unknown", "no-balancer", "idle"), SILENT),
}
GRAVITY = (GOOD, SILENT, CARE, BAD)


def gravity(code: str) -> int:
    """Return how grave a verdict is: 0 for a good one, 3 for the worst."""
    return GRAVITY.index(TONES[code])
