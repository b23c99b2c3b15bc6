"""Colours by name: `theme` holds them, the page reads them as CSS variables."""

from __future__ import annotations

from gaba_core.parameters import REFERENCE_SEEDS

OFFERED_SEEDS = (*REFERENCE_SEEDS, 0, 1, 2)


def slot(seed: int) -> int:
    """Index of a seed's style, 0 to 7; the usual seeds have one each, others share."""
    return OFFERED_SEEDS.index(seed) if seed in OFFERED_SEEDS else seed % len(OFFERED_SEEDS)


def color(seed: int) -> str:
    """The seed's colour as a CSS variable, for what is not drawn by Plotly."""
    return f"var(--gaba-seed-{slot(seed)})"


def regime_fill(name: str) -> str:
    """A regime's fill as a CSS variable."""
    return f"var(--gaba-regime-{name.replace(' ', '-')})"


def method_color(index: int) -> str:
    """The colour of a comparator, by its place in the core's order, as a CSS variable."""
    return f"var(--gaba-method-{index})"
