"""What a verdict on the model says, and by which rule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gaba_core.number_text import fixed, number
from gaba_core.runs.judged_metric import JudgedMetric
from gaba_core.runs.number_text import epoch_text, percent

RULES = {
    "unknown": "A model is judged by the first metric measured on validation or test data, else by any other "
    "error or score, else by its training loss; by five values at least, and in the direction that its "
    "name says.",
    "diverged": "Diverged: the metric is not finite to the end, or its last five values are worse than the "
    "first, and so are those of the training loss.",
    "outlier": "Outlier: the best value is more than 3.5 robust standard deviations worse than the median of "
    "three sibling seeds or more; one is 1.4826 times their median absolute deviation, which counts as at "
    "least 5 % of the median.",
    "unusually-good": "Unusually good: the best value is more than 3.5 robust standard deviations better "
    "than the median of three sibling seeds or more, by the measure of the outlier rule.",
    "overfitting": "Overfitting: the validation metric is past its best by the rule for that, while the "
    "training loss fell on.",
    "past-best": "Past its best: the median of the last five values is worse than the best median of five, "
    "by more than noise picks out by chance and by more than 5 %; of fewer than ten values, the last three "
    "are worse than the best one by 10 % and by six times what they differ.",
    "improving": "Still improving: the median of the last records is better than that of as many before "
    "them, by 2.5 standard errors and by more than 1 %.",
    "settled": "Settled: neither past its best nor still improving by more than its noise.",
}


def sentence_of(code: str, by: JudgedMetric, numbers: Mapping[str, Any], unit: str) -> str:
    """Return the sentence of a verdict from its evidence, named by what it rests on.

    Args:
        code: of the verdict.
        by: the metric.
        numbers: the evidence.
        unit: what the log counts its records by.
    """
    when = f"best {by.name} {number(numbers['best'], 4)} at {unit} {epoch_text(numbers['best_epoch'])}"
    sentence = _sentence(code, by, numbers, unit, when)
    if by.split == "training" and code != "unknown":
        alone = " (it was chosen)" if by.is_stated else ", for the log names no other error or score"
        sentence += f" It was judged by its {by.words}{alone}."
    return sentence


def _sentence(code: str, by: JudgedMetric, numbers: Mapping[str, Any], unit: str, when: str) -> str:
    end = f"{number(numbers['end'], 4)} over the last five"
    among = (
        f"against a median of {_short(numbers['siblings_median'])} over {numbers['siblings']} sibling seeds"
    )
    z = f"(robust z {_short(numbers['z'], 1)})"
    if code == "unknown":
        count = numbers["records"]
        held = "one value" if count == 1 else f"{count} values"
        return f"The log holds {held} of {by.name}: too few to judge its course."
    if code == "diverged" and numbers["lost"] is not None:
        since = epoch_text(numbers["lost"])
        return f"The model diverged at {unit} {since}: {by.name} is not finite from there on."
    first = f"{number(numbers['first'], 4)} at the first"
    shared = "" if by.split == "training" else ", and the training loss rose as well"
    return {
        "diverged": f"The model diverged: {when}, {end}, {first}{shared}.",
        "outlier": f"The model is an outlier: {when}, {among} {z}.",
        "unusually-good": f"The model is unusually good: {when}, {among} {z}.",
        "overfitting": f"The model overfits: {when}, {end}{_more(numbers)}, while the training loss fell on.",
        "past-best": f"The model is past its best: {when}, {end}{_more(numbers)}.",
        "improving": f"The model was still improving: {when}, {end}.",
        "settled": f"The model settled: {when}, {end}.",
    }[code]


def _short(value: float | None, places: int | None = None) -> str:
    if value is None:
        return "none"
    return number(value, 4) if places is None else fixed(value, places)


def _more(numbers: Mapping[str, Any]) -> str:
    best, end = numbers["best"], numbers["end"]
    return f" ({percent(end / best - 1.0, '+.0f')})" if best > 0.0 and end > 0.0 else ""
