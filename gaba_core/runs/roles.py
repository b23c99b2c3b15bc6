"""What each column of a log is: time axis, quantity of a task, metric or nothing; and that as short text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from urllib.parse import quote, unquote

from gaba_core.errors import ParameterError

TIMES = ("epoch", "step", "seconds")
TASK_KINDS = ("weight", "state", "either", "logvar", "logstd", "std", "norm", "loss")
KINDS = {
    "epoch": "Epoch",
    "step": "Step",
    "seconds": "Time (s)",
    "weight": "Applied weight of",
    "state": "EMA state of",
    "either": "Weight or EMA state of",
    "logvar": "Log variance of",
    "logstd": "Log deviation of",
    "std": "Deviation of",
    "norm": "Gradient norm of",
    "loss": "Loss of",
    "metric": "Metric",
    "out": "Left out",
}
REPEATS = {
    "file": "Keep all rows",
    "join": "Join the rows of one moment",
    "last": "One row an epoch: the last value of each column",
}
QUANTITIES = {"found": "As found", "state": "EMA state", "weight": "Applied weight"}
SAFE = "/ "  # what stands in a link as it is
_RULES = ("rows", "w", "floor")


@dataclass(frozen=True, slots=True)
class Role:
    """What one column is.

    Attributes:
        kind: a key of KINDS.
        task: whose it is, where the kind is one of TASK_KINDS.

    Raises:
        ParameterError: an unknown kind, or a task too many or too few.
    """

    kind: str
    task: str = ""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ParameterError(f"role must be one of {', '.join(KINDS)}; got {self.kind!r}.")
        if (self.kind in TASK_KINDS) != bool(self.task):
            wanted = "the name of a task" if self.kind in TASK_KINDS else "no task"
            raise ParameterError(f"role {self.kind} must have {wanted}; got {self.task!r}.")


METRIC, OUT = Role("metric"), Role("out")


@dataclass(frozen=True, slots=True)
class Mapping:
    """How a log is read.

    Attributes:
        roles: the role of every column, in file order; a time and a task's quantity have one column each.
        repeats: what becomes of rows of the same epoch, a key of REPEATS.
        quantity: what columns are that may be either, a key of QUANTITIES; "found": told from their values.
        floor: the floor of the run, in [0, 0.5], where its log does not say it.

    Raises:
        ParameterError: names parameter, rule and value.
    """

    roles: tuple[tuple[str, Role], ...] = ()
    repeats: str = "file"
    quantity: str = "found"
    floor: float | None = None
    _by_name: dict[str, Role] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_name", dict(self.roles))
        for name, value, allowed in (("rows", self.repeats, REPEATS), ("w", self.quantity, QUANTITIES)):
            if value not in allowed:
                raise ParameterError(f"{name} must be one of {', '.join(allowed)}; got {value!r}.")
        if self.floor is not None and not 0.0 <= self.floor <= 0.5:
            raise ParameterError(f"floor must be in [0, 1/K]; got {self.floor!r}.")
        held = [role for _, role in self.roles if role not in (METRIC, OUT)]
        again = next((role for i, role in enumerate(held) if role in held[:i]), None)
        if again is not None:
            raise ParameterError(f"role {_role_text(again)} must be that of one column; got two.")

    def role(self, column: str) -> Role:
        """Return the role of a column; a column that the mapping does not name is a metric."""
        return self._by_name.get(column, METRIC)

    def columns(self, kind: str) -> dict[str, str]:
        """Return the columns of a kind by task; of a time or a metric by their own name."""
        return {role.task or name: name for name, role in self.roles if role.kind == kind}

    @property
    def times(self) -> tuple[str, ...]:
        """The columns that say at which epoch and step of the run a row stands."""
        return tuple(name for name, role in self.roles if role.kind in ("epoch", "step"))

    @property
    def clocks(self) -> tuple[str, ...]:
        """The columns that say at which second a row was written."""
        return tuple(self.columns("seconds").values())

    def with_role(self, column: str, role: Role) -> Mapping:
        """Return the mapping with another role for a column; whoever held that role becomes a metric."""
        if column not in dict(self.roles):
            raise ParameterError(f"column must be one of the log's; got {column!r}.")
        unique = role not in (METRIC, OUT)
        roles = tuple(
            (name, role if name == column else METRIC if unique and held == role else held)
            for name, held in self.roles
        )
        return replace(self, roles=roles)

    def changes(self, proposed: Mapping) -> str:
        """Return as short text how this mapping differs from the proposed one; `changed` reads it."""
        parts = [
            f"{quote(name, safe=SAFE)}={_role_text(role)}"
            for name, role in self.roles
            if role != proposed.role(name)
        ]
        rules = (
            ("rows", self.repeats, proposed.repeats),
            ("w", self.quantity, proposed.quantity),
            ("floor", self.floor, proposed.floor),
        )
        parts += [f"@{name}={'' if value is None else value}" for name, value, was in rules if value != was]
        return ";".join(parts)

    def changed(self, text: str) -> Mapping:
        """Return this mapping with the changes of a short text.

        Raises:
            ParameterError: the text names no column or role of the log.
        """
        roles = dict(self.roles)
        rules: dict[str, str] = {}
        for part in filter(None, text.split(";")):
            name, equals, value = part.rpartition("=")
            if not equals:
                raise ParameterError(f"reading must be COLUMN=ROLE pairs; got {part!r}.")
            if name.startswith("@") and name[1:] in _RULES:
                rules[name[1:]] = value
                continue
            column = unquote(name)
            if column not in roles:
                raise ParameterError(f"reading must name a column of the log; got {column!r}.")
            roles[column] = _role(value)
        floor = _floor(rules["floor"]) if "floor" in rules else self.floor
        repeats, quantity = rules.get("rows", self.repeats), rules.get("w", self.quantity)
        return Mapping(tuple(roles.items()), repeats, quantity, floor)


def task_guess(column: str) -> str:
    """Return what the task of a column is most likely called: its name without the words for quantities."""
    last = column.rpartition("/")[2] or column
    words = r"(?:raw_weight|weight|lambda|w|grad_norm|grad|loss|ema|state|train|val|eval|epoch|step)"
    bare = re.sub(rf"^(?:{words}[_.])+|(?:[_.]{words})+$", "", last, flags=re.IGNORECASE)
    return bare or last


def _role_text(role: Role) -> str:
    return f"{role.kind}:{quote(role.task, safe=SAFE)}" if role.task else role.kind


def _role(text: str) -> Role:
    kind, _, task = text.partition(":")
    return Role(kind, unquote(task))


def _floor(text: str) -> float | None:
    if not text:
        return None
    try:
        return float(text)
    except ValueError:
        raise ParameterError(f"floor must be a number; got {text!r}.") from None
