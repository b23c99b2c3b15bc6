"""The recorded steps of a run, as a replay reads them: prepared once, replayed many times."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from gaba_core.checks import FloatArray
from gaba_core.controller import centred_shares, every_task
from gaba_core.lru_cache import cached
from gaba_core.runs.norm_samples import norm_samples
from gaba_core.runs.schema import Integers, Run, frozen
from gaba_core.runs.time_units import steps_per_epoch


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """What a run recorded at each of its N steps.

    Attributes:
        step: (N,) step numbers as recorded.
        held: (N,) steps that each of them stands for; None where each stands for itself.
        sentence: what that means for a replay; empty where every step was recorded.
        records: (N,) the records of the run that they are; None where they come from step arrays.
        norms: (N, K) gradient norms; NaN where the run met one that was not finite.
        losses: (N, K) unweighted losses, NaN likewise.
        centred: raw shares minus 1/K of the finite steps, (1, C, M); C is K, or 1 where K is 2.
        finite: (N,) whether every norm of the step is finite.
        medians: median norm of each task.
        per_epoch: steps an epoch, None where the log does not say.
        dtype: float32 where every norm and loss is one, as a training leaves them, else float64.
        weighting: settings of the method that trained the run, as `run.json` names them.
        gramians: (N, K, K) products of the task gradients, NaN where they were not measured, or None.
    """

    step: Integers
    held: Integers | None
    sentence: str
    records: Integers | None
    norms: FloatArray
    losses: FloatArray
    centred: FloatArray
    finite: npt.NDArray[np.bool_]
    medians: tuple[float, ...]
    per_epoch: int | None
    dtype: npt.DTypeLike
    weighting: Mapping[str, Any]
    gramians: FloatArray | None

    @property
    def tasks(self) -> int:
        """Number of tasks K."""
        return int(self.norms.shape[1])

    @property
    def is_whole(self) -> bool:
        """Whether every norm of every step is finite."""
        return bool(self.finite.all())

    @property
    def elapsed(self) -> Integers:
        """Steps trained (N,) when each sample was so."""
        return self.step + 1

    def betas(self, beta: float, warmup_steps: int) -> FloatArray:
        """Return (N,) what is left of the average at each sample: beta to the steps it stands for.

        Steps within the warm-up leave the average as it is.
        """
        held = np.ones(len(self.step), dtype=np.int64) if self.held is None else self.held
        moving = np.clip(np.cumsum(held) - warmup_steps, 0, held)
        found: FloatArray = np.power(np.float64(beta), moving)
        return found

    def shares(self) -> FloatArray:
        """Return the raw shares of the finite steps, (M, K)."""
        shares = every_task(self.centred, self.tasks)[0].T + 1.0 / self.tasks
        return np.ascontiguousarray(shares)

    def spread(self, values: FloatArray, start: FloatArray | float) -> FloatArray:
        """Return what M finite steps gave, (..., M, K), at all N: a step that is not finite holds what was.

        Args:
            values: of the finite steps.
            start: what was before the first of them, (..., 1, K).
        """
        if self.is_whole:
            return values
        first = np.broadcast_to(start, (*values.shape[:-2], 1, values.shape[-1]))
        held: FloatArray = np.concatenate([first, values], axis=-2)[..., np.cumsum(self.finite), :]
        return held


@cached(64 * 2**20)
def recording_of(run: Run) -> Recording:
    """Return the recorded steps of a run.

    Raises:
        ParameterError: the run holds no norms, or a negative one.
    """
    samples = norm_samples(run)
    norms = samples.norms
    finite = np.asarray(np.isfinite(norms).all(axis=1))
    by_task = np.ascontiguousarray(norms[finite].T)
    centred = np.empty((len(by_task), 0)) if not finite.any() else centred_shares(by_task, axis=0)
    if len(centred) == 2:
        centred = centred[:1]
    per_epoch = steps_per_epoch(run)
    extra = {} if run.info is None else run.info.extra.get("weighting", {})
    return Recording(
        step=samples.step,
        held=None if samples.is_dense else samples.held,
        sentence=samples.sentence,
        records=samples.records,
        norms=norms,
        losses=samples.losses,
        centred=frozen(np.ascontiguousarray(centred)[None]),
        finite=frozen(finite),
        medians=tuple(float(np.median(column)) if column.size else 0.0 for column in by_task),
        per_epoch=None if per_epoch is None else max(1, round(per_epoch)),
        dtype=np.float32 if _is_single(norms) and _is_single(samples.losses) else np.float64,
        weighting=MappingProxyType(dict(extra) if isinstance(extra, Mapping) else {}),
        gramians=run.gramians,
    )


def _is_single(values: FloatArray) -> bool:
    with np.errstate(over="ignore"):
        return np.array_equal(values, values.astype(np.float32), equal_nan=True)
