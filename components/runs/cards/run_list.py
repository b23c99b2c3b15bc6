"""The list of runs: verdicts on each run in sight, its figures to the right; ticked runs are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash_ag_grid as dag

from ...layout import ids
from ...run_source.runs_link import NAME

ROW, HEAD, GROUP = 30, 34, 46  # pixels
# Tab leaves a list at once, not through its every cell; arrow keys walk in it, the space bar ticks.
ONE_STOP = {"tabToNextCell": {"function": "false"}, "tabToNextHeader": {"function": "false"}}


def _number(digits: int) -> dict[str, str]:
    return {"function": f"params.value == null ? '–' : d3.format(',.{digits}f')(params.value)"}


def _whole() -> dict[str, str]:
    return {"function": "params.value == null ? '' : d3.format(',~r')(params.value)"}


def _digits(digits: int) -> dict[str, str]:
    return {"function": f"params.value == null ? '–' : d3.format(',.{digits}~r')(params.value)"}


OURS = ("rmse", "rmse_uncapped", "nasa", "accuracy")  # figures that only runs on C-MAPSS have
_WHICH = "Each cell says which engines."


def _figure(field: str, name: str, shown: dict[str, str], width: int, about: str = "") -> dict[str, Any]:
    column = {"field": field, "headerName": name, "type": "rightAligned", "valueFormatter": shown}
    tips = {"headerTooltip": about, "tooltipField": "figures_from"} if about else {}
    return column | tips | {"width": width}


def _pill(name: str, title: str) -> dict[str, Any]:
    """A column of verdicts: the browser asks for those of the rows in sight."""
    return {
        "colId": name,
        "headerName": title,
        "width": 104,
        "cellRenderer": "GabaPill",
        "valueGetter": {"function": f"gabaVerdict(params, '{name}')"},
        "tooltipValueGetter": {"function": f"gabaWhy(params, '{name}')"},
        "comparator": {"function": "gabaGravest"},
        "filter": True,
    }


COLUMNS: list[dict[str, Any]] = [
    {
        "colId": "name",
        "headerName": "Run",
        "width": 166,
        "valueGetter": {"function": "gabaName(params)"},
        "getQuickFilterText": {"function": "gabaWords(params)"},
        "tooltipValueGetter": {"function": "gabaWords(params)"},
        "cellRenderer": "GabaRun",
        "colSpan": {"function": "params.data.group ? 3 : 1"},
    },
    _pill("balancer", "Balancer"),
    _pill("model", "Model"),
    _figure("rmse", "RMSE (cycles)", _number(2), 124, "Last window of each engine, RUL capped. " + _WHICH),
    _figure("rmse_uncapped", "RMSE, uncapped", _number(2), 132, "The same, RUL not capped. " + _WHICH),
    _figure("nasa", "NASA score", _number(1), 108, "Late predictions cost more. " + _WHICH),
    _figure("accuracy", "Health (%)", _number(1), 100, "Engines whose health class is right. " + _WHICH),
    {"field": "metric", "headerName": "Judged by", "width": 130, "tooltipField": "metric"},
    _figure("at_best", "At best", _digits(4), 92, "The metric at the best epoch of the log."),
    _figure("best_epoch", "Best epoch", _whole(), 104),
    _figure("epochs", "Epochs", _whole(), 84),
    {"field": "subset", "headerName": "Subset", "width": 100, "tooltipField": "subset"},
    {"field": "method", "headerName": "Method", "width": 132, "tooltipField": "method"},
    {"field": "seed", "headerName": "Seed", "type": "rightAligned", "width": 72},
    {"field": "device", "headerName": "Device", "width": 140, "tooltipField": "device"},
    {"field": "note", "headerName": "Note", "width": 160, "tooltipField": "note"},
]


def columns_for(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the columns of the list: those of C-MAPSS where a run has them, else each log's own metric."""
    filled = {name for row in rows for name in OURS if row.get(name) is not None}
    own = any(row.get("metric") and row.get("rmse") is None for row in rows)
    hidden = {*(set(OURS) - filled), *(() if own else ("metric", "at_best"))}
    return [column | {"hide": column.get("field") in hidden} for column in COLUMNS]


def grid(rows: list[dict[str, Any]]) -> dag.AgGrid:
    """The list of runs; ticked ones are drawn, and stand on top. What is chosen is ticked in the browser."""
    return dag.AgGrid(
        id=ids.part(NAME, "grid"),
        rowData=rows,
        columnDefs=columns_for(rows),
        defaultColDef={"sortable": True, "filter": True, "resizable": True},
        getRowId="'run ' + params.data.key",  # the grid looks an id up in an object, which has `__proto__`
        dashGridOptions={
            "rowSelection": {
                "mode": "multiRow",
                "enableClickSelection": True,
                "enableSelectionWithoutKeys": True,
                "headerCheckbox": True,
                "selectAll": "filtered",
                "isRowSelectable": {"function": "!params.data.failed"},
                "hideDisabledCheckboxes": True,
            },
            "selectionColumnDef": {
                "headerName": "Drawn",
                "headerClass": "gaba-unseen",
                "width": 34,
                "minWidth": 34,
            },
            "getRowHeight": {"function": f"gabaRowHeight(params, {GROUP}, {ROW})"},
            "postSortRows": {"function": "gabaTickedFirst(params)"},
            **ONE_STOP,
            "headerHeight": HEAD,
            "suppressColumnVirtualisation": True,  # a search of the page finds what lies to the right
            "tooltipShowDelay": 300,
            "localeText": {
                "noRowsToShow": "No runs yet",
                "noMatchingRows": "No run is called so",
                "ariaHeaderSelection": "Tick every run that is listed",
            },
        },
        className="gaba-grid",
        style={"height": "100%"},
    )
