"""Read-outs of the Step response view in words and numbers with their units."""

from __future__ import annotations

from gaba_core.filter_study import SHARES, FilterFigures, filter_figures, study_response
from gaba_core.number_text import number, percent
from gaba_core.step_response import settling_steps

from .state import StepState

NEVER = "not in the steps shown"
CLOSED = (("tau", "1", 0.63212), ("tau3", "3", 0.95021), ("tau5", "5", 0.99326))
ROWS = (
    ("tau", "Time constant τ", "After τ = −1/ln β steps 63.212 % of the gap is closed."),
    ("tau3", "3 τ", "95.021 % of the gap is closed."),
    ("tau5", "5 τ", "99.326 % of the gap is closed: what is usually called settled."),
    ("left5", "Settles within 5 %", "Steps until a twentieth of the gap is left: ln 0.05 / ln β."),
    ("left2", "Settles within 2 %", "Steps until a fiftieth of the gap is left, as control engineers count."),
    ("left1", "Settles within 1 %", "Steps until a hundredth of the gap is left."),
    ("gain", "White-noise gain", "Spread of the output over spread of the input, √((1−β)/(1+β)); "
     "independent noise only."),
    ("power", "−3 dB at", "The frequency at which half of the power is left. Slower changes pass, faster "
     "ones are damped."),
)  # fmt: skip


def texts(state: StepState) -> dict[str, str]:
    """Return every read-out that follows a dragged control, by the name of its place on the page."""
    figures = filter_figures(state.beta, state.seed)
    study = study_response(state.beta, state.start, state.target, state.steps)
    text = {"difference": number(study.difference, 2), "beta": f"{state.beta:g}"}
    for name, times, _ in CLOSED:
        elapsed = int(times) * figures.time_constant
        text[f"{name}-predicted"] = f"{elapsed:.1f} steps"
        text[f"{name}-measured"] = _closed(state, elapsed)
    for name, predicted, found in zip(
        ("left5", "left2", "left1"), figures.settling, study.settled, strict=True
    ):
        text[f"{name}-predicted"] = f"{predicted:.1f} steps"
        text[f"{name}-measured"] = NEVER if found is None else f"step {found}"
    text["gain-predicted"] = f"{figures.noise_gain:.5f}"
    text["gain-measured"] = f"{figures.measured_noise_gain:.5f}"
    text["power-predicted"] = power(figures) + _cycle(figures)
    text["power-measured"] = "–"
    return text | _sentences(state.beta, figures)


def _sentences(beta: float, figures: FilterFigures) -> dict[str, str]:
    """What each picture shows, with its numbers."""
    _, close, _ = figures.settling
    half = f"half of its power at {power(figures)}" if figures.half_power else "more than half of any wave"
    return {
        "says": f"At β {beta:g} a step closes 63 % of its gap in {figures.time_constant:.1f} steps and all "
        f"but 2 % in {close:.1f}; {percent(figures.noise_gain)} of white noise gets through.",
        "passes": f"At β {beta:g} the average lets through {half}, and the slower a wave the more of it.",
    }


def power(figures: FilterFigures) -> str:
    """The half-power frequency in words."""
    return f"{figures.half_power:#.3g} cycles/step" if figures.half_power else "none (memory too short)"


def settling(beta: float) -> tuple[str, ...]:
    """Predicted settling of one beta, as the table of all betas prints it."""
    return tuple(f"{settling_steps(beta, share):.2f}" for share in SHARES)


def _cycle(figures: FilterFigures) -> str:
    return f" (period {1.0 / figures.half_power:,.1f} steps)" if figures.half_power else ""


def _closed(state: StepState, elapsed: float) -> str:
    """How much of the gap the recursion has closed at the last whole step before `elapsed`."""
    study = study_response(state.beta, state.start, state.target, state.steps)
    at, gap = int(elapsed), state.target - state.start
    if gap == 0.0:
        return "already at target"
    if at >= state.steps:
        return NEVER
    return f"{100.0 * (study.simulated[at] - state.start) / gap:.2f} % at step {at}"
