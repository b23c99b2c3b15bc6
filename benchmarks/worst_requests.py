"""What the dearest legal requests cost: `python benchmarks/worst_requests.py [NAME ...]`.

Each is asked of a process of its own that has served one page before; printed are the seconds of processor,
the megabytes by which the process grew at its highest, status and size of the answer. NAME chooses those that
are called so in part.
"""

from __future__ import annotations

import json
import multiprocessing
import resource
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import combinations
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

sys.path.insert(0, str(Path(__file__).parents[1]))

import app
from benchmarks.measuring import machine
from components.anti_windup.divergence.state import DivergenceState
from components.anti_windup.monte_carlo.state import MonteCarloState
from components.anti_windup.recovery.state import RecoveryState
from components.convergence.state import ConvergenceState
from components.guide.state import GuideState
from components.layout.url_state import to_text
from components.map.axes import AXES
from components.map.state import MapState
from components.replay.state import ReplayState
from components.run_source.replay_link import token
from components.runs.state import MAX_RUNS, RunsState
from components.step_response.state import BETAS, StepState
from gaba_core.comparators import COMPARATORS
from gaba_core.parameters import quantities

LONGEST = {
    "epochs": 2000,
    "steps_per_epoch": 250,
    "seeds": ",".join(map(str, range(1, 9))),
    "noise": "lognormal",
    "drift": 3.0,
    "show": "theory,mean,state,health,share,best,logy",
}
LOGS = sorted(str(path.parent.relative_to(app.LOGS)) for path in app.LOGS.rglob("convergence_log.json"))
RUN = token(LOGS[-1])
# The largest setting of each panel: name in the route, state, what is far from its default.
LARGEST: dict[str, tuple[str, type[Any], dict[str, Any]]] = {
    "convergence": ("/", ConvergenceState, {**LONGEST, "drift": 1.0, "noise": "gaussian"}),
    "convergence, drift": ("/", ConvergenceState, LONGEST),
    "convergence, pinned": ("/", ConvergenceState, {**LONGEST, "pin": urlencode({**LONGEST, "sigma": 0.7})}),
    "step-response": ("/step-response", StepState, {"steps": 20_000, "betas": ",".join(map(str, BETAS))}),
    "anti-windup-monte-carlo": ("/anti-windup", MonteCarloState, {"tasks": 20, "draws": 300_000}),
    "anti-windup-recovery": ("/anti-windup", RecoveryState, {"steps_before": 5000, "steps_after": 5000}),
    "anti-windup-divergence": (
        "/anti-windup",
        DivergenceState,
        {"steps": 1000, "seeds": "1,2,3,4,5", "methods": ",".join(COMPARATORS)},
    ),
    "guide": ("/guide", GuideState, {"beta": 0.999}),
    **{
        f"map, {x} over {y}": (
            "/map",
            MapState,
            {"x": x, "y": y, "epochs": 1000, "steps_per_epoch": 10, "k": 1.0},
        )
        for x, y in combinations(AXES, 2)
    },
    "map, scheme D": ("/map", MapState, {"scheme": "D", "epochs": 2000, "steps_per_epoch": 10}),
    "map, of a run": ("/map", MapState, {"run": RUN}),
    "runs": (
        "/runs",
        RunsState,
        {"runs": ",".join(map(quote, LOGS[-MAX_RUNS:])), "metric": "rmse_last,nasa,loss_rul"},
    ),
    **{
        f"replay, {scheme}": ("/replay", ReplayState, {"run": RUN, "scheme": scheme})
        for scheme in ("gaba", "B", "G", "gradnorm-softmax", "nash-mtl")
    },
    "replay, compared": ("/replay", ReplayState, {"run": RUN, "mode": "compare", "steps_per_epoch": 10_000}),
}
Request = Callable[[Any], Any]


def cases() -> Iterator[tuple[str, Request]]:
    """Yield name and request: each page, all positions of each control, each callback, and long keys."""
    for name, (path, kind, state) in LARGEST.items():
        panel = name.partition(",")[0]
        page = {"panel": panel.removeprefix("anti-windup-")} if path == "/anti-windup" else {}
        yield f"{name}: page", page_at(path, {**state, **page})
        for control in (f.name for f in quantities(kind) if f.metadata["quantity"].positions()):
            asked = {**state, "control": control, "first": 0, "count": 400}
            if panel != "map":  # it has no route of its own
                yield f"{name}: {control}", get(f"/frames/{panel}", asked)
        yield from callbacks(name, panel, {**to_text(kind()), **state, "clock": 0})
    for parts in (1_000, 200_000):
        key = "/".join("x" * parts)
        yield f"key of {parts} parts: look", get("/live/runs", {"run": key})
        yield from callbacks(f"key of {parts} parts", "runs", {"runs": key, "clock": 0})
    many = ",".join(f"x{i}" for i in range(100_000))
    yield from callbacks("100,000 keys", "runs", {"runs": many, "clock": 0})


