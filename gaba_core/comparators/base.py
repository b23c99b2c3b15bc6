"""What every comparator is: frozen settings over a visible state, one step at a time."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Generic, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from gaba_core.checks import FloatArray, check_array, check_finite, check_whole
from gaba_core.errors import ParameterError
from gaba_core.parameters import check_tasks

Floating = npt.NDArray[np.floating[Any]]
StateT = TypeVar("StateT")


class Job(NamedTuple):
    """Whole recordings (..., T, K) for a comparator to run along, from a state on."""

    comparator: Any
    state: Any
    norms: FloatArray
    losses: FloatArray


@dataclass(frozen=True)
class Comparator(Generic[StateT]):
    """A rule that turns gradient norms and losses into loss weights.

    Arrays are (..., K): any number of seeds and settings run side by side. The weights of a step are those
    that multiply its losses; a rule that learns moves its state after them, as published, and computes in the
    precision of its state.

    Attributes:
        name: what a person calls it.
        source: where it was published.
        total: what the weights sum to, "1", "K" or "anything".
        varies: numbers that may differ between settings which run side by side.
    """

    name: ClassVar[str]
    source: ClassVar[str]
    total: ClassVar[str] = "1"
    varies: ClassVar[tuple[str, ...]] = ()

    def init(self, tasks: int, batch: tuple[int, ...] = ()) -> StateT:
        """Return the state before the first step, as published.

        Raises:
            ParameterError: tasks or batch is not legal, or does not suit the settings.
        """
        raise NotImplementedError

    def rest(self, norms: FloatArray, shares: FloatArray, losses: FloatArray) -> StateT:
        """Return a state that would stay where it is.

        Args:
            norms: typical gradient norms, shape (..., K).
            shares: mean raw shares, shape (..., K).
            losses: typical losses, shape (..., K).
        """
        return self.init(norms.shape[-1], norms.shape[:-1])

    def step(self, state: StateT, norms: FloatArray, losses: FloatArray) -> tuple[StateT, Floating]:
        """Return the next state and this step's weights.

        Args:
            state: from `init`, `rest` or the step before; left as it is.
            norms: gradient norms of the unweighted losses on the shared parameters, at least 0.
            losses: the unweighted losses.
        """
        raise NotImplementedError

    def run(self, state: StateT, norms: FloatArray, losses: FloatArray) -> FloatArray:
        """Return the weights along whole recordings (..., T, K), from `state` on, one step after another."""
        weights = np.empty(norms.shape)
        for t in range(norms.shape[-2]):
            state, weights[..., t, :] = self.step(state, norms[..., t, :], losses[..., t, :])
        return weights

    @classmethod
    def run_jobs(cls, jobs: Sequence[Job]) -> list[FloatArray]:
        """Return the weights of each job, all of this class; they may share a loop over the steps."""
        return [job.comparator.run(job.state, job.norms, job.losses) for job in jobs]


def kind_of(comparator: Comparator[Any]) -> tuple[Any, ...]:
    """Return what settings that run side by side agree in."""
    names = (f.name for f in fields(comparator) if f.name not in comparator.varies)
    return (type(comparator), *(getattr(comparator, name) for name in names))


def side_by_side(many: Sequence[Comparator[StateT]]) -> Comparator[StateT]:
    """Return a comparator for arrays (P, S, K) that runs P settings of one kind, each by its own numbers."""
    merged = copy(many[0])
    for name in merged.varies:
        each = [getattr(one, name) for one in many]
        if len(set(each)) > 1:
            object.__setattr__(merged, name, np.array(each)[:, None, None])
    return merged


def along_steps(setting: Any) -> Any:
    """Return a setting of arrays (..., K), a number or an array, as one of arrays (..., T, K)."""
    return setting[..., None] if isinstance(setting, np.ndarray) else setting


def batch_shape(tasks: Any, batch: tuple[int, ...]) -> tuple[int, ...]:
    """Return (*batch, K).

    Raises:
        ParameterError: a size is not legal.
    """
    return (*(check_whole(f"batch[{i}]", size, 1) for i, size in enumerate(batch)), check_tasks(tasks))


def check_positive(name: str, value: Any, zero: bool = False) -> float:
    """Return value as a float above 0, or at least 0 where `zero`.

    Raises:
        ParameterError: anything else.
    """
    number = check_finite(name, value)
    if number < 0.0 or (number == 0.0 and not zero):
        raise ParameterError(f"{name} must be {'at least' if zero else 'above'} 0; got {value!r}.")
    return number


def in_precision(state: Any, dtype: npt.DTypeLike) -> Any:
    """Return a state with its arrays in this dtype: in float32 a rule computes as a training does."""
    if isinstance(state, np.ndarray):
        return state.astype(dtype)
    return type(state)(*(in_precision(part, dtype) for part in state)) if isinstance(state, tuple) else state


def paired(norms: Any, losses: Any, dtype: npt.DTypeLike = np.float64) -> tuple[Any, Any]:
    """Return norms and losses as arrays of one shape (..., K) and of this dtype.

    Raises:
        ParameterError: they are not numbers or differ in shape.
    """
    if _is_checked(norms, dtype) and _is_checked(losses, dtype) and norms.shape == losses.shape:
        return norms, losses
    first, second = check_array("norms", norms, "... K"), check_array("losses", losses, "... K")
    if first.shape != second.shape:
        raise ParameterError(f"losses must have shape {first.shape}, as norms has; got shape {second.shape}.")
    return first.astype(dtype, copy=False), second.astype(dtype, copy=False)


def _is_checked(values: Any, dtype: npt.DTypeLike) -> bool:
    """Return whether checks can be spared: a replay steps thousands of times over one array."""
    return isinstance(values, np.ndarray) and values.dtype == dtype and values.shape[-1:] > (1,)


def equal_weights(shape: tuple[int, ...]) -> FloatArray:
    """Return 1/K everywhere."""
    return np.full(shape, 1.0 / shape[-1])
