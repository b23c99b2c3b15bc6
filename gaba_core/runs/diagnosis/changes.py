"""Changes of level in weights, norms and metrics, and the order in which they came."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from gaba_core.checks import FloatArray
from gaba_core.runs.diagnosis.every_task import samples_of, tasks_of
from gaba_core.runs.diagnosis.level_shift import step_of
from gaba_core.runs.diagnosis.rest import SMALLEST_LEVEL, STEP
from gaba_core.runs.diagnosis.series import Series
from gaba_core.runs.diagnosis.subject import Subject
from gaba_core.runs.diagnosis.verdict import Evidence, Verdict, verdict
from gaba_core.runs.number_text import epoch_text, figure
from gaba_core.runs.schema import Run, record_order

LONGEST = 4_096  # records that are searched
STRICT = 1.5  # for norms and metrics, which move by themselves as the model learns
CLOCKS = ("step", "seconds", "wall_time", "time", "engines", "seed")
RULE = (
    "A change: two level stretches of five records or more, the first twice as long as the way between them; "
    "the jump exceeds their scatter, their errors and twelve times what else happens. Norms on a log scale."
)


@dataclass(frozen=True, slots=True)
class Change:
    """One change of level.

    Attributes:
        kind: "norm", "weight" or "metric".
        name: of the task or the metric.
        epoch: of the first record that left the old level.
    """

    kind: str
    name: str
    epoch: float
    before: float
    after: float

    @property
    def text(self) -> str:
        """The change as a part of a sentence."""
        what = self.name if self.kind == "metric" else f"the {self.kind} of {self.name}"
        way = "rose" if self.after > self.before else "fell"
        return f"{what} {way} from {figure(self.before)} to {figure(self.after)}"


def changes_of(subject: Subject) -> tuple[Change, ...]:
    """Return the last change of each weight, norm and metric, in the order in which they came."""
    run, series = subject.run, subject.series
    found = [*_of_norms(run), *(_of_weights(run, series) if series is not None else ()), *_of_metrics(run)]
    rank = {"norm": 0, "weight": 1, "metric": 2}
    return tuple(sorted(found, key=lambda c: (c.epoch, rank[c.kind])))


def changes_finding(subject: Subject) -> Verdict | None:
    """Return what changed, when and in which order; None where nothing did."""
    found = changes_of(subject)
    if not found:
        return None
    unit, parts, last = subject.run.unit, [], None
    for change in found[:8]:
        if last is None:
            parts.append(f"at {unit} {epoch_text(change.epoch)} {change.text}")
        elif change.epoch == last:
            parts.append(f"in the same {unit} {change.text}")
        else:
            later = change.epoch - last
            parts.append(f"{figure(later)} {unit}{'' if later == 1.0 else 's'} later {change.text}")
        last = change.epoch
    sentence = "; ".join(parts)
    order = _order(found)
    return verdict(
        "changes",
        sentence[0].upper() + sentence[1:] + ("." if order is None else f". Order: {order}."),
        RULE,
        **_evidence(found),
    )


def _order(found: tuple[Change, ...]) -> str | None:
    """Return the kinds in order, such as "weight first, then metric"; None where only one kind changed."""
    seen: dict[str, float] = {}
    for change in found:
        seen.setdefault(change.kind, change.epoch)
    if len(seen) < 2:
        return None
    times = sorted({*seen.values()})
    groups = [" and ".join(kind for kind, at in seen.items() if at == time) for time in times]
    if len(groups) == 1:
        return f"{groups[0]} at the same time"
    return ", then ".join([f"{groups[0]} first", *groups[1:]])


def _evidence(found: tuple[Change, ...]) -> Evidence:
    out: dict[str, float | str | None] = {"changes": float(len(found)), "order": _order(found)}
    for change in found:
        if f"{change.kind}_epoch" not in out:
            out |= {
                f"{change.kind}": change.name,
                f"{change.kind}_epoch": change.epoch,
                f"{change.kind}_before": change.before,
                f"{change.kind}_after": change.after,
            }
    return out


def _of_weights(run: Run, series: Series) -> Iterator[Change]:
    begin = series.begin
    for k in tasks_of(series.values[begin:]):
        task, values = run.tasks[k], series.values[begin:, k]
        if not len(values):
            return
        least = max(STEP * max(float(np.abs(values[-1])), SMALLEST_LEVEL), 2.5 * series.rounding)
        yield from _searched("weight", task, series.epochs[begin:], values, least)


def _of_norms(run: Run) -> Iterator[Change]:
    if run.norms is None:
        return
    order = record_order(run)
    for k, task in enumerate(run.tasks):
        values = run.norms[order, k]
        good = np.isfinite(values) & (values > 0.0)
        for change in _searched("norm", task, run.epochs[order][good], np.log(values[good]), np.log(1.2)):
            yield Change(
                "norm", task, change.epoch, float(np.exp(change.before)), float(np.exp(change.after))
            )


def _of_metrics(run: Run) -> Iterator[Change]:
    for name, column in run.metrics.items():
        if name.lower() in CLOCKS:
            continue
        order = record_order(run, name)
        values = column[order]
        good = np.isfinite(values)
        if int(good.sum()) < 11 or not np.ptp(values[good]):
            continue
        scale = float(np.median(np.abs(values[good])))
        yield from _searched("metric", name, run.epochs[order][good], values[good], STEP * scale)


def _searched(kind: str, name: str, epochs: FloatArray, values: FloatArray, least: float) -> Iterator[Change]:
    chosen = samples_of(len(values), LONGEST)
    path = np.ascontiguousarray(values[chosen], dtype=np.float64)
    step = step_of(path, least, strictness=1.0 if kind == "weight" else STRICT)
    if step is not None:
        yield Change(kind, name, float(epochs[chosen[step.left]]), step.before, step.after)
