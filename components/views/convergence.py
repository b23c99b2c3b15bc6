"""Convergence view: drag the controller's parameters, watch the seeds converge."""

from __future__ import annotations

import csv
import io
from typing import Any

import dash_mantine_components as dmc
from dash import ALL, Dash, Input, Output, State, ctx, dcc, html, no_update

from components import cards, controls, ids, shell, swatches
from components.convergence_state import (
    AXES,
    MAX_SEEDS,
    NOISES,
    PRESETS,
    SHOWS,
    WINDOWS,
    ConvergenceState,
)
from components.convergence_text import ROWS, texts
from components.figures.convergence import weights_picture
from components.state import from_text
from gaba_core.convergence import milestones
from gaba_core.regimes import REGIMES
from gaba_core.simulation import simulate

NAME, PATH, TITLE = "convergence", "/", "Convergence"
STATE = ConvergenceState
LOOK_FOR = (
    "a flat start, an exponential fall, a kink where the floor catches the weight, and a plateau just below "
    "the floor. Beta sets when it happens; floor and gradient ratio set where it ends."
)


def pictures(state: ConvergenceState) -> dict[str, dict[str, Any]]:
    """Every picture of the view, with the read-outs that go with it."""
    return {"weights": weights_picture(state, texts(state))}


def layout(**query: str) -> html.Div:
    """The view as the URL describes it."""
    state, problems = from_text(ConvergenceState, query)
    picture = pictures(state)["weights"]
    return html.Div(
        [
            html.Div(
                dmc.Stack(
                    [
                        dmc.Title("Convergence of the task weights", order=2, size="h3"),
                        cards.look_for(LOOK_FOR),
                        cards.refused(problems),
                    ],
                    gap=6,
                ),
                className="gaba-top",
            ),
            html.Div(_controls(state), className="gaba-side"),
            html.Div(_toolbar(state), className="gaba-toolbar"),
            html.Div(_picture_card(picture), className="gaba-picture"),
            html.Div(_numbers(state, picture["text"]), className="gaba-numbers"),
            *controls.stores(NAME, state),
        ],
        className="gaba-view",
    )


def _controls(state: ConvergenceState) -> Any:
    seeds = {str(s): str(s) for s in dict.fromkeys((*swatches.OFFERED_SEEDS, *state.seeds))}
    presets = {name: (preset.label, preset.help) for name, preset in PRESETS.items()}
    return dmc.Stack(
        [
            cards.card(
                dmc.Stack(
                    [cards.heading("Presets"), controls.presets(NAME, presets)],
                    gap=0,
                )
            ),
            cards.card(
                dmc.Stack(
                    [
                        *controls.numbers(NAME, state),
                        controls.segments(NAME, "noise", "Noise model", NOISES, state.noise),
                        controls.chips(
                            NAME,
                            "seeds",
                            controls.helped(
                                "Seeds", f"Each seed is one run with noise of its own; up to {MAX_SEEDS}."
                            ),
                            seeds,
                            tuple(map(str, state.seeds)),
                            {text: swatches.color(int(text)) for text in seeds},
                        ),
                    ],
                    gap="md",
                )
            ),
        ],
        gap="md",
    )


def _toolbar(state: ConvergenceState) -> Any:
    return cards.card(
        dmc.Group(
            [
                dmc.Box(controls.segments(NAME, "window", "Time drawn", WINDOWS, state.window), miw=220),
                dmc.Box(controls.segments(NAME, "x", "Time counted in", AXES, state.x), miw=140),
                dmc.Box(controls.chips(NAME, "show", "Also show", SHOWS, state.show), flex=1, miw=260),
            ],
            align="flex-start",
            gap="lg",
        )
    )


def _picture_card(picture: dict[str, Any]) -> Any:
    label = "Weight of the RUL task over time for each seed, with the four regimes of convergence."
    return cards.card([cards.graph(NAME, "weights", picture, label), _regimes(picture["text"])])


def _regimes(text: dict[str, str]) -> html.Div:
    return html.Div(
        [
            html.Span(
                [
                    html.Span(className="gaba-swatch", style={"background": swatches.regime_fill(name)}),
                    dmc.Text(f"{i} {name.capitalize()}", size="sm", fw=550, span=True),
                    cards.live(NAME, f"regime-{name}", text[f"regime-{name}"]),
                ],
                className="gaba-regime",
            )
            for i, name in enumerate(REGIMES, 1)
        ],
        className="gaba-regimes",
    )


