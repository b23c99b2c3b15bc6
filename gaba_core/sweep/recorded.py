"""The map of one run: its recorded norms through the controller at every beta and floor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gaba_core.abandoning import while_awaited
from gaba_core.aggregators import harm_share
from gaba_core.checks import FloatArray
from gaba_core.parameters import check_floor
from gaba_core.projection import clamp
from gaba_core.runs.counterfactual import replay
from gaba_core.runs.recording import Recording, recording_of
from gaba_core.runs.schema import Run
from gaba_core.sweep.measures import release_steps
from gaba_core.thresholds import CLOSE, NOISE_SDS, TAIL, arrival, level_of

RECORDED = ("settle", "equilibrium", "noise", "smallest_share", "release_delay", "harm")


@dataclass(frozen=True, slots=True, eq=False)
class RecordedMap:
    """What a run's own gradients lead to at B betas and F floors.

    The norms are those recorded: other weights would have changed the training, and with it the norms.

    Attributes:
        task: index of the task with the smallest share at rest: whose weight is measured.
        values: by the names in RECORDED, each (B, F). settle: step from which that weight is at the level of
            its last quarter; not a number where it has none. equilibrium, noise: mean and standard deviation
            of that quarter. smallest_share: least part of any task in the weighted gradients, mean over that
            quarter. release_delay: steps on the floor if all gradients became equal after the run. harm:
            part of the steps that harm some task, where Gramians were recorded.
    """

    betas: tuple[float, ...]
    floors: tuple[float, ...]
    warmup_steps: int
    task: int
    values: Mapping[str, FloatArray]


def map_run(run: Run, betas: Sequence[float], floors: Sequence[float], warmup_steps: int = 0) -> RecordedMap:
    """Return the map of a run's recorded norms.

    Raises:
        ParameterError: the run holds no norms, or a beta, floor or warm-up is not legal.
    """
    recording = recording_of(run)
    floors = tuple(check_floor(floor, recording.tasks) for floor in floors)
    states = [replay(run, beta, 0.0, warmup_steps).state[0] for beta in while_awaited(betas)]
    task = resting_task(recording)
    rows = [
        [_cell(recording, state, beta, floor, warmup_steps, task) for floor in floors]
        for beta, state in while_awaited(zip(betas, states, strict=True))
    ]
    values = np.array(rows).reshape(len(betas), len(floors), len(RECORDED))
    named = {name: values[..., i] for i, name in enumerate(RECORDED)}
    return RecordedMap(tuple(betas), floors, warmup_steps, task, named)


def resting_task(recording: Recording) -> int:
    """Return the task with the smallest mean raw share over the last quarter."""
    return int(tail(recording.shares()).mean(axis=0).argmin())


def tail(values: FloatArray) -> FloatArray:
    """Return the last quarter along the first axis."""
    return values[-max(1, round(TAIL * len(values))) :]


def _cell(
    recording: Recording, state: FloatArray, beta: float, floor: float, warmup_steps: int, task: int
) -> list[float]:
    weights = clamp(state, floor)
    begin = int(np.searchsorted(recording.elapsed, warmup_steps, side="right"))
    own = weights[:, task : task + 1]
    level = level_of(own[begin:])
    reach = np.maximum(CLOSE * level.mean, NOISE_SDS * level.sd)
    at = arrival(np.abs(own - level.mean), reach, begin) if level.is_level else None
    release = release_steps(beta, np.array(floor), state[-1, task], 1.0 / recording.tasks)
    harm = np.nan if recording.gramians is None else harm_share(recording.gramians, weights)
    return [
        np.nan if at is None else float(recording.step[at]),
        float(tail(own).mean()),
        float(tail(own).std()),
        _smallest_share(recording, weights),
        float(release),
        harm,
    ]


def _smallest_share(recording: Recording, weights: FloatArray) -> float:
    pull = tail(weights) * tail(recording.norms)
    total = pull.sum(axis=-1, keepdims=True)
    shares = np.divide(pull, total, out=np.full_like(pull, np.nan), where=total > 0.0)
    known = shares[np.isfinite(shares).all(axis=-1)]
    return float(known.mean(axis=0).min()) if len(known) else float("nan")
