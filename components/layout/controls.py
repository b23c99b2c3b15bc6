"""Controls made from the parameters themselves, so a range is written only once."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import Field
from typing import Any

import dash_mantine_components as dmc
from dash import ALL, MATCH, ClientsideFunction, Dash, Input, Output, State, dcc, html

from gaba_core.parameters import Quantity, quantities

from . import ids
from .subscripts import subscripts
from .url_state import to_text


def stores(view: str, state: Any) -> list[Any]:
    """The stores every view with controls needs: its state and the defaults a short link leaves out."""
    return [
        dcc.Store(id=ids.state(view), data={**to_text(state), "clock": 0}),
        dcc.Store(id=ids.part(view, "defaults"), data=to_text(type(state)())),
    ]


def numbers(view: str, state: Any, block: int = 16, names: Collection[str] | None = None) -> list[Any]:
    """A number box for each quantity of a view's state, with a slider where it has one.

    Args:
        view: whose controls they are.
        state: what they hold.
        block: neighbouring positions whose frames are fetched at once: few enough not to hold up a frame,
            many where a block of them is cheaper.
        names: the quantities that are offered; None for all.
    """
    offered = [f for f in quantities(type(state)) if names is None or f.name in names]
    return [_number(view, f, getattr(state, f.name), block) for f in offered]


def _number(view: str, parameter: Field[Any], value: float, block: int) -> dmc.Box:
    """Label and number box side by side, and below them the slider of what can be dragged."""
    what: Quantity = parameter.metadata["quantity"]
    name = f"{what.label} {what.symbol}".strip()
    row = dmc.Group(
        [_name(what.label, what.symbol), _box(view, parameter.name, what, value, name)],
        justify="space-between",
        wrap="nowrap",
        gap="xs",
    )
    top = _explained(row, what.help, whole=True)  # the label by the pointer, the box by the keyboard
    positions = what.positions()
    if not positions:
        return dmc.Box(top, className="gaba-typed")
    return dmc.Box(
        [top, _slider(view, parameter.name, positions, value, name)],
        className="gaba-control",
        **{
            "data-view": view,
            "data-param": parameter.name,
            "data-low": json.dumps(positions[0]),
            "data-high": json.dumps(positions[-1]),
            "data-unit": what.unit,
            "data-positions": json.dumps(positions),
            "data-block": str(block),
        },
    )


def _box(view: str, param: str, what: Quantity, value: float, name: str) -> dmc.NumberInput:
    return dmc.NumberInput(
        id=ids.number(view, param),
        value=value,
        min=what.low,
        max=_greatest(what),
        step=_step(what),
        allowDecimal=not what.integer,
        clampBehavior="blur",
        debounce=250 if what.scale or not what.integer else False,  # a stepped count is seen at once
        hideControls=what.scale is not None or not what.integer,
        size="xs",
        w=92,
        rightSection=dmc.Text(what.unit, size="xs", c="dimmed") if what.unit else None,
        rightSectionWidth=8 + 7 * len(what.unit) if what.scale or what.unit or not what.integer else 32,
        **{"aria-label": f"{name}, number", "aria-description": what.help},
    )


def _step(what: Quantity) -> float:
    if what.scale is None:
        return 1.0 if what.integer else 0.01
    return what.scale.step if what.scale.kind == "linear" else 0.01


def _slider(view: str, param: str, positions: tuple[float, ...], value: float, name: str) -> dmc.Slider:
    return dmc.Slider(
        id=ids.slider(view, param),
        value=min(range(len(positions)), key=lambda i: abs(positions[i] - value)),
        min=0,
        max=len(positions) - 1,
        step=1,
        updatemode="mouseup",  # under the pointer assets/sliders.mjs moves it
        scale={"function": "gabaValue", "options": {"values": positions}},
        label=None,  # the number box above says it
        thumbLabel=name,  # the accessible name; Mantine leaves it empty
        size="sm",
        thumbSize=18,
        mt=6,
    )


def helped(label: str, text: str, symbol: str = "", *, stop: bool = False) -> Any:
    """A label that explains itself on hover and on focus.

    Args:
        label: what is explained.
        text: the explanation.
        symbol: its letter, with the index after an underscore.
        stop: whether the Tab key halts at it; in a table the arrow keys do (`assets/table_keys.mjs`).
    """
    return _explained(_name(label, symbol, 0 if stop else -1), text)


def _name(label: str, symbol: str, stop: int | None = None) -> dmc.Box:
    words = [dmc.Text(label, size="sm", span=True)]
    if symbol:
        letter, _, index = symbol.partition("_")
        inside = [letter, html.Sub(index)] if index else letter
        words.append(dmc.Text(inside, size="sm", c="dimmed", span=True, ml=6))
    return dmc.Box(words, className="gaba-helped", tabIndex=stop)


def _explained(target: Any, text: str, *, whole: bool = False) -> dmc.Tooltip:
    return dmc.Tooltip(
        target,
        boxWrapperProps={"w": "100%" if whole else "fit-content"},
        label=subscripts(text),
        multiline=True,
        w=260,
        withArrow=True,
        events={"hover": True, "focus": True, "touch": True},
        position="top-start",
    )


def segments(view: str, name: str, label: str, options: dict[str, str], value: str) -> Any:
    """One choice out of a few, all visible."""
    return dmc.Stack(
        [
            dmc.Text(label, size="sm"),
            dmc.SegmentedControl(
                id=ids.choice(view, name),
                data=[{"value": k, "label": v} for k, v in options.items()],
                value=value,
                size="xs",
                fullWidth=True,
                **{"aria-label": label},
            ),
        ],
        gap=6,
    )


def chips(
    view: str,
    name: str,
    label: Any,
    options: dict[str, str],
    value: tuple[str, ...],
    colors: dict[str, str] | None = None,
) -> Any:
    """Any number of choices, each a chip; `colors` ties a chip to a line of the picture."""
    named_by = ids.part(view, f"{name}-label")
    return dmc.Stack(
        [
            html.Div(dmc.Text(label, size="sm") if isinstance(label, str) else label, id=named_by),
            dmc.ChipGroup(
                dmc.Group(
                    [
                        dmc.Chip(v, value=k, size="xs", variant="outline", color=(colors or {}).get(k))
                        for k, v in options.items()
                    ],
                    gap=6,
                ),
                id=ids.choice(view, name),
                multiple=True,
                value=list(value),
            ),
        ],
        gap=6,
        attributes={"root": {"role": "group", "aria-labelledby": named_by}},
    )


def presets(
    view: str, options: dict[str, tuple[str, str]], sets: Mapping[str, Mapping[str, str]] | None = None
) -> Any:
    """Buttons that set several controls at once.

    Args:
        view: whose controls they set.
        options: by the name of a preset, its label and help.
        sets: by its name, what it sets, as text: the one that is on is shown pressed.
    """
    buttons = [
        dmc.Tooltip(
            dmc.Button(
                label,
                id=ids.preset(view, name),
                size="compact-xs",
                variant="default",
                radius="xl",
                className="gaba-preset",
                **_pressed(view, (sets or {}).get(name)),
            ),
            label=text,
            multiline=True,
            w=260,
            withArrow=True,
        )
        for name, (label, text) in options.items()
    ]
    return dmc.Group(buttons, gap=6)


def _pressed(view: str, sets: Mapping[str, str] | None) -> dict[str, Any]:
    """What `assets/presets.mjs` shows a button pressed by."""
    return {} if sets is None else {"data-view": view, "data-sets": json.dumps(dict(sets))}


def register(app: Dash, view: str) -> None:
    """Let sliders follow their boxes, and collect a view's controls into its store and its URL."""
    app.clientside_callback(
        ClientsideFunction("gaba", "follow"),
        Output(ids.slider(view, MATCH), "value"),
        Input(ids.number(view, MATCH), "value"),
        State(ids.slider(view, MATCH), "value"),
        State(ids.slider(view, MATCH), "scale"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("gaba", "collect"),
        Output(ids.state(view), "data"),
        Input(ids.number(view, ALL), "value"),
        Input(ids.choice(view, ALL), "value"),
        State(ids.number(view, ALL), "id"),
        State(ids.choice(view, ALL), "id"),
        State(ids.part(view, "defaults"), "data"),
    )


def _greatest(what: Quantity) -> float:
    top = min(what.high, 1e6)
    return 0.999999 if what.high_open else top
