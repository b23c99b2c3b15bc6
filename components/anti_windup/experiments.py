"""The three guided experiments: each a link that sets the controls, and words on what to look at."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode


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
    look: str

    def href(self, number: int) -> str:
        """The link, relative to the site."""
        return f"/anti-windup?{urlencode({**self.query, 'guide': str(number)})}"


GUIDES = (
    Guide(
        "1 Take the floor away",
        {"panel": "projection", "floor": "0", "x1": "0.0001"},
        "The green band now spans everything and all three points coincide at 0.0001: with a floor of 0 both "
        "projections are the identity, and nothing protects the starved task. Now pull the floor up to 0.05 "
        "and watch both landings leave the raw point.",
    ),
    Guide(
        "2 Raise the noise above 2",
        {
            "panel": "divergence",
            "sigma": "2.2",
            "seeds": "42,123,456",
            "methods": "gaba,gaba-unfloored,gradnorm-raw,gradnorm-softmax",
        },
        "Raw GradNorm leaves [0, 1] within the first steps, at the crosses; nothing turns into NaN, and its "
        "softmax variant stays inside, so this is a failure of a parametrisation. GABA stays in its band at "
        "every step. Below, every share of the gradient wanders: noise this large cannot be balanced away.",
    ),
    Guide(
        "3 Raise the floor to 0.3",
        {"panel": "divergence", "floor": "0.3", "sigma": "1", "methods": "gaba,gaba-unfloored,equal"},
        "GABA's weight is pressed up to 0.23, close to equal weights, and below, the second task's share of "
        "the gradient sinks towards theirs too: a wider guard rail leaves less room to balance.",
    ),
)


def guide_of(text: str) -> Guide | None:
    """The guide of a link's number; None for anything else."""
    return GUIDES[int(text) - 1] if text.isdecimal() and 1 <= int(text) <= len(GUIDES) else None
