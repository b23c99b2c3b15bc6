"""State of the Projection panel: a raw point, and the floor it is projected under."""

from __future__ import annotations

from dataclasses import dataclass

from gaba_core.parameters import Scale, quantity

from ...layout.fields import check_choice, check_numbers, like_simulation

TASKS = {"2": "2 tasks", "3": "3 tasks"}


@dataclass(frozen=True, slots=True)
class ProjectionState:
    """Everything a link to the panel restores.

    Attributes:
        tasks: K, a key of TASKS.

    Raises:
        ParameterError: names parameter, rule and value.
    """

    x1: float = quantity(
        0.002,
        label="Raw weight",
        symbol="x₁",
        unit="",
        help="The smoothed weight of the first task before the floor; the other tasks share the rest.",
        low=0.0,
        high=1.0,
        scale=Scale(0.0, 1.0, 0.002),
    )
    split: float = quantity(
        0.5,
        label="Task 2's share of the remainder",
        symbol="",
        unit="",
        help="With three tasks: the part of what task 1 leaves that goes to task 2. With two it takes all.",
        low=0.0,
        high=1.0,
        scale=Scale(0.0, 1.0, 0.01),
    )
    floor: float = like_simulation("floor", 0.05)
    tasks: str = "2"

    def __post_init__(self) -> None:
        check_numbers(self)
        check_choice("tasks", self.tasks, TASKS)

    @property
    def count(self) -> int:
        """K."""
        return int(self.tasks)

    @property
    def legal_floor(self) -> float:
        """The floor, at most 1/K: the slider serves two tasks and three."""
        return min(self.floor, 1.0 / self.count)

    @property
    def point(self) -> tuple[float, ...]:
        """The raw point on the simplex."""
        rest = 1.0 - self.x1
        if self.count == 2:
            return (self.x1, rest)
        return (self.x1, rest * self.split, rest * (1.0 - self.split))
