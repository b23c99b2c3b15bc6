"""Numbers as a sentence about a run shows them."""

from __future__ import annotations

from gaba_core.number_text import fixed, number


def percent(share: float, form: str = ".0f") -> str:
    """Return a share as a sentence prints it, to the decimal places that the form names."""
    text = fixed(100.0 * share, int(form.strip("+.f")))
    return f"{'+' if form.startswith('+') and share >= 0.0 else ''}{text} %"


def figure(value: float) -> str:
    """Return a number as a sentence shows it: three digits, and all that stand before the point."""
    return number(value)


def epoch_text(epoch: float) -> str:
    """Return an epoch as a sentence shows it, to a tenth where the log counts in fractions."""
    return fixed(epoch, 0 if float(epoch).is_integer() else 1)
