"""The lines of the upper row: theory, the pinned setting, the mean, and every seed or every task."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from gaba_core.checks import FloatArray
from gaba_core.contribution import gradient_share
from gaba_core.readouts import lower_bound
from gaba_core.simulation import Trajectories

from ...layout import theme
from ...plotting.arrays import packed
from ...plotting.traces import QUIET, Trace, area, trace
from ..names import OF_TWO
from ..sampling import Curve, Drawn, SampleAxis, sampled
from .axes import Heights

HOVER = "%{y:.4~g}"
PUBLISHED = "seed %{customdata[0]}: RMSE %{customdata[1]} cycles, NASA %{customdata[2]}, weight %{y:.4~g}"
EXPECTED = "expected ± 2 sd"  # what the band stands for


def theory(drawn: Drawn, heights: Heights) -> list[Trace]:
    """The expected course with its band; of every task, without bands, where they are drawn together."""
    if not drawn.state.shows.theory:
        return []
    x, found = drawn.axis.xs(drawn.run.steps), []
    line = {"line": {"color": theme.THEORY_LINE, "width": 5}, "hovertemplate": HOVER}
    for course, curve in zip(drawn.theories, drawn.curves, strict=False):  # one of all seeds, or one a task
        end = "" if drawn.of_seeds else f"-{curve.uid}"
        low, high = heights.drawn(course.low), heights.drawn(course.high)
        name = "expected" if drawn.of_seeds else f"{curve.name} expected"
        middle = trace(f"theory{end}", x, heights.drawn(course.weights)) | {"name": name} | line
        band = area(f"theory-band{end}", x, low, high, theme.THEORY_FILL, EXPECTED)
        found += [band, middle] if drawn.of_seeds else [middle | QUIET]
    return found


def ghost(drawn: Drawn, heights: Heights) -> list[Trace]:
    """The pinned setting's mean over its seeds, on the same axis."""
    pinned = drawn.state.pinned()
    if pinned is None:
        return []
    unit = pinned.steps_per_epoch if drawn.state.x == "epochs" else 1
    window = round(drawn.axis.low * unit), round(drawn.axis.high * unit)
    axis = SampleAxis(unit, window, drawn.axis.log, drawn.axis.title, pinned.params.steps)
    run = sampled(drawn.state, pinned.params, axis)
    looks = {"name": "pinned, mean over seeds", "line": {"color": theme.GHOST, "width": 3, "dash": "dashdot"}}
    mean = run.weights[:, :, pinned.place].mean(axis=0)
    return [trace("ghost", axis.xs(run.steps), heights.drawn(mean)) | looks | {"hovertemplate": HOVER}]


def mean(drawn: Drawn, heights: Heights) -> list[Trace]:
    """The mean over seeds and its standard deviation."""
    if not drawn.state.shows.mean:
        return []
    x, (middle, below, above) = drawn.axis.xs(drawn.run.steps), mean_and_band(drawn)
    looks = {"name": "mean over seeds", "line": {"color": theme.MEAN, "width": 3}, "hovertemplate": HOVER}
    return [
        area("mean-band", x, heights.drawn(below), heights.drawn(above), theme.MEAN_FILL, "mean ± 1 sd"),
        trace("mean", x, heights.drawn(middle)) | looks,
    ]


def mean_and_band(drawn: Drawn) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Mean over seeds of the drawn task's weight, and one sd below and above, as far as a weight goes."""
    weights = drawn.run.weights[:, :, drawn.task]
    sd = weights.std(axis=0, ddof=1) if len(weights) > 1 else np.zeros(weights.shape[1])
    middle = weights.mean(axis=0)
    below = np.maximum(middle - sd, lower_bound(drawn.params))
    return middle, below, np.minimum(middle + sd, 1.0)


def curves(drawn: Drawn, heights: Heights) -> list[Trace]:
    """Every seed or task, over what else is shown of it."""
    x = packed(drawn.axis.xs(drawn.run.steps))
    found = []
    for i, curve in enumerate(drawn.curves):
        for kind, name, y, color, dash in extra_lines(drawn, curve):
            looks = {"name": name, "line": {"color": color, "width": 1.4, "dash": dash}}
            quiet = QUIET | {"showlegend": i == 0 and drawn.of_seeds}
            found.append(trace(f"{kind}-{curve.number}", x, heights.drawn(y)) | quiet | looks)
        style = theme.SEED_STYLES[curve.style]
        looks = {"name": curve.name, "line": {"color": style.color, "width": 2.2, "dash": style.dash}}
        line = trace(curve.uid, x, heights.drawn(curve.weights)) | looks
        found.append(line | {"hovertemplate": HOVER})
    return found


def extra_lines(drawn: Drawn, curve: Curve) -> list[tuple[str, str, FloatArray, str, str]]:
    """What is shown of a curve beside its weight: kind, name, values, colour, dash."""
    shows, run, found = drawn.state.shows, drawn.run, []
    if shows.health and drawn.of_seeds:
        rest = 1.0 - curve.weights
        found.append(("health", rest_name(drawn), rest, theme.REST, "dash"))
    if shows.state:
        found.append(("state", "EMA state", curve.state, theme.STATE, "dot"))
    if shows.share:
        share = _shares(run)[curve.seed, :, curve.task]
        found.append(("share", "share of w·g", share, theme.SHARE, "longdash"))
    return found


@lru_cache(maxsize=2)
def _shares(run: Trajectories) -> FloatArray:
    """Every task's share of w·g in every seed: of one run, for all of its curves."""
    return gradient_share(run)


def rest_name(drawn: Drawn) -> str:
    """What the other tasks' weight together is called."""
    return f"{OF_TWO[1 - drawn.task]} weight" if drawn.params.tasks == 2 else "other tasks"


def best(drawn: Drawn, heights: Heights) -> list[Trace]:
    """The published best epochs, each on its seed's curve, or hollow at the height at which that ended."""
    published, run = drawn.state.published, drawn.run
    if not drawn.state.shows.best or not drawn.of_seeds or drawn.params.tasks > 2:
        return []
    steps = np.array([one.best_epoch * run.params.steps_per_epoch for one in published], dtype=np.int64)
    at = np.clip(np.searchsorted(run.steps, steps), 0, run.steps.size - 1)
    rows = [run.params.seeds.index(one.seed) for one in published]
    colors = [theme.seed_style(one.seed).color for one in published]
    marker = {
        "size": 12,
        "symbol": ["circle" if step < run.params.steps else "circle-open" for step in steps],
        "color": colors,
        "line": {"width": 1.5, "color": theme.THEORY},
    }
    looks = {
        "mode": "markers",
        "name": f"published best epoch {drawn.state.subset}",
        "marker": marker,
        "customdata": [[one.seed, f"{one.rmse_last:.2f}", f"{one.nasa:.1f}"] for one in published],
        "hovertemplate": PUBLISHED,
    }
    return [trace("best", drawn.axis.xs(steps), run.weights[rows, at, drawn.task]) | looks]
