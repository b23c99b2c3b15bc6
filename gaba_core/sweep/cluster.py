"""The workers of a Dask cluster that runs already, as an executor."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import CancelledError, Executor
from contextlib import contextmanager
from typing import Any

from gaba_core.errors import SweepError

REACHED_IN = 10  # seconds


@contextmanager
def dask_executor(address: str, timeout: float | None = None) -> Iterator[Executor]:
    """Give an executor that submits to the scheduler at an address; the cluster lives on afterwards.

    Its workers must be able to import this package. A chunk whose worker is lost is computed by another.

    Args:
        address: such as tcp://host:8786.
        timeout: seconds within which the scheduler must answer; None for 10.

    Raises:
        SweepError: it does not, or Dask is not installed.
    """
    try:
        from distributed import Client, KilledWorker
    except ImportError as error:
        raise SweepError(
            'A cluster must be reached through Dask; it is not installed. pip install "gaba-dashboard[sweep]"'
        ) from error
    timeout = REACHED_IN if timeout is None else timeout
    try:
        client: Any = Client(address, timeout=timeout, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, TimeoutError, ValueError) as error:
        raise SweepError(
            f"The scheduler at {address} must answer; it did not within {timeout:g} s. Does it run, is its "
            "port open?"
        ) from error
    try:
        with client, client.get_executor() as executor:
            yield executor
    except (KilledWorker, CancelledError) as error:
        raise SweepError(
            f"The cluster at {address} must live; a chunk lost its workers time and again, or the scheduler "
            "went. The same command goes on from here."
        ) from error
    except ModuleNotFoundError as error:
        raise SweepError(f"The workers at {address} must have this package installed; {error}.") from error
