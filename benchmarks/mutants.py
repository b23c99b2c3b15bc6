"""How many small faults do the tests notice: `python -m benchmarks.mutants`.

Draws single faults (a comparison turned, a number moved by one, a condition dropped, ...) by a seed, the same
number from each group of modules, plants one at a time in a copy of the core and runs the group's tests until
one fails, for 60 s of the processor at most. Prints each survivor with its line, and the share noticed by
group.
"""

from __future__ import annotations

import argparse
import ast
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.measuring import machine

ROOT = Path(__file__).parents[1]
LIMIT_S, WAITING_S = 60, 1200
RUNS = "tests/core/runs"
GROUPS = {
    "controller": (
        ["gaba_core/controller.py", "gaba_core/ema_scan.py"],
        ["tests/core/test_controller.py", "tests/core/test_ema_scan.py", "tests/core/test_simulation.py"],
    ),
    "projection": (
        ["gaba_core/projection.py", "gaba_core/bounds_check.py"],
        ["tests/core/test_projection.py", "tests/core/test_bounds_check.py"],
    ),
    "regimes": (
        ["gaba_core/regimes.py"],
        ["tests/core/test_regimes.py", f"{RUNS}/diagnosis/test_run_regimes.py"],
    ),
    "opening": (
        ["gaba_core/runs/opening.py", "gaba_core/runs/npz_arrays.py", "gaba_core/runs/database_files.py"],
        [
            f"{RUNS}/test_opening.py",
            f"{RUNS}/test_hostile_folder.py",
            f"{RUNS}/test_stores.py",
            f"{RUNS}/test_library.py",
        ],
    ),
    "diagnosis": (
        ["gaba_core/runs/diagnosis/*.py"],
        [f"{RUNS}/diagnosis"],
    ),
}
COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
COMPUTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
    ast.Pow: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip


ANNOTATIONS = ("annotation", "returns")
Edit = Callable[[Any], None]


@dataclass(frozen=True)
class Mutant:
    """One fault: where it stands, what stood there, and the text of the whole module with it."""

    path: Path
    line: int
    before: str
    after: str
    text: str


def places(tree: ast.Module) -> Iterator[tuple[ast.AST, Edit]]:
    """Yield each node that a fault can be planted in, with the edit that plants it."""
    aside = {id(part) for node in ast.walk(tree) for part in _annotations(node)}
    for node in ast.walk(tree):
        if id(node) not in aside:
            yield from ((node, edit) for edit in _edits(node))


def mutant(path: Path, nth: int) -> Mutant:
    """Return the nth fault of a module."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    node, edit = list(places(tree))[nth]
    before = ast.unparse(node).split("\n")[0]
    edit(node)
    line = getattr(node, "lineno", 0)
    return Mutant(
        path, line, before, ast.unparse(node).split("\n")[0], ast.unparse(ast.fix_missing_locations(tree))
    )


def drawn(paths: list[Path], count: int, rng: np.random.Generator) -> list[Mutant]:
    """Return so many different faults of a group of modules, all places as likely."""
    every = [
        (path, nth) for path in paths for nth, _ in enumerate(places(ast.parse(path.read_text("utf-8"))))
    ]
    chosen = rng.choice(len(every), size=min(count, len(every)), replace=False)
    return [mutant(*every[i]) for i in chosen]


def noticed(one: Mutant, tests: list[str], copy: Path) -> bool:
    """Return whether one of the tests fails, or goes on for ever, with the fault planted in the copy."""
    module = copy / one.path.relative_to(ROOT)
    sound = module.read_text(encoding="utf-8")
    module.write_text(one.text, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-m", "not slow", *tests]
    try:
        ended = subprocess.run(command, cwd=copy, capture_output=True, preexec_fn=_limit, timeout=WAITING_S)
        return ended.returncode != 0
    except subprocess.TimeoutExpired:  # it waits for what does not come
        return True
    finally:
        module.write_text(sound, encoding="utf-8")


def survivors(name: str, count: int, seed: int, copy: Path) -> tuple[int, list[Mutant]]:
    """Return how many faults were planted in a group, and those that no test noticed.

    Raises:
        SystemExit: the tests of the group fail, or take longer than the limit, without a fault.
    """
    patterns, tests = GROUPS[name]
    paths = [path for pattern in patterns for path in sorted(ROOT.glob(pattern))]
    sound = paths[0].read_text(encoding="utf-8")
    if noticed(Mutant(paths[0], 0, "", "", sound), tests, copy):
        sys.exit(f"The tests of {name} do not pass within {LIMIT_S} s as they are.")
    planted = drawn(paths, count, np.random.default_rng([seed, list(GROUPS).index(name)]))
    return len(planted), [one for one in planted if not noticed(one, tests, copy)]


def main() -> None:
    """Print the survivors and the share noticed, group by group."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--each", type=int, default=60, help="faults a group")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--only", choices=GROUPS, nargs="*", default=list(GROUPS))
    asked = parser.parse_args()
    print(f"{machine()}; seed {asked.seed}, {asked.each} faults a group, {LIMIT_S} s of the processor each")
    total = alive = 0
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        shutil.copytree(
            ROOT, copy, symlinks=True, ignore=shutil.ignore_patterns(".*", "node_modules", "*.pyc")
        )
        for name in asked.only:
            planted, left = survivors(name, asked.each, asked.seed, copy)
            for one in left:
                print(f"  {one.path.relative_to(ROOT)}:{one.line}: {one.before}  ->  {one.after}", flush=True)
            print(f"{name}: {planted - len(left)} of {planted} noticed", flush=True)
            total, alive = total + planted, alive + len(left)
    print(f"all: {total - alive} of {total} noticed, {100 * (total - alive) / total:.1f} %")


def _limit() -> None:
    """End a run of tests that goes on for ever, on a busy machine no sooner than on an idle one."""
    resource.setrlimit(resource.RLIMIT_CPU, (LIMIT_S, LIMIT_S))


def _annotations(node: ast.AST) -> Iterator[ast.AST]:
    for field in ANNOTATIONS:
        part = getattr(node, field, None)
        if isinstance(part, ast.AST):
            yield from ast.walk(part)


def _edits(node: ast.AST) -> Iterator[Edit]:
    """Yield the faults of one node."""
    match node:
        case ast.Compare(ops=ops):
            yield from (_compare(i) for i, op in enumerate(ops) if type(op) in COMPARED)
        case ast.BinOp(op=op) | ast.AugAssign(op=op) if type(op) in COMPUTED:
            yield _compute
        case ast.BoolOp():
            yield _connect
        case ast.UnaryOp(op=ast.Not()) | ast.If() | ast.IfExp() | ast.While():
            yield _negate
        case ast.Constant(value=bool() | int() | float()):
            yield _move
        case ast.Expr(value=ast.Call()):
            yield _drop


def _compare(nth: int) -> Edit:
    def edit(node: Any) -> None:
        node.ops[nth] = COMPARED[type(node.ops[nth])]()

    return edit


def _compute(node: Any) -> None:
    node.op = COMPUTED[type(node.op)]()


def _connect(node: Any) -> None:
    node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()


def _negate(node: Any) -> None:
    field = "operand" if isinstance(node, ast.UnaryOp) else "test"
    setattr(node, field, ast.UnaryOp(ast.Not(), getattr(node, field)))


def _move(node: Any) -> None:
    match node.value:
        case bool():
            node.value = not node.value
        case float():
            node.value = 2.0 * node.value or 1.0
        case _:
            node.value += 1


def _drop(node: Any) -> None:
    node.value = ast.Constant(None)


if __name__ == "__main__":
    main()
