"""A sweep from beginning to end: who computes the chunks, and what is done when one of them dies."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from os import PathLike
from typing import Any

from gaba_core.checks import FloatArray
from gaba_core.errors import SweepError
from gaba_core.sweep.computing import Chunk, compute
from gaba_core.sweep.grid import Grid, check_seeds
from gaba_core.sweep.measures import MEASURES, check_measures
from gaba_core.sweep.planning import plan
from gaba_core.sweep.result import SweepResult, result_of

SumsOfChunk = Mapping[str, FloatArray]
Progress = Callable[[int, int], object]
RESTARTS = 3  # of a pool that lost a process
FEW = 3  # chunks: starting processes would take longer


def sweep(
    grid: Grid | Mapping[str, Sequence[Any]],
    seeds: int | Sequence[int],
    measures: str | Sequence[str] = tuple(MEASURES),
    executor: Executor | None = None,
    *,
    folder: str | PathLike[str] | None = None,
    progress: Progress | None = None,
) -> SweepResult:
    """Return measures over every combination of parameters, each over all seeds.

    Args:
        grid: a Grid, or its axes: the values to try of any of beta, floor, sigma, ratio, drift, scheme and k.
        seeds: the seeds of every cell, or how many: n means 0 to n - 1. Seed s draws what it draws in
            `simulate`, so a cell is measured on the very traces of `result.params(...)`.
        measures: names in MEASURES.
        executor: who computes, anything with the interface of `concurrent.futures`, such as the
            `get_executor()` of a Dask client. None starts a process for each core, or none for a few seconds
            of work. The numbers are the same bit for bit with any.
        folder: where parts and result are stored; a sweep that was interrupted goes on from there. Needs
            pyarrow.
        progress: called with the number of chunks that are done, and of all.

    Raises:
        ParameterError: an argument is not legal.
        SweepError: the folder cannot be written or the workers are lost.
    """
    given = grid if isinstance(grid, Grid) else Grid({name: tuple(values) for name, values in grid.items()})
    chosen, names = check_seeds(seeds), check_measures(measures)
    chunks = plan(given, chosen)
    store = None
    if folder is not None:
        from gaba_core.sweep.store import Store  # pyarrow is optional

        store = Store(folder, given, chosen, names, len(chunks))
    done: dict[int, SumsOfChunk] = {} if store is None else store.parts()
    report = progress or (lambda *_: None)
    report(len(done), len(chunks))
    for number, sums in _computed(chunks, done, executor):
        if store is not None:
            store.add(number, sums)
        done[number] = sums
        report(len(done), len(chunks))
    result = result_of(given, chosen, names, ((chunk.first, done[i]) for i, chunk in enumerate(chunks)))
    if store is not None:
        store.finish(result)
    return result


def _computed(
    chunks: Sequence[Chunk], done: Mapping[int, SumsOfChunk], executor: Executor | None
) -> Iterator[tuple[int, SumsOfChunk]]:
    """Yield the sums of the chunks that are not done, with their number, as they come."""
    missing = [i for i in range(len(chunks)) if i not in done]
    if executor is None and len(missing) <= FEW:
        yield from ((i, compute(chunks[i])) for i in missing)
        return
    for attempt in range(RESTARTS):
        try:
            for number, sums in _submitted(chunks, missing, executor):
                missing.remove(number)
                yield number, sums
        except BrokenProcessPool as error:
            if executor is not None or attempt == RESTARTS - 1:
                raise SweepError(
                    f"The workers must live; one of them was lost with {len(missing)} of {len(chunks)} "
                    "chunks to do. With a folder the same call goes on from there."
                ) from error
        else:
            return


def _submitted(
    chunks: Sequence[Chunk], numbers: Sequence[int], executor: Executor | None
) -> Iterator[tuple[int, SumsOfChunk]]:
    with _pool(executor) as pool:
        waiting = {pool.submit(compute, chunks[i]): i for i in numbers}
        try:
            for future in as_completed(waiting):
                yield waiting[future], future.result()
        finally:
            for future in waiting:
                future.cancel()


@contextmanager
def _pool(executor: Executor | None) -> Iterator[Executor]:
    """Give the executor, or one that is shut down afterwards; a spawned process inherits no threads."""
    if executor is not None:
        yield executor
        return
    pool = ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn"))
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)
