"""The card that says of each run what a colleague would: who is to blame, and on what evidence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import html

from gaba_core import number_text
from gaba_core.runs import Diagnosis, Verdict
from gaba_core.runs.judged_metric import DIRECTIONS, judged_metric, metrics_to_choose, stated_metric
from gaba_core.runs.metric_names import metric_name

from ...layout import cards, ids
from ...run_source.replay_link import replay_link
from ...run_source.runs_link import NAME, quoted
from ...run_source.selected_run import Shown
from ..cards.parts import named, unticked
from ..state import NAMED, RunsState
from .diagnoses import diagnoses
from .tones import TONES, gravity

NAMES = {
    "w": "weight",
    "w_predicted": "weight predicted",
    "w_siblings": "weight of the siblings",
    "sd": "standard deviation",
    "siblings_mad": "siblings' median absolute deviation",
    "siblings_median": "siblings' median",
    "z": "robust z",
    "w_before": "weight before",
    "w_last": "last weight",
    "change_error": "change that noise could make",
    "independent": "independent values",
    "period_records": "period in records",
    "sd_predicted": "standard deviation that the norms ask for",
    "buffer-not-weight": "the moving average is not the weight",
}
FEW = 3  # runs that are named for each verdict, where there are too many for all
HELP = (
    "The balancer is judged by its weights, the model by its error, each alone and beside the other seeds of "
    "the same subset and method. What each verdict rests on is folded below it."
)
Judged = tuple[Shown, Diagnosis]


def card(shown: Sequence[Shown], state: RunsState) -> Any:
    """The verdicts under their title."""
    content = html.Div(verdicts(shown, state.judged_by), id=ids.part(NAME, "verdicts"))
    return cards.card([head(shown, state), content])


def head(shown: Sequence[Shown], state: RunsState) -> Any:
    """The title, and by which metric the model is judged."""
    chosen = dmc.Select(
        id=ids.choice(NAME, "judge"),
        label=dmc.Text("Judge the model by", size="sm", fw=400, mb=2),
        data=judge_options(shown, state),
        value=quoted(state.judged_by),
        size="xs",
        allowDeselect=False,
        searchable=True,
        comboboxProps={"withinPortal": True},
        w=280,
    )
    return dmc.Group([cards.heading("Verdicts", HELP), chosen], justify="space-between", align="start")


def judge_options(shown: Sequence[Shown], state: RunsState) -> list[dict[str, str]]:
    """Return what the model can be judged by: as found, each metric as its name says, then the other way."""
    found = dict.fromkeys(by.name for s in shown if (by := judged_metric(s.run)) is not None)
    offered = dict.fromkeys(name for s in shown for name in metrics_to_choose(s.run))
    first: list[str] = []
    second: list[str] = []
    for name in offered:
        known = metric_name(name).higher_is_better
        for direction, higher in DIRECTIONS.items():
            (first if known is None or known == higher else second).append(f"{name}:{direction}")
    texts = [*first, *second]
    if state.judge and state.judged_by not in texts:
        texts.append(state.judged_by)
    as_found = f"As found: {', '.join(found)}" if found else "As found"
    return [{"value": "", "label": as_found}, *({"value": quoted(t), "label": _way(t)} for t in texts)]


def _way(text: str) -> str:
    name, higher = stated_metric(text)
    return name if higher is None else f"{name}, {'higher' if higher else 'lower'} is better"


def verdicts(shown: Sequence[Shown], judged_by: str = "") -> Any:
    """One verdict on the balancer and one on the model for each run."""
    if not shown:
        return unticked("to have it judged")
    judged = diagnoses(shown, judged_by)
    alike = _alike(shown[: len(judged)], judged)
    if len(shown) <= NAMED:
        return [_judged(same, shown) for same in alike]
    return _gravest(alike, shown, len(judged))


def _gravest(alike: list[list[Judged]], shown: Sequence[Shown], judged: int) -> list[Any]:
    """The gravest of what is said, each with a few of its runs, and how many are left out."""
    said: list[Any] = []
    listed = 0
    for same in sorted(alike, key=_gravity, reverse=True):
        few = min(FEW, len(same), NAMED - listed)
        if few:
            said.append(_judged(same, shown, few))
        listed += few
    left = number_text.count(judged - listed)
    text = f"The gravest verdicts; those on {left} more runs stand in the list of runs."
    if judged < len(shown):
        text += f" The first {number_text.count(judged)} of {number_text.count(len(shown))} runs are judged."
    return [*said, dmc.Text(text, size="sm", c="dimmed")]


def _gravity(same: Sequence[Judged]) -> int:
    first = same[0][1]
    return max(gravity(first.balancer.code), gravity(first.model.code))


def _alike(shown: Sequence[Shown], judged: Sequence[Diagnosis]) -> list[list[Judged]]:
    """The runs with their diagnoses, those of whom the same is said together."""
    found: dict[tuple[str, str, str], list[Judged]] = {}
    for s, d in zip(shown, judged, strict=True):
        found.setdefault((d.balancer.code, d.model.code, d.summary), []).append((s, d))
    return list(found.values())


def words(code: str) -> str:
    """Return a code, or a name of the evidence, as the page writes it."""
    return NAMES.get(code, code.replace("-", " ").replace("_", " "))


def value_text(value: float | str) -> str:
    """Return one piece of evidence as text."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return number_text.number(value) if isinstance(value, float) else str(value)


