"""State and read-outs of the Monte Carlo panel: how often floor + renormalise leaves a bound."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gaba_core.batched_cache import BatchedCache
from gaba_core.bounds_check import BoundsCheck, BoundsQuestion, DrawKind, check_many
from gaba_core.lru_cache import OF_SETTINGS
from gaba_core.parameters import Scale, quantity
from gaba_core.projection import nominal_bounds, weight_bounds

from ...layout.fields import check_choice, check_numbers, like_simulation

AT_ONCE = 64  # checks computed in one batch and cached

KINDS = {"uniform": "Uniform", "adversarial": "Adversarial"}
WINDOWS = {"bound": "Near the bounds", "whole": "All draws"}
ROWS = (
    (
        "nominal",
        "Outside the nominal bound",
        "Draws with a weight outside λ_min to 1 − (K−1) λ_min, the bound as published.",
    ),
    (
        "exact",
        "Outside the exact bound",
        "Draws with a weight outside λ_min / (1 + (K−1) λ_min) to 1 / (1 + (K−1) λ_min).",
    ),
    ("smallest", "Smallest weight of all", "Over every task of every draw."),
    ("largest", "Largest weight of all", "Over every task of every draw."),
    ("sums", "Every draw sums to 1", "To nine digits."),
)


@dataclass(frozen=True, slots=True)
class MonteCarloState:
    """Everything a link to the panel restores.

    Attributes:
        kind: how the raw points are drawn, a key of KINDS.
        window: what the histogram shows, a key of WINDOWS.

    Raises:
        ParameterError: names parameter, rule and value.
    """

    floor: float = like_simulation("floor", 0.05)
    tasks: int = quantity(
        2,
        label="Tasks",
        symbol="K",
        unit="",
        help="How many weights a draw has. The floor is at most 1/K.",
        low=2,
        high=20,
        integer=True,
    )
    draws: int = quantity(
        100_000,
        label="Draws",
        symbol="",
        unit="",
        help="How many raw points are drawn. The reference program draws 100,000.",
        low=100,
        high=300_000,
        integer=True,
        scale=Scale(1000, 200_000, 0.1, "log"),
    )
    seed: int = quantity(
        0,
        label="Seed",
        symbol="",
        unit="",
        help="Of the random draws; the reference program takes 0.",
        low=0,
        high=1_000_000,
        integer=True,
    )
    kind: DrawKind = "adversarial"
    window: str = "bound"

    def __post_init__(self) -> None:
        check_numbers(self)
        check_choice("kind", self.kind, KINDS)
        check_choice("window", self.window, WINDOWS)

    @property
    def legal_floor(self) -> float:
        """The floor, at most 1/K."""
        return min(self.floor, 1.0 / self.tasks)


_checks = BatchedCache(check_many, OF_SETTINGS)


def prepare(states: Sequence[MonteCarloState]) -> None:
    """Make the checks of many states at once: what they draw alike is drawn once."""
    _checks.many(map(_question, states))


def check_of(state: MonteCarloState) -> BoundsCheck:
    """Return the core's check, with the histogram that is drawn."""
    return _checks(_question(state))


def window_of(state: MonteCarloState) -> tuple[float, float]:
    """Return the ends of the axis: those of the bins with some room."""
    left, right = bins_of(state)
    room = 0.04 * (right - left)
    return left - room, right + room


def bins_of(state: MonteCarloState) -> tuple[float, float]:
    """Return the ends of the histogram's bins: no smallest weight is below the exact bound or above 1/K."""
    floor, most = state.legal_floor, 1.0 / state.tasks
    gap = floor - weight_bounds(state.tasks, floor)[0]
    if gap <= 1e-9:  # a floor of 0 leaves no draw below it
        return floor - 0.02 * most, max(most, floor + 1e-3)
    right = min(most, floor + gap) if state.window == "bound" else most
    return floor - gap, max(right, floor + 0.1 * gap)


def _question(state: MonteCarloState) -> BoundsQuestion:
    return BoundsQuestion(state.tasks, state.legal_floor, state.draws, state.seed, state.kind, bins_of(state))


def texts(state: MonteCarloState) -> dict[str, str]:
    """Return every read-out that follows a dragged control, by the name of its place on the page."""
    found, floor = check_of(state), state.legal_floor
    limit = f"With {state.tasks} tasks the floor can be at most 1/{state.tasks}."
    return {
        "nominal-count": _count(found.nominal_violations, found.draws),
        "nominal-bound": _span(nominal_bounds(state.tasks, floor)),
        "exact-count": _count(found.exact_violations, found.draws),
        "exact-bound": _span(weight_bounds(state.tasks, floor)),
        "smallest-count": f"{found.smallest:.6f}",
        "smallest-bound": "",
        "largest-count": f"{found.largest:.6f}",
        "largest-bound": "",
        "sums-count": "yes" if found.sums_ok else "no",
        "sums-bound": "",
        "limit": limit if state.floor > floor else "",
        "says": _sentence(found),
    }


def _sentence(found: BoundsCheck) -> str:
    if found.floor == 0.0:
        return "Without a floor no bound can fail: both are 0 to 1."
    share = 100.0 * found.nominal_violations / found.draws
    holds = "never does" if not found.exact_violations else f"fails in {found.exact_violations:,}"
    return (
        f"The published bound (every weight ≥ {found.floor:.4g}) fails in {found.nominal_violations:,} of "
        f"{found.draws:,} draws ({share:.3f} %); the exact bound {holds}."
    )


def _count(violations: int, draws: int) -> str:
    return f"{violations:,} of {draws:,}"


def _span(bounds: tuple[float, float]) -> str:
    return f"{bounds[0]:.6f} to {bounds[1]:.6f}"
