"""A bar that shows how far a sweep is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def shown_progress(quiet: bool = False) -> Iterator[Callable[[int, int], object]]:
    """Give what to call with the chunks that are done, and all; it draws where tqdm is installed."""
    try:
        from tqdm import tqdm
    except ImportError:
        quiet = True
    if quiet:
        yield lambda *_: None
        return
    with tqdm(unit="chunk", leave=False) as bar:

        def report(done: int, chunks: int) -> None:
            bar.total = chunks
            bar.update(done - bar.n)

        yield report
