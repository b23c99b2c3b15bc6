"""What the values of columns say for their being task weights: that they sum to a constant in every row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from gaba_core.checks import FloatArray
from gaba_core.runs.legible_names import sought
from gaba_core.runs.table import Table

EVEN = 2e-4  # distance of a sum from the constant, per column: logs are rounded to four places
FEWEST = 3  # rows from which a constant sum says something
MOST = 12  # columns among which sums are tried
_OTHERS = re.compile(
    r"acc|err|loss|prec|recall|f1|auc|iou|rate|prob|frac|percent|pct|usage|util|mem|cpu|gpu|\blr\b|learning|"
    r"momentum|beta_?[12]\b|dropout|eps|temperature|explor|entropy|true|false|seed|fold|split|reward|return|"
    r"specific|sensitiv|confiden|coverage|train_|val_|test_|epoch|step",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Sum:
    """Columns whose values add up to `total` in each of the `rows` that hold them."""

    columns: tuple[str, ...]
    total: float
    rows: int

    @property
    def sentence(self) -> str:
        """Return the sum in words, without an end."""
        return f"{' + '.join(self.columns)} = {self.total:g} in all {self.rows} rows"


def constant_sum(table: Table, columns: Sequence[str], fewest: int = FEWEST) -> Sum | None:
    """Return the sum of columns where it is 1, their number or 100 in every one of `fewest` rows or more."""
    if len(columns) < 2:
        return None
    values = np.column_stack([table.columns[name] for name in columns])
    known = values[np.isfinite(values).all(axis=1)]
    if len(known) < fewest:
        return None
    with np.errstate(over="ignore", invalid="ignore"):
        sums = known.sum(axis=1)
    for total in (1.0, float(len(columns)), 100.0):
        if bool((np.abs(sums - total) <= EVEN * len(columns) * max(1.0, total / len(columns))).all()):
            return Sum(tuple(columns), total, len(known))
    return None


def unnamed_sums(table: Table, names: Sequence[str]) -> Sum | None:
    """Return columns of other names that sum to 1 in every row, at least one of which moves; else None."""
    likely = [name for name in sought(names) if not _OTHERS.search(name) and _is_share(table.columns[name])]
    if len(likely) < 2:
        return None
    for group in _groups(likely):
        found = constant_sum(table, group)
        if found is not None and found.total == 1.0 and any(_moves(table.columns[n]) for n in group):
            return found
    return None


def _groups(names: list[str]) -> Iterator[tuple[str, ...]]:
    if len(names) > 2:
        yield tuple(names)
    spaces: dict[str, list[str]] = {}
    for name in names:
        spaces.setdefault(name.rpartition("/")[0], []).append(name)
    yield from (tuple(group) for group in spaces.values() if 2 < len(group) < len(names))
    for size in (2, 3, 4):
        yield from combinations(names[:MOST], size)


def _is_share(column: FloatArray) -> bool:
    known = column[np.isfinite(column)]
    return bool(known.size >= FEWEST and (known >= -EVEN).all() and (known <= 1.0 + EVEN).all())


def _moves(column: FloatArray) -> bool:
    known = column[np.isfinite(column)]
    return bool(np.ptp(known) > EVEN)
