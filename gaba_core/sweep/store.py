"""A sweep on disk: parts while it runs, the table and its manifest when it is done.

A folder holds `manifest.json` (what was asked for), `parts/N.parquet` (the sums of each chunk) and at the end
`result.parquet`, a row a cell. A part counts only under the key of its sweep: a folder cannot mix two.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from gaba_core.checks import FloatArray
from gaba_core.errors import ParameterError, SweepError
from gaba_core.parameters import SimulationParams
from gaba_core.sweep.grid import Grid
from gaba_core.sweep.measures import FIELDS
from gaba_core.sweep.result import SweepResult

MANIFEST, PARTS, RESULT = "manifest.json", "parts", "result.parquet"
FORMAT = 1  # of what is stored; another number is another sweep
FULL = {errno.ENOSPC, errno.EDQUOT}


class Store:
    """The folder of one sweep.

    Raises:
        SweepError: the folder holds another sweep, cannot be written, or pyarrow is missing.
    """

    def __init__(
        self,
        folder: str | os.PathLike[str],
        grid: Grid,
        seeds: tuple[int, ...],
        measures: tuple[str, ...],
        chunks: int,
    ) -> None:
        self._arrow = arrow()
        self.folder, self.chunks = Path(folder), chunks
        self.manifest = _manifest(grid, seeds, measures, chunks)
        self.key: str = self.manifest["key"]
        with self._writing():
            (self.folder / PARTS).mkdir(parents=True, exist_ok=True)
        found = _read_manifest(self.folder)
        if found is not None and found.get("key") != self.key:
            raise SweepError(
                f"The folder of a sweep must hold that sweep alone; {self.folder} holds another one. Name "
                "another folder, or ask for what this one holds."
            )
        self._write(MANIFEST, (json.dumps(self.manifest, indent=2) + "\n").encode())

    def parts(self) -> dict[int, Mapping[str, FloatArray]]:
        """Return the sums that are stored, by the number of their chunk; broken files do not count."""
        found = {}
        for number in range(self.chunks):
            with suppress(OSError, ValueError, KeyError):  # ArrowInvalid is a ValueError
                found[number] = self._part(number)
        return found

    def add(self, number: int, sums: Mapping[str, FloatArray]) -> None:
        """Store the sums of one chunk."""
        columns = {name: sums[name].ravel() for name in FIELDS}
        about = {"key": self.key, "shape": json.dumps(sums[FIELDS[0]].shape)}
        self._write(f"{PARTS}/{number}.parquet", self._table(columns, about))

    def finish(self, result: SweepResult) -> None:
        """Store the table of the result."""
        about = {"manifest": json.dumps(self.manifest)}
        self._write(RESULT, self._table(result.columns(), about))

    def _part(self, number: int) -> Mapping[str, FloatArray]:
        table = self._arrow.parquet.read_table(self.folder / PARTS / f"{number}.parquet")
        about = table.schema.metadata
        if about[b"key"].decode() != self.key:
            raise KeyError(number)
        shape = json.loads(about[b"shape"])
        return {name: table[name].to_numpy().reshape(shape) for name in FIELDS}

    def _table(self, columns: Mapping[str, Any], about: Mapping[str, str]) -> bytes:
        table = self._arrow.table(dict(columns)).replace_schema_metadata(about)
        out = self._arrow.BufferOutputStream()
        self._arrow.parquet.write_table(table, out)
        written: bytes = out.getvalue().to_pybytes()
        return written

    def _write(self, name: str, content: bytes) -> None:
        path = self.folder / name
        temporary = path.with_suffix(f".{os.getpid()}.tmp")
        with self._writing():
            try:
                with temporary.open("wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                temporary.replace(path)
            finally:
                with suppress(OSError):
                    temporary.unlink(missing_ok=True)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if error.errno in FULL:
                done = len(list((self.folder / PARTS).glob("*.parquet")))
                raise SweepError(
                    f"{self.folder} must have room; its disk is full, with {done} of {self.chunks} chunks "
                    "done. Make room and start the same sweep again: it goes on from there."
                ) from error
            raise SweepError(f"{self.folder} must be a folder that can be written; {error}.") from error


def read_result(source: Any) -> SweepResult:
    """Return a result that was stored.

    Args:
        source: path of `result.parquet` or of its folder, or a binary file.

    Raises:
        SweepError: it is not the table of a sweep, or pyarrow is missing.
    """
    if isinstance(source, str | os.PathLike) and Path(source).is_dir():
        source = Path(source) / RESULT
    library = arrow()
    try:
        table = library.parquet.read_table(source)
        about = json.loads(table.schema.metadata[b"manifest"])
        given = about["base"] | {
            name: _tuple(about["base"][name]) for name in ("norms", "norms_end", "seeds")
        }
        axes = {name: tuple(values) for name, values in about["axes"].items()}
        grid = Grid(axes, SimulationParams(**given), about["scheme"], about["k"])
        values = {name: table[name].to_numpy().reshape(grid.shape) for name in about["measures"]}
        return SweepResult(grid, tuple(about["seeds"]), values)
    except (OSError, KeyError, TypeError, ValueError, AttributeError) as error:
        if isinstance(error, ParameterError):
            raise
        raise SweepError(f"{source} must be the result.parquet of a sweep; {error}.") from error


def arrow() -> Any:
    """Return pyarrow.

    Raises:
        SweepError: it is not installed.
    """
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise SweepError(
            'Storing a sweep must have pyarrow; it is not installed. pip install "gaba-dashboard[sweep]"'
        ) from error
    return pyarrow


def _manifest(grid: Grid, seeds: tuple[int, ...], measures: tuple[str, ...], chunks: int) -> dict[str, Any]:
    """Return what a sweep is, and the key that no other has."""
    about: dict[str, Any] = {
        "format": FORMAT,
        "axes": {name: list(values) for name, values in grid.axes.items()},
        "base": asdict(grid.base),
        "scheme": grid.scheme,
        "k": grid.k,
        "seeds": list(seeds),
        "chunks": chunks,
    }
    key = hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()[:16]
    return {"key": key, **about, "measures": list(measures)}  # whichever: the sums are of all of them


def _read_manifest(folder: Path) -> dict[str, Any] | None:
    try:
        found = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _tuple(values: Any) -> tuple[Any, ...] | None:
    return None if values is None else tuple(values)
