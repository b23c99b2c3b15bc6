"""The three guided experiments: each a link that sets the controls, and words on what to look at.

The words are computed from the setting that the link opens: what they claim is in the picture.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from gaba_core.comparators import Failures

from ..layout.addresses import page_address
from ..layout.url_state import from_text
from .divergence.curves import curves_of, failures_in
from .divergence.state import DivergenceState
from .projection.readouts import landings
from .projection.state import ProjectionState

FLOORLESS = {"floor": "0", "x1": "0.0001"}
NOISY = {
    "sigma": "2.2",
    "seeds": "42,123,456",
    "methods": "gaba,gaba-unfloored,gradnorm-raw,gradnorm-softmax",
}
HIGH = {"floor": "0.3", "sigma": "1", "methods": "gaba,gaba-unfloored,equal"}


@dataclass(frozen=True, slots=True)
class Guide:
    """One guided experiment.

    Attributes:
        label: what the link says.
        query: the panel and the settings it opens with.
        look: what to look at once they are set.
    """

    label: str
    query: dict[str, str]
    look: Callable[[], str]

    def href(self, number: int) -> str:
        """The link, relative to the site."""
        return page_address("/anti-windup", {**self.query, "guide": str(number)})


@cache
def _floorless() -> str:
    found = landings(_opened(ProjectionState, FLOORLESS))
    at = {name: f"{float(weights[0]):.4f}" for name, weights in found.items()}
    common = " and ".join(dict.fromkeys(at.values()))
    return (
        f"The green band now spans everything and the three marks are one, at {common}: with a floor of 0 "
        "both projections leave the point alone, and nothing protects the starved task. Now raise the floor "
        "to 0.05 and watch both landings leave the raw point."
    )


@cache
def _noisy() -> str:
    failures = _failures(NOISY)
    raw, soft, gaba = (failures[name] for name in ("gradnorm-raw", "gradnorm-softmax", "gaba"))
    starved = span(gaba.share["gradient-starved"].tolist())
    inside = (
        "its softmax variant stays inside" if not soft.failed("left").any() else "so does its softmax variant"
    )
    lasts = (
        "never falls below its bound" if not gaba.share["weight-starved"].any() else "falls below its bound"
    )
    nan = any(found.failed("non-finite").any() for found in failures.values())
    return (
        f"Raw GradNorm leaves [0, 1] by step {int(raw.first['left'].max())} on every seed; "
        f"{'some weights become NaN' if nan else 'nothing becomes NaN'} and {inside}, so the parametrisation "
        f"is what fails. GABA's weight {lasts}, yet one of its tasks is gradient-starved on {starved} of the "
        "steps: no balancer can remove noise this large."
    )


@cache
def _high() -> str:
    curves = curves_of(_opened(DivergenceState, HIGH))
    failures = _failures(HIGH)
    weight = float(curves["gaba"].heights[0, -1])
    starved = [
        span(failures[name].share["gradient-starved"].tolist())
        for name in ("gaba", "gaba-unfloored", "equal")
    ]
    return (
        f"GABA's weight is forced up to {weight:.2f}, towards equal weights, and with it the second task is "
        f"gradient-starved on {starved[0]} of the steps, against {starved[1]} without a floor and "
        f"{starved[2]} with equal weights: a higher floor leaves less room to balance."
    )


def span(shares: list[float]) -> str:
    """Return the range of shares, one a seed, in whole per cent."""
    low, high = (f"{100.0 * end:.0f}" for end in (min(shares), max(shares)))
    return f"{low} %" if low == high else f"{low} to {high} %"


def _opened(cls: type[Any], query: dict[str, str]) -> Any:
    state, _ = from_text(cls, query)
    return state


def _failures(query: dict[str, str]) -> dict[str, Failures]:
    state = _opened(DivergenceState, query)
    return failures_in(curves_of(state), state.floor)


GUIDES = (
    Guide("1 Take the floor away", {"panel": "projection", **FLOORLESS}, _floorless),
    Guide("2 Raise the noise above 2", {"panel": "divergence", **NOISY}, _noisy),
    Guide("3 Raise the floor to 0.3", {"panel": "divergence", **HIGH}, _high),
)


def guide_of(text: str) -> Guide | None:
    """The guide of a link's number; None for anything else."""
    return GUIDES[int(text) - 1] if text.isdecimal() and 1 <= int(text) <= len(GUIDES) else None
