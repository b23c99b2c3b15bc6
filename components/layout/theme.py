"""Design tokens and the Plotly templates made from them: the only place a colour is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from gaba_core.number_text import THIN

from .palette import slot

Scheme = Literal["light", "dark"]
FONT = "Inter, system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
MANTINE: dict[str, Any] = {
    "primaryColor": "indigo",
    "primaryShade": 8,  # legible on its own light ground too
    "defaultRadius": "md",
    "respectReducedMotion": True,
    "fontFamily": FONT,
    "headings": {"fontWeight": "650"},
}


@dataclass(frozen=True, slots=True)
class Style:
    """How one seed differs from the others: never by colour alone."""

    color: str
    dash: str
    symbol: str


# Okabe and Ito (2008), without yellow and black, which one of the two themes would swallow.
SEED_STYLES = (
    Style("#0072b2", "solid", "circle"),
    Style("#e69f00", "dash", "square"),
    Style("#009e73", "dot", "diamond"),
    Style("#cc79a7", "dashdot", "triangle-up"),
    Style("#56b4e9", "longdash", "cross"),
    Style("#d55e00", "longdashdot", "triangle-down"),
    Style("#8c6bb1", "5px,2px", "star"),
    Style("#7f7f7f", "2px,2px", "hexagon"),
)
METHOD_STYLES = (  # in the order of gaba_core.comparators: GABA and its kin, the GradNorms, the loss-based
    SEED_STYLES[0],
    SEED_STYLES[4],
    SEED_STYLES[2],
    Style("#5c7cfa", "dot", "circle"),
    SEED_STYLES[5],
    SEED_STYLES[1],
    SEED_STYLES[3],
    SEED_STYLES[6],
    SEED_STYLES[7],
)
REGIME_FILLS = {
    "warm-up": "rgba(134, 142, 150, 0.16)",
    "rapid drift": "rgba(77, 113, 230, 0.13)",
    "floor activation": "rgba(240, 140, 0, 0.15)",
    "equilibrium": "rgba(18, 160, 110, 0.12)",
}
FLOOR = "#e8590c"
BOUND = "#d6336c"
EQUILIBRIUM = "#0ca678"
THEORY = "#868e96"
THEORY_LINE = "rgba(134, 142, 150, 0.45)"
THEORY_FILL = "rgba(134, 142, 150, 0.25)"
MEAN = "#5c7cfa"
MEAN_FILL = "rgba(92, 124, 250, 0.25)"
SAFE = "rgba(18, 160, 110, 0.14)"
SAFE_EDGE = "#0b7a55"
BELOW = "rgba(194, 37, 92, 0.45)"
BELOW_EDGE = "#c2255c"
FAILURE_FILLS = {"some": "rgba(194, 37, 92, 0.1)", "fails": "rgba(194, 37, 92, 0.3)"}  # behind words
GHOST = "#7048e8"
PLAYHEAD = "#f03e3e"
FAINT = {"light": "#636a72", "dark": "#a0a3a8"}  # text that stands back; 4.5 : 1 and more on every ground


def seed_style(seed: int) -> Style:
    """The style of a seed, the same in every view and whichever others are shown."""
    return SEED_STYLES[slot(seed)]


def css_variables() -> str:
    """The same colours for what is not drawn by Plotly."""
    seeds = {f"--gaba-seed-{i}": style.color for i, style in enumerate(SEED_STYLES)}
    methods = {f"--gaba-method-{i}": style.color for i, style in enumerate(METHOD_STYLES)}
    regimes = {f"--gaba-regime-{name.replace(' ', '-')}": fill for name, fill in REGIME_FILLS.items()}
    faint = {f"--gaba-faint-{scheme}": color for scheme, color in FAINT.items()}
    failures = {f"--gaba-{name}": fill for name, fill in FAILURE_FILLS.items()}
    every = {**seeds, **methods, **regimes, **faint, **failures, "--gaba-font": FONT}
    return ":root { " + " ".join(f"{name}: {value};" for name, value in every.items()) + " }"


def template(scheme: Scheme) -> dict[str, Any]:
    """A Plotly template for one colour scheme; backgrounds are the card's own."""
    text, grid, edge, panel, veil = {
        "light": ("#343a40", "#eceef1", "#ced4da", "#ffffff", "rgba(255, 255, 255, 0.75)"),
        "dark": ("#dee2e6", "#33363b", "#4a4e54", "#25282d", "rgba(31, 34, 38, 0.75)"),
    }[scheme]
    faint = FAINT[scheme]
    axis = {
        "gridcolor": grid,
        "linecolor": edge,
        "zerolinecolor": grid,
        "tickcolor": edge,
        "tickfont": {"color": faint, "size": 12},
        "title": {"font": {"color": text, "size": 13}, "standoff": 8},
        "ticks": "outside",
        "ticklen": 4,
        "showline": True,
        "zeroline": False,
        "exponentformat": "power",
        "separatethousands": True,
    }
    layout = {
        "font": {"family": FONT, "color": text, "size": 13},
        "separators": f".{THIN}",
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "colorway": [style.color for style in SEED_STYLES],
        "hoverlabel": {"bgcolor": panel, "bordercolor": edge, "font": {"color": text, "family": FONT}},
        "annotationdefaults": {
            "bgcolor": veil
        },  # a line that runs behind words stays visible, and they legible
        "legend": {"bgcolor": "rgba(0,0,0,0)", "font": {"color": text, "size": 12}},
        "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": faint, "activecolor": text},
        "xaxis": axis,
        "yaxis": axis,
    }
    return {"layout": layout}


TEMPLATES = {"light": template("light"), "dark": template("dark")}
