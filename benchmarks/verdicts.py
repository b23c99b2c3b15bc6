"""How often a verdict on the balancer is right: `python benchmarks/verdicts.py [--logs 60] [--half unseen]`.

Logs of more than fifty kinds are made from parameters, which are their labels; the rules were tuned on one
half of each parameter's range and are measured on the other. Beside them stand all prefixes of healthy runs,
groups of siblings, and the shipped runs, whole and reduced to the five fields of the reference hook. Printed
are a table by kind, one by length, and every limit with what was found.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.labelled_logs import KINDS, Draw, Log
from benchmarks.labelled_logs.limits import LIMITS, Share
from benchmarks.labelled_logs.living import false_groups, found_outliers, prefixes
from benchmarks.labelled_logs.shipped import shipped
from benchmarks.measuring import machine
from gaba_core.runs import diagnose, read_run

PARTS = ("kinds", "prefixes", "siblings", "shipped")
LENGTHS = ((0, 30), (30, 100), (100, 300), (300, 1000), (1000, 1 << 30))


@dataclass(frozen=True, slots=True)
class Result:
    """One labelled log and the verdict on it."""

    kind: str
    log: Log
    code: str

    @property
    def outcome(self) -> str:
        """Whether it is "right", "wrong", or "cannot tell"."""
        return self.log.outcome(self.code)


def results(half: str, logs: int, kinds: Iterable[str] = KINDS) -> list[Result]:
    """Return the verdicts on so many logs of each kind."""
    found = []
    for name in kinds:
        number = list(KINDS).index(name)
        for i in range(logs):
            seed = 2_000_000 * (half == "unseen") + 1_000 * number + i
            log = KINDS[name](Draw(seed, half))  # type: ignore[arg-type]  # argparse checks the word
            found.append(Result(name, log, diagnose(read_run(log.text())).balancer.code))
    return found


def table(found: Sequence[Result]) -> list[str]:
    """Return rows by kind and by length, as a Markdown table."""
    rows = ["| logs | right | wrong | cannot tell | verdicts |", "| --- | --- | --- | --- | --- |"]
    for name in dict.fromkeys(r.kind for r in found):
        some = [r for r in found if r.kind == name]
        said = ", ".join(f"{code} {n}" for code, n in Counter(r.code for r in some).most_common())
        rows.append(f"| {name.replace('_', ' ')} ({len(some)}) | {_counts(some)} | {said} |")
    for low, high in LENGTHS:
        some = [r for r in found if low <= r.log.records < high]
        rows.append(f"| {low} records and more ({len(some)}) | {_counts(some)} | |")
    return [*rows, f"| all ({len(found)}) | {_counts(found)} | |"]


def _counts(some: Sequence[Result]) -> str:
    outcomes = Counter(r.outcome for r in some)
    return " | ".join(_percent(outcomes[name], len(some)) for name in ("right", "wrong", "cannot tell"))


def _percent(part: int, whole: int) -> str:
    return f"{100.0 * part / max(1, whole):.2f} %"


def limit_rows(found: Sequence[Result], more: Sequence[Share]) -> tuple[list[str], bool]:
    """Return a row for every limit with what was found, and whether all are kept."""
    shares = [limit.share([(r.kind, r.log, r.code) for r in found]) for limit in LIMITS]
    shares = [share for share in shares if share.whole]
    rows = ["| limit | at most | found | of | kept |", "| --- | --- | --- | --- | --- |"]
    every = [*shares, *more]
    rows += [
        f"| {s.name} | {_bound(s)} | {_percent(s.part, s.whole)} | {s.whole} | {_yes(s)} |" for s in every
    ]
    return rows, all(s.retained for s in every)


def _yes(s: Share) -> str:
    return "yes" if s.retained else "NO"


def _bound(s: Share) -> str:
    return f"{100.0 * s.limit:.1f} %" if s.most else f"at least {100.0 * s.limit:.0f} %"


MEASURES: dict[str, Callable[[str], list[Share]]] = {
    "prefixes": lambda half: prefixes(half, 50),
    "siblings": lambda _: [*false_groups(300), *found_outliers(300)],
    "shipped": lambda _: shipped(),
}


def main() -> int:
    """Print the tables; the exit status says whether every limit is kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--logs", type=int, default=60, help="of each kind")
    parser.add_argument("--half", choices=("tuned", "unseen"), default="unseen")
    parser.add_argument("--kinds", nargs="*", default=list(KINDS), choices=list(KINDS), metavar="KIND")
    parser.add_argument("--parts", nargs="*", default=list(PARTS), choices=PARTS, help="what is measured")
    parser.add_argument("--wrong", action="store_true", help="list every log that is not judged right")
    options = parser.parse_args()
    found = results(options.half, options.logs, options.kinds) if "kinds" in options.parts else []
    if found:
        print("\n".join(table(found)), "\n")
    if options.wrong:
        print("\n".join(f"{r.kind} {r.log.records}: {r.code}" for r in found if r.outcome != "right"))
    more = [share for part in options.parts if part in MEASURES for share in MEASURES[part](options.half)]
    rows, retained = limit_rows(found, more)
    print("\n".join(rows), "\n")
    print(machine())
    return 0 if retained else 1


if __name__ == "__main__":
    sys.exit(main())
