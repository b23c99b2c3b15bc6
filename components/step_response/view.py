"""Step response view: the moving average as a filter, predicted and measured."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output, State, dcc, html, no_update

from ..layout import cards, controls, ids
from ..layout.checked_state import state_or_default
from ..layout.protocols import unprepared, unversioned
from ..layout.url_state import from_text
from .figures import frequency_picture, response_picture
from .readouts import ROWS, texts
from .state import BETAS, SHOWS, StepState, style_slot
from .tables import as_csv, betas_table, data_table

NAME, PATH, TITLE = "step-response", "/step-response", "Step response"
STATE = StepState
QUESTION = "How fast does the average follow, and how much noise gets through?"
AT_ONCE, prepare, version = None, unprepared, unversioned
LOOK_FOR = (
    "the same curve at every β, only stretched: each time constant closes 63 % of what is left. Slower means "
    "quieter: ten times the memory passes a third of the noise."
)


def pictures(state: StepState) -> dict[str, dict[str, Any]]:
    """Every picture of the view, with the read-outs that go with it."""
    text = texts(state)
    return {"response": response_picture(state, text), "frequency": frequency_picture(state, text)}


def cost(state: StepState) -> float:
    """Return the seconds that both pictures take at most: the recursion goes step by step."""
    return 0.003 + 5e-7 * state.steps * len(state.drawn)


def layout(**query: str) -> html.Div:
    """The view as the URL describes it."""
    state, problems = from_text(StepState, query)
    drawn = pictures(state)
    return html.Div(
        [
            html.Div(
                dmc.Stack(
                    [
                        dmc.Title(QUESTION, order=1, size="h3"),
                        cards.look_for(LOOK_FOR),
                        cards.refused(problems),
                    ],
                    gap=6,
                ),
                className="gaba-top",
            ),
            html.Div(_controls(state), className="gaba-side"),
            html.Div(_response_card(drawn["response"]), className="gaba-picture"),
            html.Div(_numbers(state, drawn["frequency"]), className="gaba-numbers"),
            *controls.stores(NAME, state),
        ],
        className="gaba-view",
    )


def _controls(state: StepState) -> Any:
    betas = {f"{beta:g}": f"{beta:g}" for beta in dict.fromkeys((*BETAS, *state.betas))}
    return cards.card(
        dmc.Stack(
            [
                *controls.numbers(NAME, state),
                controls.chips(
                    NAME,
                    "betas",
                    controls.helped(
                        "Compare with", "More moving averages in the same pictures.", "β", stop=True
                    ),
                    betas,
                    tuple(f"{beta:g}" for beta in state.betas),
                    {text: f"var(--gaba-seed-{style_slot(float(text))})" for text in betas},
                ),
                controls.chips(NAME, "show", "Also show", SHOWS, state.show),
            ],
            gap="md",
        )
    )


def _response_card(picture: dict[str, Any]) -> Any:
    label = "Step response of each moving average over time, with one, three and five time constants marked."
    caption = dmc.Text(
        [
            "Simulation matches theory to ",
            cards.live(NAME, "difference", picture["text"]["difference"]),
        ],
        size="sm",
        c="dimmed",
    )
    menu = cards.exports(NAME, "response", ("CSV", ids.part(NAME, "csv")))
    says = dmc.Text(cards.outcome(NAME, "says", picture["text"]["says"]), fw=600, size="sm", flex=1)
    above = html.Div(dmc.Group([says, menu], mb="xs", wrap="nowrap", align="flex-start"))
    return cards.card(
        [above, cards.graph(NAME, "response", picture, label, 420, **_described_by("says")), caption]
    )


def _described_by(sentence: str) -> dict[str, str]:
    return {"described": cards.live_id(NAME, sentence), "details": ids.part(NAME, "open")}


def _numbers(state: StepState, frequency: dict[str, Any]) -> html.Div:
    return html.Div(
        [
            html.Div([_frequency_card(frequency), _readouts_card(frequency["text"])], className="gaba-pair"),
            html.Div(_betas_card(state), style={"marginTop": 16}),
            html.Div(
                cards.folded("Data table", ids.part(NAME, "open"), ids.part(NAME, "data")),
                style={"marginTop": 16},
            ),
        ]
    )


def _frequency_card(picture: dict[str, Any]) -> Any:
    help_text = (
        "How much of a wave of each frequency comes through: 0 dB is all of it, −20 dB a tenth. The dots "
        "mark half of the power, −3 dB."
    )
    label = "Gain of each moving average over frequency, with the half-power points."
    return cards.card(
        [
            cards.heading("Frequency response", help_text, cards.exports(NAME, "frequency")),
            cards.graph(NAME, "frequency", picture, label, 330, **_described_by("passes")),
            dmc.Text(cards.live(NAME, "passes", picture["text"]["passes"]), size="sm", c="dimmed"),
        ]
    )


def _readouts_card(text: dict[str, str]) -> Any:
    rows = [
        (
            label,
            help_text,
            [
                cards.live(NAME, f"{name}-{kind}", text[f"{name}-{kind}"])
                for kind in ("predicted", "measured")
            ],
        )
        for name, label, help_text in ROWS
    ]
    return cards.card(
        [
            cards.heading(
                "Predicted and measured",
                "For the β of the slider. Measured: on the recursion itself, run step by step; the noise "
                "gain on 400,000 draws of white noise.",
            ),
            cards.readouts(["", "Predicted", "Measured"], rows, "Read-outs, predicted and measured"),
        ]
    )


def _betas_card(state: StepState) -> Any:
    return cards.card(
        [
            cards.heading(
                "Settling of each β",
                "In steps. Settled to 2 % means that a fiftieth of the first gap is left.",
            ),
            html.Div(betas_table(state), id=ids.part(NAME, "betas")),
            dcc.Download(id=ids.part(NAME, "download")),
        ]
    )


def register_callbacks(app: Dash) -> None:
    """Redraw when the collected state changes; download."""
    controls.register(app, NAME)

    @app.callback(
        Output(ids.picture(NAME, "response"), "data"),
        Output(ids.picture(NAME, "frequency"), "data"),
        Output(ids.part(NAME, "betas"), "children"),
        Output(ids.part(NAME, "data"), "children"),
        Input(ids.state(NAME), "data"),
        Input(ids.part(NAME, "open"), "value"),
        prevent_initial_call=True,
    )
    def redraw(text: dict[str, Any], opened: str | None) -> tuple[Any, ...]:
        state = state_or_default(StepState, text)
        drawn = {name: {**picture, "clock": text["clock"]} for name, picture in pictures(state).items()}
        table = data_table(state) if opened else no_update
        return drawn["response"], drawn["frequency"], betas_table(state), table

    @app.callback(
        Output(ids.part(NAME, "download"), "data"),
        Input(ids.part(NAME, "csv"), "n_clicks"),
        State(ids.state(NAME), "data"),
        prevent_initial_call=True,
    )
    def download(_: int, text: dict[str, Any] | None) -> dict[str, Any]:
        return {
            "content": as_csv(state_or_default(StepState, text if text else {})),
            "filename": "gaba_step_response.csv",
        }
