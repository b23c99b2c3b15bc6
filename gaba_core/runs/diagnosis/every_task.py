"""All tasks of a run judged, the worst deciding; of a long run a bounded number of samples."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaba_core.checks import FloatArray
from gaba_core.runs.diagnosis.oscillation import swing_of
from gaba_core.runs.diagnosis.rest import ORDER, SMALLEST_LEVEL, SWINGS, Rest, rest_of
from gaba_core.runs.diagnosis.series import Series
from gaba_core.runs.diagnosis.swing_measure import measured
from gaba_core.runs.schema import Integers

LONGEST = 8_192  # samples that are judged


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """What the weights of a run do.

    Attributes:
        rest: of the task that decides: the worst, and of those the one with the smallest weight.
        task: which that is.
        samples: (M,) which samples of the series were judged; `rest` counts in them.
    """

    rest: Rest
    task: int
    samples: Integers

    def at(self, index: int) -> int:
        """Return the sample of the series that an index of `rest` stands for."""
        return int(self.samples[min(index, len(self.samples) - 1)])


def judged(series: Series) -> Judged:
    """Return what the weights do once they have left 1/K."""
    values = series.values[series.begin :]
    chosen = samples_of(len(values))
    memory = series.memory * len(chosen) / max(1, len(values))
    tasks = tasks_of(values)
    rests = [rest_of(_column(values, k, chosen), series.rounding, memory, values.shape[1] - 1) for k in tasks]
    if len(chosen) < len(values):
        rests = [_fast_swing(values[-LONGEST:, k], rest) for k, rest in zip(tasks, rests, strict=True)]
    worst = min(range(len(tasks)), key=lambda i: (_rank(rests[i]), rests[i].mean))
    return Judged(rests[worst], tasks[worst], chosen + series.begin)


def samples_of(length: int, longest: int = LONGEST) -> Integers:
    """Return which of so many samples are judged: all, or one of each of `longest` equal blocks.

    Where in its block a sample lies is random, and the same every time: an even stride would be blind to a
    swing of its own period.
    """
    if length <= longest:
        return np.arange(length)
    edges = np.arange(longest + 1) * length // longest
    within = np.random.default_rng(0).random(longest) * np.diff(edges)
    return np.asarray(edges[:-1] + within.astype(np.int64), dtype=np.int64)


def tasks_of(values: FloatArray) -> list[int]:
    """Return the tasks to judge: of two the one with the smaller weight, for the other is its mirror."""
    if values.shape[1] != 2 or not len(values):
        return list(range(values.shape[1]))
    return [int(values[-max(1, len(values) // 4) :].mean(axis=0).argmin())]


def _column(values: FloatArray, task: int, chosen: Integers) -> FloatArray:
    column = values[:, task] if len(chosen) == len(values) else values[chosen, task]
    return np.ascontiguousarray(column)


def _fast_swing(last: FloatArray, rest: Rest) -> Rest:
    """Return the rest, or a swing of the last records that is too fast for one sample of each block."""
    if rest.code == "oscillating":
        return rest
    swing = swing_of(np.ascontiguousarray(last))
    if swing is None or swing.amplitude < SWINGS * max(abs(rest.mean), SMALLEST_LEVEL):
        return rest
    return Rest("oscillating", rest.mean, rest.sd, rest.tail, None, measured(last, swing), why="fast")


def _rank(rest: Rest) -> int:
    return -1 if rest.code == "few" else ORDER.index(rest.code)
