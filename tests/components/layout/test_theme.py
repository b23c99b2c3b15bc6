"""The colours of lines: legible on the card of either theme, and what the floor owns is the floor's alone."""

import colorsys
import re

import pytest

from components.layout import theme
from tests.paths import ROOT

LEAST = 3.0
CARDS = {
    "light": "#ffffff",
    "dark": re.search(r"--mantine-color-body: (#\w+)", (ROOT / "assets/gaba.css").read_text())[1],
}
OWNED = {"floor": theme.FLOOR, "bound": theme.BOUND, "equilibrium": theme.EQUILIBRIUM}
STYLES = [*theme.SEED_STYLES, *theme.METHOD_STYLES]
LINES = {
    *OWNED.values(),
    *(style.color for style in STYLES),
    theme.THEORY,
    theme.MEAN,
    theme.GHOST,
    theme.PLAYHEAD,
    theme.HARM,
}


def channels(color):
    return [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]


def luminance(color):
    """Relative luminance, WCAG 2."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels(color)]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(a, b):
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


def hue_and_chroma(color):
    red, green, blue = channels(color)
    return 360 * colorsys.rgb_to_hsv(red, green, blue)[0], max(red, green, blue) - min(red, green, blue)


def test_contrast_is_reckoned_as_the_standard_does():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("scheme", CARDS)
@pytest.mark.parametrize("color", sorted(LINES))
def test_a_line_stands_out_from_its_card(scheme, color):
    assert contrast(color, CARDS[scheme]) >= LEAST


@pytest.mark.parametrize("owner", OWNED)
@pytest.mark.parametrize("color", sorted({style.color for style in STYLES}))
def test_no_seed_and_no_method_has_the_colour_of_a_level(owner, color):
    own, _ = hue_and_chroma(OWNED[owner])
    hue, chroma = hue_and_chroma(color)
    apart = abs((hue - own + 180) % 360 - 180)
    assert chroma < 0.25 or apart >= 20  # a grey is nobody's


def test_no_two_seeds_share_colour_dash_or_symbol():
    for part in ("color", "dash", "symbol"):
        assert len({getattr(style, part) for style in theme.SEED_STYLES}) == len(theme.SEED_STYLES)
