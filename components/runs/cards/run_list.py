"""The list of runs: a grid whose metric columns follow the logs; ticked runs are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash_ag_grid as dag

from ...layout import ids
from ...run_source.runs_link import NAME

SHORT_LIST = 5
ROW, HEAD = 30, 34  # pixels
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
    return column | tips | {"minWidth": width, "flex": 1}


COLUMNS: list[dict[str, Any]] = [
    {
        "field": "subset",
        "headerName": "Subset",
        "minWidth": 84,
        "flex": 2,
        "tooltipField": "subset",
        # a log of another program has a file name and nothing else to say in the next columns
        "colSpan": {
            "function": "params.data.method || params.data.seed != null || params.data.device ? 1 : 4"
        },
    },
    {"field": "method", "headerName": "Method", "minWidth": 132, "flex": 2, "tooltipField": "method"},
    {"field": "seed", "headerName": "Seed", "type": "rightAligned", "minWidth": 72, "flex": 1},
    {"field": "device", "headerName": "Device", "minWidth": 120, "flex": 3, "tooltipField": "device"},
    _figure("epochs", "Epochs", _whole(), 84),
    _figure("best_epoch", "Best epoch", _whole(), 104),
    _figure("rmse", "RMSE (cycles)", _number(2), 124, "Last window of each engine, RUL capped. " + _WHICH),
    _figure("rmse_uncapped", "RMSE, uncapped", _number(2), 132, "The same, RUL not capped. " + _WHICH),
    _figure("nasa", "NASA score", _number(1), 108, "Late predictions cost more. " + _WHICH),
    _figure("accuracy", "Health (%)", _number(1), 100, "Engines whose health class is right. " + _WHICH),
    {"field": "metric", "headerName": "Judged by", "minWidth": 112, "flex": 2, "tooltipField": "metric"},
    _figure("at_best", "At best", _digits(4), 92, "The metric at the best epoch of the log."),
    {"field": "note", "headerName": "Note", "minWidth": 100, "flex": 2, "tooltipField": "note"},
]


def columns_for(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the columns of the list: those of C-MAPSS where a run has them, else each log's own metric."""
    filled = {name for row in rows for name in OURS if row.get(name) is not None}
    own = any(row.get("metric") and row.get("rmse") is None for row in rows)
    hidden = {*(set(OURS) - filled), *(() if own else ("metric", "at_best"))}
    return [column | {"hide": column["field"] in hidden} for column in COLUMNS]


def grid(rows: list[dict[str, Any]], selected: Sequence[str]) -> dag.AgGrid:
    """The list of runs; ticked ones are drawn."""
    short = len(rows) <= SHORT_LIST
    return dag.AgGrid(
        id=ids.part(NAME, "grid"),
        rowData=rows,
        columnDefs=columns_for(rows),
        defaultColDef={"sortable": True, "filter": True, "resizable": True},
        selectedRows=[row for row in rows if row["key"] in selected],
        getRowId="'run ' + params.data.key",  # the grid looks an id up in an object, which has `__proto__`
        dashGridOptions={
            "rowSelection": {
                "mode": "multiRow",
                "enableClickSelection": True,
                "enableSelectionWithoutKeys": True,
                "headerCheckbox": False,
                "isRowSelectable": {"function": "!params.data.failed"},
            },
            "selectionColumnDef": {"headerName": "Drawn", "headerClass": "gaba-unseen"},
            "domLayout": "autoHeight" if short else "normal",
            **ONE_STOP,
            "rowHeight": ROW,
            "headerHeight": HEAD,
            "tooltipShowDelay": 300,
            "localeText": {"noRowsToShow": "No runs yet: train one, or drop a log on the page."},
        },
        className="gaba-grid",
        style={"height": None if short else HEAD + 5.5 * ROW},
    )