def _numbers(state: ConvergenceState, text: dict[str, str]) -> html.Div:
    rows = [
        (
            label,
            help_text,
            [
                cards.live(NAME, f"{name}-{kind}", text[f"{name}-{kind}"])
                for kind in ("predicted", "simulated")
            ],
        )
        for name, label, help_text in ROWS
    ]
    download = dmc.Button("CSV", id=ids.part(NAME, "csv"), size="compact-sm", variant="default")
    return html.Div(
        [
            cards.card(
                [
                    cards.heading(
                        "Predicted and simulated",
                        "Predicted from the parameters alone, beside what the simulated seeds did. Steps are "
                        "counted from 0; the value at a step is the value after its update.",
                    ),
                    cards.readouts(
                        ["", "Predicted", "Simulated"], rows, "Read-outs, predicted beside simulated"
                    ),
                ]
            ),
            cards.card(
                [
                    cards.heading(
                        "Milestones",
                        "w_rul at the start of an epoch, as the reference program prints it. A training "
                        "logger writes at the end of an epoch and so reads one epoch further on.",
                        download,
                    ),
                    html.Div(_milestones(state), id=ids.part(NAME, "milestones")),
                    dcc.Download(id=ids.part(NAME, "download")),
                ]
            ),
        ],
        className="gaba-pair",
    )


def _milestones(state: ConvergenceState) -> Any:
    epochs, weights = milestones(state.params())
    rows = [
        dmc.TableTr([dmc.TableTd(str(epoch)), *(dmc.TableTd(f"{value:.4f}") for value in row)])
        for epoch, row in zip(epochs, weights, strict=True)
    ]
    return cards.table(["Epoch", *map(str, state.seeds)], rows, "w_rul at milestone epochs by seed")


def _state_of(text: dict[str, Any]) -> ConvergenceState:
    """The state a control panel sent; what it refuses is shown and replaced by its default."""
    state, problems = from_text(ConvergenceState, text)
    if problems:
        shell.notify("This setting is not possible", " ".join(problems))
    return state


def _csv(state: ConvergenceState) -> str:
    """What is drawn, one row a sample: step, epoch, and weight and EMA state of every seed."""
    run = simulate(state.params(), every=state.steps_per_epoch if state.x == "epochs" else 1)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    columns = [f"{name}_seed_{seed}" for seed in state.seeds for name in ("w_rul", "w_health", "ema_rul")]
    writer.writerow(["step", "epoch", *columns])
    for i, step in enumerate(run.steps.tolist()):
        values = [v for s in range(len(state.seeds)) for v in (*run.weights[s, i], run.state[s, i, 0])]
        writer.writerow([step, f"{step / state.steps_per_epoch:.6g}", *(f"{v:.9g}" for v in values)])
    return out.getvalue()


def register_callbacks(app: Dash) -> None:
    """Redraw when the collected state changes; presets; download."""
    controls.register(app, NAME)

    @app.callback(
        Output(ids.picture(NAME, "weights"), "data"),
        Output(ids.part(NAME, "milestones"), "children"),
        Input(ids.state(NAME), "data"),
        prevent_initial_call=True,
    )
    def redraw(text: dict[str, Any]) -> tuple[dict[str, Any], Any]:
        state = _state_of(text)
        return {**pictures(state)["weights"], "clock": text["clock"]}, _milestones(state)

    @app.callback(
        Output(ids.number(NAME, ALL), "value", allow_duplicate=True),
        Output(ids.choice(NAME, ALL), "value", allow_duplicate=True),
        Input(ids.preset(NAME, ALL), "n_clicks"),
        State(ids.number(NAME, ALL), "id"),
        State(ids.choice(NAME, ALL), "id"),
        prevent_initial_call=True,
    )
    def apply_preset(clicks: list[int | None], numbers: list[Any], choices: list[Any]) -> tuple[Any, Any]:
        if not any(clicks):
            return [no_update] * len(numbers), [no_update] * len(choices)
        values = PRESETS[ctx.triggered_id["name"]].values
        state = ConvergenceState(**values)
        return (
            [getattr(state, i["param"]) for i in numbers],
            [values.get(i["param"], "gaussian" if i["param"] == "noise" else no_update) for i in choices],
        )

    @app.callback(
        Output(ids.part(NAME, "download"), "data"),
        Input(ids.part(NAME, "csv"), "n_clicks"),
        State(ids.state(NAME), "data"),
        prevent_initial_call=True,
    )
    def download(_: int, text: dict[str, Any] | None) -> dict[str, Any]:
        return {"content": _csv(_state_of(text if text else {})), "filename": "gaba_convergence.csv"}
