"""How often weights and norms of real logs are proposed right: `python benchmarks/proposals.py OUT`.

OUT is what `benchmarks/foreign_logs/write_logs.py` wrote. Right is a log whose weights (or, of a style that
can only be asked about, whose question) and whose norms are those columns and no others, of those tasks.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.foreign_logs.styles import STYLES, Style
from gaba_core.errors import GabaError
from gaba_core.runs import read_run
from gaba_core.runs.column_families import WEIGHTS

AIM = 0.95


def verdict(path: Path, style: Style) -> str:
    """Return "right", "asked", or what is wrong."""
    try:
        run = read_run(path)
    except GabaError as error:
        return f"refused: {error}"
    proposed = run.reading.proposed
    weights = {name for kind in WEIGHTS for name in proposed.columns(kind).values()}
    norms = set(proposed.columns("norm").values())
    if norms != set(style.norms.values()):
        return f"norms {sorted(norms)}"
    if style.asks:
        asked = run.reading.question
        return "asked" if asked and set(asked.columns) == set(style.weights.values()) else "not asked"
    if weights != set(style.weights.values()):
        return f"weights {sorted(weights)}"
    expected = len(style.weights or style.norms)
    return "right" if len(run.tasks) == expected else f"tasks {run.tasks}"


def main() -> int:
    """Print the table; 1 where fewer are right than is aimed for."""
    out = Path(sys.argv[1])
    by_writer: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for one in json.loads((out / "manifest.json").read_text()):
        found = verdict(out / one["path"], STYLES[one["style"]])
        by_writer[f"{one['writer']} {one['version']}"].append((one["style"], found, one["path"]))
    every = [found for held in by_writer.values() for _, found, _ in held]
    right = sum(found in ("right", "asked") for found in every)
    print(f"{'written by':<28} {'logs':>4} {'right':>5} {'asked':>5}")
    for writer, held in by_writer.items():
        counts = [sum(found == word for _, found, _ in held) for word in ("right", "asked")]
        print(f"{writer:<28} {len(held):>4} {counts[0]:>5} {counts[1]:>5}")
        for style, found, path in held:
            if found not in ("right", "asked"):
                print(f"    {path} ({style}): {found}")
    print(f"{right} of {len(every)} logs of {len(by_writer)} writers right ({right / len(every):.1%})")
    return int(right < AIM * len(every))


if __name__ == "__main__":
    sys.exit(main())
