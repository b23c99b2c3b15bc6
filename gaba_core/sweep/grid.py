"""What a sweep goes over: axes of values around one simulation."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from numbers import Real
from typing import Any

import numpy as np

from gaba_core.anti_windup import SCHEMES
from gaba_core.anti_windup.base import check_part
from gaba_core.checks import FloatArray, check_whole
from gaba_core.errors import ParameterError
from gaba_core.parameters import SimulationParams

# In the order in which a sweep computes: what comes first is shared by all that comes after it.
NAMES = ("sigma", "ratio", "drift", "scheme", "k", "beta", "floor")
OUTER = NAMES[:5]
MOST_CELLS = 4_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """Every combination of the values on some axes; all else is as in `base`.

    Attributes:
        axes: the values of each axis by its name, one of NAMES. `ratio` is the first norm over the second,
            `drift` what the first norm has been multiplied by at the last step.
        base: the simulation that is varied; its seeds do not count.
        scheme: letter of the anti-windup scheme, where it is no axis; "A" is GABA.
        k: feedback of scheme D, where it is no axis.

    Raises:
        ParameterError: names axis, rule and value.
    """

    axes: Mapping[str, tuple[Any, ...]]
    base: SimulationParams = field(default_factory=SimulationParams)
    scheme: str = "A"
    k: float = 0.1

    def __post_init__(self) -> None:
        if not isinstance(self.axes, Mapping) or not self.axes:
            raise ParameterError(f"axes must map names to values; got {self.axes!r}.")
        object.__setattr__(self, "axes", {name: _values(name, v) for name, v in self.axes.items()})
        object.__setattr__(self, "base", replace(self.base, seeds=(0,)))
        object.__setattr__(self, "scheme", _scheme(self.scheme))
        object.__setattr__(self, "k", check_part("k", self.k))
        if self.base.tasks > 2 and {"ratio", "drift"} & set(self.axes):
            raise ParameterError(f"ratio and drift must be swept with 2 tasks; got {self.base.tasks}.")
        if self.cells > MOST_CELLS:
            raise ParameterError(f"axes must span at most {MOST_CELLS} cells; got {self.cells}.")
        for name in NAMES:  # along each axis, which is all that its legality depends on
            for value in self.values(name):
                self._cell({name: value})

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Grid) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    @property
    def _key(self) -> tuple[Any, ...]:
        return tuple(self.axes.items()), self.base, self.scheme, self.k  # the axes in their order

    @property
    def shape(self) -> tuple[int, ...]:
        """Cells along each axis, in the order of the axes."""
        return tuple(len(values) for values in self.axes.values())

    @property
    def cells(self) -> int:
        """Number of cells."""
        return math.prod(self.shape)

    def values(self, name: str) -> tuple[Any, ...]:
        """Return the values of an axis; of one that is not swept its one value, None as in `base`."""
        found = self.axes.get(name)
        if found is not None:
            return found
        given = {"scheme": self.scheme, "k": self.k, "beta": self.base.beta, "floor": self.base.floor}
        return (given.get(name),)

    def params(self, *index: int, seeds: Iterable[int] = (0,)) -> SimulationParams:
        """Return the simulation of one cell.

        Args:
            *index: place of the cell along each axis.
            seeds: seeds of the simulation.

        Raises:
            ParameterError: as many places as axes are needed.
        """
        if len(index) != len(self.axes):
            raise ParameterError(f"index must hold {len(self.axes)} places, one an axis; got {index!r}.")
        chosen = {name: v[i] for (name, v), i in zip(self.axes.items(), index, strict=True)}
        return replace(self._cell(chosen), seeds=tuple(seeds))

    def group(self, number: int) -> tuple[SimulationParams, str, float]:
        """Return the simulation, scheme and k that all betas and floors of one group share."""
        places = np.unravel_index(number, self.outer_shape)
        chosen = {name: self.values(name)[int(i)] for name, i in zip(OUTER, places, strict=True)}
        inner = {name: self.values(name)[0] for name in ("beta", "floor")}
        return self._cell({**chosen, **inner}), chosen["scheme"], chosen["k"]

    @property
    def outer_shape(self) -> tuple[int, ...]:
        """Values of each of OUTER."""
        return tuple(len(self.values(name)) for name in OUTER)

    @property
    def groups(self) -> int:
        """Number of groups: combinations of all but beta and floor."""
        return math.prod(self.outer_shape)

    @property
    def inner_shape(self) -> tuple[int, int]:
        """Betas and floors of each group."""
        return len(self.values("beta")), len(self.values("floor"))

    def arranged(self, computed: FloatArray) -> FloatArray:
        """Return numbers (groups, betas, floors) in the order of the axes."""
        canonical = computed.reshape(*self.outer_shape, *self.inner_shape)
        order = [NAMES.index(name) for name in self.axes]
        rest = [i for i in range(len(NAMES)) if i not in order]
        arranged: FloatArray = canonical.transpose((*order, *rest)).reshape(self.shape)
        return arranged

    def _cell(self, chosen: Mapping[str, Any]) -> SimulationParams:
        """Return the base with some of its numbers replaced."""
        plain = {name: chosen[name] for name in ("beta", "floor", "sigma") if chosen.get(name) is not None}
        params, ratio, drift = self.base, chosen.get("ratio"), chosen.get("drift")
        if ratio is not None:
            grown = None if params.norms_end is None else params.norms_end[0] / params.norms[0]
            plain["norms"] = (ratio * params.norms[1], params.norms[1])
            plain["norms_end"] = None if grown is None else (plain["norms"][0] * grown, params.norms[1])
        if drift is not None:
            first, *others = plain.get("norms", params.norms)
            plain["norms_end"] = None if drift == 1.0 else (first * drift, *others)
        return replace(params, **plain) if plain else params


def _positive(name: str) -> Callable[[Any], float]:
    def check(value: Any) -> float:
        number = _number(value)
        if not 0.0 < number < math.inf:
            raise ParameterError(f"{name} must be a finite number above 0; got {value!r}.")
        return number

    return check


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, Real):
        raise ParameterError(f"the values of an axis must be numbers; got {value!r}.")
    return float(value)


def _scheme(value: Any) -> str:
    if value not in SCHEMES:
        raise ParameterError(f"scheme must be one of {', '.join(SCHEMES)}; got {value!r}.")
    return str(value)


CHECKS: dict[str, Callable[[Any], Any]] = {
    "beta": _number,
    "floor": _number,
    "sigma": _number,
    "ratio": _positive("ratio"),
    "drift": _positive("drift"),
    "scheme": _scheme,
    "k": lambda value: check_part("k", value),
}


def _values(name: str, values: Any) -> tuple[Any, ...]:
    if name not in NAMES:
        raise ParameterError(f"an axis must be one of {', '.join(NAMES)}; got {name!r}.")
    if not isinstance(values, Iterable):
        raise ParameterError(f"{name} must hold a sequence of values; got {values!r}.")
    found = tuple(CHECKS[name](value) for value in values)
    if not found or len(set(found)) != len(found):
        raise ParameterError(f"{name} must hold at least one value, and each once; got {values!r}.")
    return found


def check_seeds(seeds: Any) -> tuple[int, ...]:
    """Return seeds as a tuple, a number n as the seeds 0 to n - 1.

    Raises:
        ParameterError: not whole numbers of at least 0, none, or one of them twice.
    """
    if isinstance(seeds, int) and not isinstance(seeds, bool):
        return tuple(range(check_whole("seeds", seeds, 1)))
    found = SimulationParams(seeds=seeds).seeds
    if len(set(found)) != len(found):
        raise ParameterError(f"seeds must hold each seed once; got {seeds!r}.")
    return found
