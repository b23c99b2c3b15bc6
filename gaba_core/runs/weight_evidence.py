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
MOST, FEWER = 12, 8  # columns among which sums are tried: shares, and any others
HEAD = 256  # rows that tell most columns apart
_OTHERS = re.compile(
    r"acc|err|loss|prec|recall|f1|auc|iou|rate|prob|frac|percent|pct|usage|util|mem|cpu|gpu|\blr\b|learning|"
    r"momentum|beta_?[12]\b|dropout|eps|temperature|explor|entropy|true|false|seed|fold|split|reward|return|"
    r"specific|sensitiv|confiden|coverage|train_|val_|test_|epoch|step|progress|remain|time|\beta\b",
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
    """Return the sum of columns where it is the same in every one of `fewest` rows or more.

    One that is not 1, their number or 100 counts where every column moves.
    """
    if len(columns) < 2:
        return None
    head = _whole_rows(table, columns, HEAD)
    if len(head) > 1 and not _is_constant(head.sum(axis=1), float(head[0].sum()), len(columns)):
        return None
    known = _whole_rows(table, columns)
    if len(known) < fewest:
        return None
    with np.errstate(over="ignore", invalid="ignore"):
        sums = known.sum(axis=1)
    totals = (1.0, float(len(columns)), 100.0)
    total = next((total for total in totals if _is_constant(sums, total, len(columns))), None)
    if total is None:
        total = float(f"{np.median(sums):.4g}")
        moves = bool((np.ptp(known, axis=0) > EVEN).all())
        if not (moves and total > 0.0 and _is_constant(sums, total, len(columns))):
            return None
    return Sum(tuple(columns), total, len(known))


def unnamed_sums(table: Table, names: Sequence[str]) -> Sum | None:
    """Return columns of other names that have the same sum in every row; else None.

    Shares of 1 are looked for first, one of which must move; then other columns, all of which must, and hold
    fractions: counts of right and wrong add up too.
    """
    likely = [
        name for name in sought(names) if not _OTHERS.search(name) and _is_positive(table.columns[name])
    ]
    shares = [name for name in likely if bool(np.nanmax(table.columns[name]) <= 1.0 + EVEN)]
    for group in _groups(shares, MOST):
        found = constant_sum(table, group)
        if found is not None and found.total == 1.0 and moving(table, group):
            return found
    movers = [n for n in likely if _moves(table.columns[n]) and not _are_counts(table.columns[n])]
    return next((found for group in _groups(movers, FEWER) if (found := constant_sum(table, group))), None)


def moving(table: Table, columns: Sequence[str]) -> bool:
    """Whether one of the columns moves: equal constants may have any sum by chance."""
    return any(_moves(table.columns[name]) for name in columns)


def _whole_rows(table: Table, columns: Sequence[str], rows: int | None = None) -> FloatArray:
    """Return the first rows, or all, in which every column is finite."""
    values = np.column_stack([table.columns[name][:rows] for name in columns])
    return np.asarray(values[np.isfinite(values).all(axis=1)], dtype=np.float64)


def _is_constant(sums: FloatArray, total: float, count: int) -> bool:
    return bool((np.abs(sums - total) <= EVEN * count * max(1.0, total / count)).all())


def _groups(names: list[str], most: int) -> Iterator[tuple[str, ...]]:
    if len(names) > 2:
        yield tuple(names)
    spaces: dict[str, list[str]] = {}
    for name in names:
        spaces.setdefault(name.rpartition("/")[0], []).append(name)
    yield from (tuple(group) for group in spaces.values() if 2 < len(group) < len(names))
    for size in (2, 3, 4):
        yield from combinations(names[:most], size)


def _is_positive(column: FloatArray) -> bool:
    known = column[np.isfinite(column)]
    return bool(known.size >= FEWEST and (known >= -EVEN).all())


def _are_counts(column: FloatArray) -> bool:
    known = column[np.isfinite(column)]
    return bool((known == np.floor(known)).all())


def _moves(column: FloatArray) -> bool:
    known = column[np.isfinite(column)]
    return bool(np.ptp(known) > EVEN)
