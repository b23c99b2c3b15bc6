"""The ten published runs, as the reference chapter prints them; the product compares its own with them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PublishedRun:
    """One GABA run of the paper.

    Attributes:
        rmse_last: root mean square error at the last cycle of each test engine, in cycles.
        nasa: NASA's asymmetric score, summed over test engines.
        health_accuracy: in percent.
    """

    subset: str
    seed: int
    best_epoch: int
    rmse_last: float
    nasa: float
    health_accuracy: float


PUBLISHED_RUNS = (
    PublishedRun("FD002", 42, 86, 7.72, 256.1, 97.43),
    PublishedRun("FD002", 123, 310, 7.94, 245.2, 96.13),
    PublishedRun("FD002", 456, 76, 7.07, 208.8, 94.28),
    PublishedRun("FD002", 789, 121, 7.09, 207.7, 94.13),
    PublishedRun("FD002", 1024, 164, 7.01, 204.9, 97.38),
    PublishedRun("FD004", 42, 63, 7.52, 210.8, 95.99),
    PublishedRun("FD004", 123, 65, 7.58, 199.9, 97.46),
    PublishedRun("FD004", 456, 103, 7.35, 206.8, 96.15),
    PublishedRun("FD004", 789, 164, 14.20, 547.9, 87.33),
    PublishedRun("FD004", 1024, 51, 7.49, 202.8, 97.21),
)


def best_epochs(subset: str) -> dict[int, int]:
    """Return the published best epoch of each seed of a subset."""
    return {run.seed: run.best_epoch for run in PUBLISHED_RUNS if run.subset == subset}