def get(path: str, query: dict[str, Any]) -> Request:
    """Return a request for a path."""
    return lambda client: client.get(f"{path}?{urlencode(query)}")


def page_at(path: str, query: dict[str, Any]) -> Request:
    """Return the request that brings what stands on a page."""
    values = {"pathname": path, "search": f"?{urlencode(query)}"}
    inputs = [{"id": "_pages_location", "property": name, "value": text} for name, text in values.items()]
    parts = (("_pages_content", "children"), ("_pages_store", "data"))
    return partial(
        call,
        {
            "output": ".._pages_content.children..._pages_store.data..",
            "outputs": [{"id": ident, "property": name} for ident, name in parts],
            "inputs": inputs,
            "state": [],
            "changedPropIds": ["_pages_location.search"],
        },
    )


def callbacks(name: str, panel: str, state: dict[str, Any]) -> Iterator[tuple[str, Request]]:
    """Yield every callback that reads the state of a panel."""
    served = app.create_app()
    served.server.test_client().get("/")  # Dash registers its own callbacks at the first request
    for output, spec in served.callback_map.items():
        read = [one["id"] for one in (*spec["inputs"], *spec["state"])]
        if "callback" in spec and f"{panel}-state" in read:
            shown = output[:60]
            yield f"{name}: callback {shown}", partial(call, body_of(output, spec, panel, state))


def call(body: dict[str, Any], client: Any) -> Any:
    """Run a callback."""
    return client.post("/_dash-update-component", json=body)


def body_of(output: str, spec: dict[str, Any], panel: str, state: dict[str, Any]) -> dict[str, Any]:
    """Return what a page sends to run a callback."""

    def sent(entry: dict[str, str]) -> Any:
        ident = entry["id"]
        if ident.startswith("{"):
            return []
        value: Any = 1 if entry["property"] == "n_clicks" else "data"
        if entry["property"] == "data":
            value = state if ident == f"{panel}-state" else {"clock": 0}
        if ident.endswith("-defaults"):
            value = {}
        return {"id": ident, "property": entry["property"], "value": value}

    parts = [part.rsplit(".", 1) for part in output.strip(".").split("...") if "." in part]
    outputs = [
        {"id": json.loads(i) if i.startswith("{") else i, "property": p.split("@")[0]} for i, p in parts
    ]
    first = spec["inputs"][0]
    return {
        "output": output,
        "outputs": outputs if output.startswith("..") else next(iter(outputs), None),
        "inputs": [sent(entry) for entry in spec["inputs"]],
        "state": [sent(entry) for entry in spec["state"]],
        "changedPropIds": [f"{first['id']}.{first['property']}"],
    }


def cost(ask: Request) -> tuple[float, float, int, int, str]:
    """Return seconds of processor, megabytes, status and size of one request, and a refusal's words."""
    client = app.create_app().server.test_client()
    client.get("/")
    before, begin = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    answer = ask(client)
    seconds = time.process_time() - begin
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1e3
    words = "" if answer.status_code in (200, 204) else answer.get_data(as_text=True)[:200]
    return seconds, grown, answer.status_code, len(answer.data), words


def answer(ask: Request, sender: Any) -> None:
    """Send what a request costs."""
    sender.send(cost(ask))


def main(wanted: list[str]) -> None:
    """Print one line a request."""
    context = multiprocessing.get_context("fork")
    for name, ask in cases():
        if wanted and not any(part in name for part in wanted):
            continue
        receiver, sender = context.Pipe(duplex=False)
        process = context.Process(target=answer, args=(ask, sender))
        process.start()
        seconds, grown, status, size, words = receiver.recv()
        process.join()
        figures = f"{seconds:6.2f} s  {grown:+5.0f} MB  {status}  {size / 1e6:6.2f} MB"
        print(f"{figures}  {name} {words}", flush=True)
    print(machine())


if __name__ == "__main__":
    main(sys.argv[1:])
