"""Design tokens and the Plotly templates made from them: the only place a colour is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from gaba_core.number_text import THIN

from .palette import slot

Scheme = Literal["light", "dark"]
# The reader's own typeface, on purpose: nothing is fetched, and the rest of the screen is set in it. Faces
# come before "sans-serif", for which a bare Linux takes one so wide that everything looks like a form.
FONT = (
    "-apple-system, 'Segoe UI', Roboto, 'Noto Sans', Ubuntu, Cantarell, 'Helvetica Neue', "
    "'Liberation Sans', Arial, sans-serif"
)
SMALL, TEXT, TITLE, PAGE = 12, 14, 16, 22  # px: notes and pictures, what is read, a card, the page
PLAIN, STRONG = 400, 600
MANTINE: dict[str, Any] = {
    "primaryColor": "indigo",
    "primaryShade": 8,  # legible on its own light ground too
    "defaultRadius": "md",
    "respectReducedMotion": True,
    "fontFamily": FONT,
    "components": {
        "Portal": {"defaultProps": {"target": "#content"}},  # what is laid over a page is a part of it
        "Notifications": {"defaultProps": {"withinPortal": False}},
        # The list itself scrolls, and not a box around it that no key can reach (gaba.css).
        "Select": {"defaultProps": {"withScrollArea": False}},
        "MultiSelect": {"defaultProps": {"withScrollArea": False}},
    },
    "fontSizes": {
        "xs": f"{SMALL}px",
        "sm": f"{TEXT}px",
        "md": f"{TITLE}px",
        "lg": f"{PAGE}px",
        "xl": f"{PAGE}px",
    },
    "headings": {
        "fontWeight": str(STRONG),
        "sizes": {
            name: {"fontSize": f"{size}px", "lineHeight": "1.4"}
            for name, size in zip(
                ("h1", "h2", "h3", "h4", "h5", "h6"), (PAGE, PAGE, PAGE, TITLE, TITLE, TEXT), strict=True
            )
        },
    },
}


@dataclass(frozen=True, slots=True)
class Style:
    """How one seed differs from the others: never by colour alone."""

    color: str
    dash: str
    symbol: str


# At least 3 : 1 on the card of either theme, and away from what floor, bound and equilibrium own.
SEED_STYLES = (
    Style("#1c7ed6", "solid", "circle"),
    Style("#a67c00", "dash", "square"),
    Style("#0c8599", "dot", "diamond"),
    Style("#b05fa8", "dashdot", "triangle-up"),
    Style("#5c6ff0", "longdash", "cross"),
    Style("#8a7a5c", "longdashdot", "triangle-down"),
    Style("#9c5fd6", "5px,2px", "star"),
    Style("#868686", "2px,2px", "hexagon"),
)
METHOD_STYLES = (  # in the order of gaba_core.comparators: GABA and its kin, the GradNorms, the loss-based
    SEED_STYLES[0],
    SEED_STYLES[4],
    SEED_STYLES[2],
    Style("#7a8b1e", "dot", "circle"),
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
GHOST = "#845ef7"
STATE = "#1098ad"  # what the average holds before the floor
REST = "#ae3ec9"  # the weight of the other tasks
SHARE = "#b8650a"  # of a task in the weighted gradient
HARM = "#e03131"  # a step against the gradient of a task
# From little to much; lightness rises evenly, so that it is a scale in grey and to the colour-blind too.
SURFACE = ("#2b1d5c", "#3b3b8c", "#33638d", "#26828e", "#1f9e89", "#52b36a", "#9fc94a", "#f0dd50")
RECOMMENDED = "#f76707"
ISOLINE_EDGE = "rgba(20, 22, 26, 0.55)"
CLEAR = "rgba(0,0,0,0)"
ON_LINE = "#ffffff"  # the ring of what is held
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
        "tickfont": {"color": faint, "size": SMALL},
        "title": {"font": {"color": text, "size": SMALL}, "standoff": 8},
        "ticks": "outside",
        "ticklen": 4,
        "showline": True,
        "zeroline": False,
        "exponentformat": "power",
        "separatethousands": True,
    }
    layout = {
        "font": {"family": FONT, "color": text, "size": SMALL},
        "separators": f".{THIN}",
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "colorway": [style.color for style in SEED_STYLES],
        "hoverlabel": {
            "bgcolor": panel,
            "bordercolor": edge,
            "font": {"color": text, "family": FONT, "size": SMALL},
        },
        "annotationdefaults": {
            "bgcolor": veil
        },  # a line that runs behind words stays visible, and they legible
        "legend": {"bgcolor": "rgba(0,0,0,0)", "font": {"color": text, "size": SMALL}},
        "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": faint, "activecolor": text},
        "xaxis": axis,
        "yaxis": axis,
    }
    return {"layout": layout}


TEMPLATES = {"light": template("light"), "dark": template("dark")}