def evidence_text(item: Verdict) -> str:
    """Return what a verdict rests on, as far as it is known."""
    known = ((name, value) for name, value in item.evidence.items() if value is not None)
    return "; ".join(f"{words(name)}: {value_text(value)}" for name, value in known)


def _judged(same: Sequence[Judged], drawn: Sequence[Shown], most: int = NAMED) -> html.Section:
    """What is said of one run, or once of several; the numbers of each of the first of several are folded."""
    first = same[0][1]
    both = (("Balancer", [d.balancer for _, d in same]), ("Model", [d.model for _, d in same]))
    rows = [part for name, items in both for part in _row(name, items)]
    few = same[:most]
    names: list[Any] = [named(s) for s, _ in few]
    if len(few) < len(same):
        names.append(dmc.Text(f"and {number_text.count(len(same) - len(few))} more", size="sm", span=True))
    label = ", ".join(s.label for s, _ in few)
    says = dmc.Text(first.summary, fw=600, size="sm", **cards.announced())
    return html.Section(
        [
            html.Div([*names, says], className="gaba-summary"),
            html.Div(rows, className="gaba-verdict-rows"),
            *(part for s, d in few for part in _more(s, d, drawn, several=len(same) > 1)),
        ],
        className="gaba-verdict",
        **cards.labelled(f"Verdicts on {label}"),
    )


def _more(s: Shown, d: Diagnosis, drawn: Sequence[Shown], *, several: bool) -> list[Any]:
    """The way to a run's replay, and what its verdicts rest on, folded."""
    grounds = [*(_grounds(name, item) for name, item in (("Balancer", d.balancer), ("Model", d.model)))]
    if several:
        grounds = [html.Div(item.sentence) for item in (d.balancer, d.model)] + grounds
    count = len(d.findings)
    title = "Evidence and rules" + (f", {count} finding{'' if count == 1 else 's'}" if count else "")
    title = f"{s.label}: {title[0].lower()}{title[1:]}" if several else title
    content = html.Div([*grounds, *map(_finding, d.findings)], className="gaba-grounds")
    return [
        html.Div(
            [*_link(s, drawn, several=several), _folded(s.key, title, content)], className="gaba-more-of"
        )
    ]


def _link(s: Shown, drawn: Sequence[Shown], *, several: bool) -> list[Any]:
    """The way to the run's replay, where it has weights to replay or to compare."""
    if len(s.run.tasks) < 2:
        return []
    text, href = replay_link(s, drawn)
    text = f"{text}, {s.label}" if several else text
    return [dmc.Anchor(text, href=href, size="sm", display="inline-block", mt=6)]


def _folded(key: str, title: str, content: Any) -> dmc.Accordion:
    """A section that stays as the reader left it when the card is written anew."""
    item = dmc.AccordionItem([dmc.AccordionControl(title), dmc.AccordionPanel(content)], value="open")
    return dmc.Accordion(
        item,
        id=ids.folded(NAME, key),
        value=None,
        persistence=True,
        persistence_type="memory",
    )


def _row(name: str, items: Sequence[Verdict]) -> tuple[Any, Any, Any]:
    """Name, verdict and, where all runs say the same, the sentence."""
    first = items[0]
    badge = dmc.Badge(words(first.code), color=TONES[first.code], variant="dot", tt="none")
    said = first.sentence if len({item.sentence for item in items}) == 1 else f"all {len(items)} runs"
    return html.Span(name, className="gaba-verdict-name"), badge, html.Span(said)


def _grounds(name: str, item: Verdict) -> html.Div:
    return html.Div([html.Strong(f"{name}: {words(item.code)} ({item.confidence})"), *_evidence(item)])


def _finding(item: Verdict) -> html.Div:
    title = words(item.code).capitalize()
    return html.Div([html.Strong(title), html.Div(item.sentence), *_evidence(item)])


def _evidence(item: Verdict) -> list[Any]:
    text = evidence_text(item)
    listed = [html.Div(text, className="gaba-evidence")] if text else []
    return [*listed, html.Div(item.rule, className="gaba-rule")]
