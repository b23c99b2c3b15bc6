"""What each method's steps would have harmed in a run whose Gramians were recorded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from gaba_core.aggregators import AGGREGATORS, harm_rates, harm_share
from gaba_core.checks import FloatArray
from gaba_core.controller import Controller
from gaba_core.lru_cache import cached
from gaba_core.runs.gramian_weights import measured_gramians
from gaba_core.runs.recording import Recording, recording_of
from gaba_core.runs.replay_schemes import REPLAY_SCHEMES
from gaba_core.runs.schema import Run


@dataclass(frozen=True, slots=True)
class HarmCost:
    """Share of the steps that harm some task: under GABA, without its floor, and without its memory too."""

    gaba: float
    unfloored: float
    raw: float

    @property
    def floor(self) -> float:
        """What the floor costs; below 0 where it spares a harm."""
        return self.gaba - self.unfloored

    @property
    def memory(self) -> float:
        """What the moving average costs; below 0 where it spares a harm."""
        return self.unfloored - self.raw


NORM_BASED = ("gaba", "gaba-unfloored", "raw", "equal")  # beside the gradient balancers, as REPLAY_SCHEMES


def harm_cost(recording: Recording, weights: FloatArray, state: FloatArray) -> HarmCost:
    """Return what floor and memory cost in harm in a replay through GABA: its weights and state, (N, K).

    The state is what the weights were without the floor, the raw shares what the state were without memory.

    Raises:
        ParameterError: the recording holds no Gramians, or none that is finite.
    """
    gramians, _ = measured_gramians(recording, "harm")
    without, floored = (harm_share(gramians, values) for values in (state, weights))
    return HarmCost(floored, without, _raw_harm(recording))


@cached(64 * 2**20)
def _raw_harm(recording: Recording) -> float:
    gramians, _ = measured_gramians(recording, "harm")
    return harm_share(gramians, REPLAY_SCHEMES["raw"].run(recording, [Controller()])[0][0])


def harm_by_method(run: Run, controller: Controller | None = None) -> Mapping[str, FloatArray]:
    """Return the share of the measured steps on which each method would have harmed each task, (K,).

    To first order and for a plain gradient step; other weights would have changed the training. "gaba" less
    "gaba-unfloored" is what the floor costs, "gaba-unfloored" less "raw" what memory costs; "applied" are the
    weights that the run recorded.

    Args:
        run: one with Gramians at every step that it recorded.
        controller: of GABA; the default one where it is None.

    Raises:
        ParameterError: the run holds no Gramians, or one that is none.
    """
    recording, settings = recording_of(run), [controller or Controller()]
    gramians, measured = measured_gramians(recording, "harm")
    weights = {
        name: REPLAY_SCHEMES[name].run(recording, settings)[0][0] for name in (*NORM_BASED, *AGGREGATORS)
    }
    if run.steps is not None and run.steps.weights is not None:
        weights["applied"] = run.steps.weights
    rates = {name: harm_rates(gramians[measured], found[measured]) for name, found in weights.items()}
    return MappingProxyType(rates)
