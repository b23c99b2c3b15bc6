"""Which metric a run's model is judged by, and which way it is better."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaba_core.runs.metric_names import by_preference, metric_name
from gaba_core.runs.schema import Run, record_order

DIRECTIONS = {"min": False, "max": True}  # what is better, and whether that is higher


@dataclass(frozen=True, slots=True)
class JudgedMetric:
    """A metric of a log.

    Attributes:
        higher_is_better: None where neither its name nor the reader says.
        split: "validation", "training", or "" where its name does not say.
        is_stated: whether the reader chose it.
    """

    name: str
    higher_is_better: bool | None
    split: str
    is_stated: bool = False

    @property
    def words(self) -> str:
        """What it is, as a sentence says it."""
        kind = {"validation": "validation metric", "training": "training loss", "": "metric"}[self.split]
        return kind if self.split != "training" or "loss" in self.name.lower() else "training metric"


def judged_metric(
    run: Run, metric: str | None = None, higher_is_better: bool | None = None
) -> JudgedMetric | None:
    """Return the metric to judge a run's model by; None where its log holds none.

    Args:
        run: whose metric.
        metric: the reader's choice, None for the first by `by_preference` that has a finite value.
        higher_is_better: the reader's word on its direction, None for what its name says.
    """
    offered = metrics_on_offer(run)
    name = metric if metric in run.metrics else next(iter(offered), None) if metric is None else None
    if name is None:
        return None
    known = metric_name(name)
    higher = known.higher_is_better if higher_is_better is None else higher_is_better
    return JudgedMetric(name, higher, known.split, metric is not None)


def stated_metric(text: str) -> tuple[str, bool | None]:
    """Return name and direction of NAME, NAME:min or NAME:max."""
    name, colon, direction = text.rpartition(":")
    if colon and direction in DIRECTIONS and name:
        return name, DIRECTIONS[direction]
    return text, None


def metrics_on_offer(run: Run) -> list[str]:
    """Return the metrics that a model can be judged by, the best first, without the tasks' losses."""
    own = {*run.losses.values(), "step"}
    held = [name for name in run.metrics if name not in own and _is_logged(run, name)]
    return by_preference(held)


def metrics_to_choose(run: Run) -> list[str]:
    """Return the metrics on offer, and then those that only the reader can say a direction of."""
    offered, own = metrics_on_offer(run), {*run.losses.values(), "step"}
    rest = (name for name in run.metrics if name not in own and name not in offered)
    asked = [name for name in rest if metric_name(name).is_countable and _is_logged(run, name)]
    return [*offered, *asked]


def training_loss(run: Run) -> str | None:
    """Return the training loss as a whole, None where the log holds none."""
    names = (name for name in run.metrics if name not in run.losses.values() and _is_logged(run, name))
    found = [name for name in names if metric_name(name).split == "training"]
    directed = [name for name in by_preference(found) if metric_name(name).higher_is_better is False]
    return directed[0] if directed else None


def _is_logged(run: Run, name: str) -> bool:
    return bool(np.isfinite(run.metrics[name][record_order(run, name)]).any())
