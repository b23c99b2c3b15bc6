"""Read-outs of the Convergence view in words and numbers with their units."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from gaba_core.equilibrium import drifts
from gaba_core.number_text import fixed, number
from gaba_core.parameters import SimulationParams
from gaba_core.published import PUBLISHED_RUNS
from gaba_core.readouts import MILESTONES, Readouts, published_milestones, task_readouts
from gaba_core.regime_prediction import settled_regimes
from gaba_core.regimes import REGIMES, Regime
from gaba_core.thresholds import CLOSE

from .sentence import sentence
from .state import ConvergenceState

NEVER = "not reached"
ROWS = (
    (
        "tau",
        "Time constant τ",
        "After τ steps the moving average has closed 63.2 % of its gap. τ = −1/ln β. Simulated: the same "
        "of the mean over seeds; a gap to a target that drifts measures no time constant.",
    ),
    ("clamped", "First clamped step", "The first step at which a smoothed weight lies below the floor."),
    (
        "percent",
        "Stays within 1 % from step",
        "From this step on the weight stays within 1 % of its equilibrium. Predicted: of the mean alone.",
    ),
    (
        "tenth",
        "Stays within 0.1 % from step",
        "The same, ten times closer. Predicted: the mean, without noise; simulated: each seed with its "
        "noise, which may never stay there.",
    ),
    (
        "equilibrium",
        "Equilibrium weight",
        "The weight at the expected share of the gradient, floored and renormalised; simulated: the mean "
        "over seeds at the last step. Where the run ends before, or the norms drift, the weight expected at "
        "the last step stands next to it.",
    ),
    (
        "spread",
        "Spread over seeds, sd",
        "Standard deviation of the weight at the last step, predicted from the noise to first order: where "
        "the noise straddles the floor it is up to a quarter too small; simulated: over seeds.",
    ),
)


PUBLISHED = ("epoch", "rmse", "nasa")


def texts(state: ConvergenceState) -> dict[str, str]:
    """Return every read-out that follows a dragged control, by the name of its place on the page."""
    found = _numbers(task_readouts(state.asked), state.params)
    says = {"sentence": sentence(state)} | _published(state)
    return {**says, **found, **_pinned(state.pinned()), **_regimes(state), **_milestones(state)}


def milestone(epoch: int, seed: int) -> str:
    """Name of the place of one cell of the reference program's table."""
    return f"at-{epoch}-{seed}"


def published(kind: str, seed: int) -> str:
    """Name of the place of one cell of the published runs."""
    return f"published-{kind}-{seed}"


def _published(state: ConvergenceState) -> dict[str, str]:
    """What the published runs of the subset whose clock this is reached, by seed; they are of two tasks."""
    own = {run.seed: run for run in PUBLISHED_RUNS if run.subset == state.subset and state.tasks == 2}
    text = {"published-subset": f"Best epoch of {state.subset}, published"}
    for seed in state.seeds:
        run = own.get(seed)
        said = (str(run.best_epoch), fixed(run.rmse_last, 2), fixed(run.nasa, 1)) if run else "–––"
        text.update(zip((published(kind, seed) for kind in PUBLISHED), said, strict=True))
    return text


def _milestones(state: ConvergenceState) -> dict[str, str]:
    _, weights = published_milestones(*state.asked)
    text = dict.fromkeys(_places(state.seeds), "–")
    text.update(zip(text, (f"{value:.4f}" for value in weights.ravel().tolist()), strict=False))
    return text


@lru_cache(maxsize=64)
def _places(seeds: tuple[int, ...]) -> tuple[str, ...]:
    """Names of the places of the table, epoch by epoch: a run that ends early fills the first of them."""
    return tuple(milestone(epoch, seed) for epoch in MILESTONES for seed in seeds)


def _pinned(pinned: ConvergenceState | None) -> dict[str, str]:
    """What the seeds of the pinned setting did."""
    if pinned is None:
        return {"pin": ""} | {f"{name}-pinned": "–" for name, _, _ in ROWS}
    found = _numbers(task_readouts(pinned.asked), pinned.params)
    setting = f"β {pinned.beta:g}, floor {pinned.floor:g} and noise {pinned.sigma:g}"
    said = f"Pinned: {setting}, equilibrium {found['equilibrium-simulated']}."
    return {"pin": said} | {f"{name}-pinned": found[f"{name}-simulated"] for name, _, _ in ROWS}


def _numbers(found: Readouts, params: SimulationParams) -> dict[str, str]:
    (predicted, measured), steps_per_epoch = found.events, params.steps_per_epoch
    tau = (
        "not measured: the norms drift"
        if drifts(params)
        else _duration(found.time_constant[1], steps_per_epoch)
    )
    text = {
        "tau-predicted": _duration(found.time_constant[0], steps_per_epoch),
        "tau-simulated": tau,
        "equilibrium-predicted": _expected(found),
        "equilibrium-simulated": f"{found.equilibrium[1]:.5f}",
        "spread-predicted": number(found.spread[0], 2),
        "spread-simulated": "needs two seeds" if found.spread[1] is None else number(found.spread[1], 2),
    }
    for name, field in (
        ("clamped", "first_clamped"),
        ("percent", "within_1_percent"),
        ("tenth", "within_tenth_percent"),
    ):
        text[f"{name}-predicted"] = _when([getattr(predicted, field)], steps_per_epoch)
        text[f"{name}-simulated"] = _when([getattr(event, field) for event in measured], steps_per_epoch)
    return text


def _regimes(state: ConvergenceState) -> dict[str, str]:
    spans: dict[str, Regime] = {r.name: r for r in settled_regimes(state.params)}
    text = {}
    for name in REGIMES:
        regime = spans.get(name)
        if regime is None:
            text[f"regime-{name}"] = "none"
            continue
        unit, digits = (state.steps_per_epoch, 1) if state.x == "epochs" else (1, 0)
        start, word = f"{regime.start / unit:.{digits}f}", state.x[:-1]
        open_ended = f"from {word} {start}"
        closed = "" if regime.end is None else f"{word} {start} – {regime.end / unit:.{digits}f}"
        text[f"regime-{name}"] = closed if closed else open_ended
    return text


def _expected(found: Readouts) -> str:
    """Return the equilibrium, and the weight expected at the last step where that is another."""
    end, last = found.equilibrium[0], found.expected_at_end
    text = f"{end:.5f}"
    return text if abs(last - end) <= CLOSE * end else f"{text}; at the last step {last:.5f}"


def _duration(steps: float | None, steps_per_epoch: int) -> str:
    return (
        "already at target" if steps is None else f"{steps:.1f} steps · {steps / steps_per_epoch:.2f} epochs"
    )


def _when(steps: Sequence[int | None], steps_per_epoch: int) -> str:
    """Step indices of one or several seeds as a range, with the epoch they lie in."""
    reached = sorted(step for step in steps if step is not None)
    if not reached:
        return NEVER
    ends = sorted({reached[0], reached[-1]})
    span = "–".join(f"{step:,}" for step in ends)
    epochs = "–".join(f"{step / steps_per_epoch:.2f}" for step in ends)
    missing = f", {len(steps) - len(reached)} of {len(steps)} never" if len(reached) < len(steps) else ""
    return f"{span} · epoch {epochs}{missing}"
