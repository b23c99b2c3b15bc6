"""Which subset, method and seed a run has, by the path of its log: what people write into names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

RESERVED = "dropped: "  # how the key of a file begins that was dropped on the page; `name #digest` follows
Labels = tuple[str | None, str | None, int | None]  # subset, method, seed

_SEED = re.compile(
    r"(?:^|(?<=[^a-z]))(?:random|run|rng)?[ _.-]?seed[ _=:.-]{0,2}(\d{1,18})(?!\d)", re.IGNORECASE
)
_SHORT = re.compile(r"(?:^|(?<=[ _=.-]))s[=_-]?(\d{1,18})(?=$|[ _.-])")
_TIME = re.compile(r"\d{4}-?[01]\d-?[0-3]\d(?:[T _-]?[0-2]\d[:._-]?[0-5]\d(?:[:._-]?[0-5]\d)?)?")
_PART = re.compile(r"(.+) \[([^\[\]]*)\]", re.DOTALL)  # one run of a file that holds several
_FILE = re.compile(r"\.(?:jsonl?|ndjson|csv|tsv|txt|log|dat|gz)$", re.IGNORECASE)
# Names of folders and files that say nothing of the run.
_PLAIN = re.compile(
    r"(?:version_?\d+|(?:csv|tb|tensorboard|lightning|train(?:ing)?|eval|convergence)?_?logs?|runs?|metrics|"
    r"(?:train(?:ing)?_)?history|trainer_state|results?|outputs?|csv|tb|tensorboard|checkpoints?|exp(?:eriment)?s?|"
    r"seeds?|train(?:ing)?|files|events\.out\.tfevents\..*|\d*)",
    re.IGNORECASE,
)
METHODS = frozenset(
    (
        *("gaba", "equal", "uniform", "gradnorm", "dwa", "uncertainty", "uw", "mgda", "pcgrad", "cagrad"),
        *("imtl", "aligned", "gradvac", "upgrad", "dualproj", "fairgrad", "nash", "nashmtl", "rlw", "famo"),
    )
)


def path_labels(key: str) -> Labels:
    """Return subset, method and seed of a run by its key; None for each that its path does not say.

    The seed is a number after `seed` (or `s`, set off) in the last part that holds one, as in `seed_3/`,
    `ours_seed0.json` or `gradnorm-s42.csv`. The method is what else that part says, else the next part above
    it that says anything, else one below; the subset is the next one above the method.
    """
    if key.startswith(RESERVED):
        key = key.removeprefix(RESERVED).rpartition(" #")[0]
    one_of_several = _PART.fullmatch(key)
    if one_of_several:
        subset, method, seed = path_labels(one_of_several[1])
        own = _seed([one_of_several[2]], 0)[0]
        return subset, method, seed if own is None else own
    parts = [part for part in PurePosixPath(key).parts if part not in (".", "/")]
    names = [_FILE.sub("", _FILE.sub("", part)) for part in parts]
    found = next(
        ((i, *_seed(names, i)) for i in reversed(range(len(names))) if _seed(names, i)[0] is not None), None
    )
    if found is None:
        at = next((i for i in reversed(range(len(names))) if _is_method(names[i])), None)
        return (None, None, None) if at is None else (_above(names, at)[0], _bare(names[at]), None)
    at, seed, rest = found
    method = _bare(rest)
    if method:
        return _above(names, at)[0], method, seed
    above, place = _above(names, at)
    if above is None:
        return None, next(filter(None, map(_bare, names[at + 1 :])), None), seed
    return _above(names, place)[0], above, seed


def _seed(names: Sequence[str], at: int) -> tuple[int | None, str]:
    """Return the seed that a part says, and the part without it."""
    name = names[at]
    found = _SEED.search(name) or _SHORT.search(name)
    if found:
        return int(found[1]), f"{name[: found.start()]}\0{name[found.end() :]}"
    if (
        name.isascii()
        and name.isdecimal()
        and len(name) < 19
        and at
        and names[at - 1].lower() in ("seed", "seeds")
    ):
        return int(name), ""
    return None, name


def _above(names: Sequence[str], at: int) -> tuple[str | None, int]:
    """Return the next part above one that says anything, and where it stands; (None, 0) where none does."""
    return next(((names[i], i) for i in reversed(range(at)) if _bare(names[i])), (None, 0))


def _bare(name: str) -> str:
    """Return what a name says beside a time stamp; empty where that is nothing."""
    bare = re.sub(r"[ _.-]*\0[ _.-]*", "_", _TIME.sub("", name).strip(" _.-=\0")).strip(" _.-=")
    return "" if _PLAIN.fullmatch(bare) else bare


def _is_method(name: str) -> bool:
    return not METHODS.isdisjoint(re.split(r"[ _.=-]+", name.lower()))
