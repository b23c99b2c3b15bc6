"""Numbers as a sentence about a run shows them."""

from __future__ import annotations


def percent(share: float, form: str = ".0f") -> str:
    """Return a share as a sentence prints it."""
    return f"{100.0 * share:{form}} %"


def figure(value: float) -> str:
    """Return a number as a sentence shows it: three digits, thousands without an exponent."""
    return f"{value:,.0f}" if abs(value) >= 1000.0 else f"{value:.3g}"


def epoch_text(epoch: float) -> str:
    """Return an epoch as a sentence shows it, to a tenth where the log counts in fractions."""
    return f"{epoch:.0f}" if float(epoch).is_integer() else f"{epoch:.1f}"
