"""Columns that are named alike, one a task: what loggers call weights, EMA states, norms and log variances.

A name alone decides only where it says what it is. Where it may mean something else (`alpha_0`,
`conv1/weight`) the family is weak: values or the names of losses must speak for it. What is called a weight
and is none, such as a weight norm, a class weight or the weights of a layer, is no member of any family.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from gaba_core.runs.legible_names import sought
from gaba_core.runs.time_columns import SPLITS

# The reference's own names, letter by letter; the task may be called anything.
REFERENCE = (("w_", "either"), ("lambda_", "weight"), ("raw_weight_", "state"), ("weight_", "weight"))
MOST_TASKS = 64
_TASK = r"(?P<task>[^/]+)"
_SPACE = r"(?P<space>(?:.+[/|:])?(?:(?:train|training|trn|val|valid|validation|mtl|balancer|metrics)[_.])?)"
# Pattern, kind, whether the name alone decides.
_PATTERNS: tuple[tuple[str, str, bool], ...] = (
    (
        rf"(?:loss|task|applied|mtl|lambda|dynamic|adaptive|learned|softmax|uncertainty|gradnorm|dwa|balanc\w*)"
        rf"_?weights?[/_.\-]{_TASK}",
        "weight",
        True,
    ),
    (rf"(?:lambdas?|lams?)[/_.]{_TASK}", "weight", True),
    (r"(?:lambda|lam)s?_?(?P<task>\d+)", "weight", True),
    (rf"adaptive_(?:constants?|coefs?|coefficients?)[/_.]{_TASK}", "weight", True),
    (rf"(?:ema|smoothed|avg)_(?:weights?|state|shares?)[/_.]{_TASK}", "state", True),
    (rf"raw_(?:weights?|shares?)[/_.]{_TASK}", "state", True),
    (rf"w[/_.]{_TASK}", "either", True),
    (rf"weights?[/.\[]{_TASK}?\]?", "weight", True),
    (rf"weights?_{_TASK}", "weight", True),
    (rf"(?:loss_?|task_?)?weights_{_TASK}", "weight", True),
    (rf"{_TASK}_(?:loss|task)_weights?", "weight", True),
    (rf"{_TASK}_weights?", "either", True),
    (r"(?P<task>[a-z0-9]+)(?:Loss)?Weights?", "weight", True),
    (rf"{_TASK}/(?:loss_|task_)weights?", "weight", True),
    (rf"log_?(?:vars?|variances?|sigmas?_?(?:sq|2|squared))[/_.\[]?{_TASK}?\]?", "logvar", True),
    (rf"{_TASK}[/_]log_?(?:var|variance|sigma_?(?:sq|2|squared))", "logvar", True),
    (r"(?:w|weight)_?(?P<task>\d+)", "weight", False),
    (rf"(?:loss_)?(?:alphas?|coefs?|coeffs?|coefficients?|scales?)[/_.\[]{_TASK}?\]?", "weight", False),
    (r"(?:alpha|coef|coeff|gamma|mu)_?(?P<task>\d+)", "weight", False),
    (rf"{_TASK}_(?:coef|coeff|coefficient|lambda|lam|alpha|loss_w|w|wt)", "weight", False),
    (rf"(?:wts?|weightings?)[/_.]{_TASK}", "weight", False),
    (rf"{_TASK}/(?:weights?|w|lambda|lam|alpha)", "weight", False),
    (rf"log_?(?:sigmas?|stds?)[/_.\[]?{_TASK}?\]?", "logstd", False),
    (rf"{_TASK}[/_]log_?(?:sigma|std)", "logstd", False),
    (rf"(?:sigmas?|stds?)[/_.\[]{_TASK}?\]?", "std", False),
    (rf"{_TASK}[/_]sigma", "std", False),
    (rf"(?:grad(?:ient)?_?norms?|g_?norms?)[/_.\[]{_TASK}?\]?", "norm", True),
    (rf"{_TASK}[/_](?:grad(?:ient)?_?norms?|g_?norm)", "norm", True),
    (rf"grads?[/_.]{_TASK}", "norm", True),
    (rf"(?:grads?|gradients?)/{_TASK}/(?:l2_?)?norm", "norm", True),
    (r"(?:grad(?:ient)?_?norm|gnorm)_?(?P<task>\d+)", "norm", True),
    (rf"grad_?norms?/norms?[/_.]{_TASK}", "norm", True),
    (rf"(?:ratio|g|gn|norms?|norm_grad|grad_l2)[/_]{_TASK}", "norm", False),
    (rf"{_TASK}[/_](?:gn|g|grads?|grad_l2)", "norm", False),
)
_COMPILED = tuple(
    (re.compile(_SPACE + pattern, re.IGNORECASE if "Weights?" not in pattern else 0), kind, sure)
    for pattern, kind, sure in _PATTERNS
)
WEIGHTS = ("either", "weight", "state", "logvar", "logstd", "std")
_GREEK = {"λ": "lambda", "α": "alpha", "ω": "w", "μ": "mu", "γ": "gamma"}
_PLAIN = str.maketrans(_GREEK | {" ": "_", "(": "[", ")": "]"})  # "Loss weight (seg)" is loss_weight_[seg]
_OTHER_WORDS = """
norm norms decay mean std var min max avg average median sum total init initial final grad grads hist
histogram bias scale update updates lr ratio overall all global clip clipped
classes pos neg positive negative sample samples attn attention layer importance prior instance
model best swa running ema epoch step raw spectral rms abs diff delta
p05 p10 p25 p50 p75 p90 p95 count num size shape dtype before after clipping
"""
_NO_NORM = frozenset(
    ("cos", "cosine", "sim", "similarity", "conflict", "conflicts", "var", "variance", "sq", "squared", "snr")
)  # words of what else is told of a gradient
_DOUBTFUL = frozenset(
    (
        "body",
        "item",
        "edge",
        "node",
        "token",
        "user",
        "word",
        "l1",
        "l2",
        "entropy",
        "sparsity",
        "class",
        "label",
    )
)  # tasks beside two that are none of these
_NO_TASK = frozenset(_OTHER_WORDS.split())
_LAYER = re.compile(
    r"(?:conv|fc|linear|lin|layers?|dense|embed|embedding|emb|bn|ln|batchnorm|layernorm|kernel|attn|mlp|lstm|"
    r"gru|rnn|hidden|block|blocks|proj|backbone|stem|downsample|encoder|module|param|in|out|hh|ih|qkv|q|k|v)\d*",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Family:
    """One quantity of several tasks: `columns` by task, in file order.

    Attributes:
        kind: a kind of roles.
        sure: whether the names alone say what it is.
        dropped: columns that are named alike and are something else, by what would be the task.
    """

    kind: str
    sure: bool
    columns: dict[str, str] = field(default_factory=dict)
    dropped: dict[str, str] = field(default_factory=dict)


def families_of(names: Sequence[str]) -> Iterator[Family]:
    """Yield every family of two columns or more, the reference's names first, training before validation."""
    names = _of_one_cadence(sought(names))
    for prefix, kind in REFERENCE:
        like = [name for name in names if name.startswith(prefix) and name not in (prefix, "weight_decay")]
        yield from _whole([_sorted(kind, True, _bare({name[len(prefix) :]: name for name in like}))])
    for pattern, kind, sure in _COMPILED:
        spaces: dict[str, dict[str, str]] = {}
        for name in names:
            match = pattern.fullmatch(name.translate(_PLAIN))
            task = (match["task"] or "") if match else ""
            if match and task and not (task.lower() in SPLITS and not sure):
                spaces.setdefault(match["space"].lower(), {}).setdefault(task.strip("[]"), name)
        ordered = sorted(spaces, key=lambda space: _rank(space))
        yield from _whole([_sorted(kind, sure, _bare(spaces[space])) for space in ordered])
    held = {
        name.removeprefix("grad_"): name for name in names if name.startswith("grad_") and name != "grad_"
    }
    yield from _whole([_sorted("norm", True, held)])


def _of_one_cadence(names: Sequence[str]) -> list[str]:
    """Return the names without those of steps that are there for epochs too, as Lightning writes both."""
    every = set(names)
    return [n for n in names if not (n.endswith("_step") and f"{n.removesuffix('_step')}_epoch" in every)]


def _bare(held: dict[str, str]) -> dict[str, str]:
    """Return tasks without the ending that all of them have from their logger."""
    for end in ("_epoch", "_step"):
        if len(held) > 1 and all(task.endswith(end) and task != end for task in held):
            return {task.removesuffix(end): name for task, name in held.items()}
    return held


def plain(task: str) -> str:
    """Return the name of a task without what loggers add to it, for comparison."""
    bare = re.sub(r"(?:^|[/_.\-\s])(?:loss|losses|task|train|training)(?=$|[/_.\-\s\d])", "_", task.lower())
    return re.sub(r"[^a-z0-9]+", "", bare) or task.lower()


def _sorted(kind: str, sure: bool, held: dict[str, str]) -> Family:
    family = Family(kind, sure)
    plainly = sum(not _is_other(task, kind) and task.lower() not in _DOUBTFUL for task in held)
    for task, name in held.items():
        doubtful = task.lower() in _DOUBTFUL and plainly < 2
        (family.dropped if doubtful or _is_other(task, kind) else family.columns)[task] = name
    return family


def _whole(families: Sequence[Family]) -> Iterator[Family]:
    for family in families:
        if 2 <= len(family.columns) + len(family.dropped) <= MOST_TASKS:
            yield family


def _is_other(task: str, kind: str) -> bool:
    """Whether what stands for a task is a statistic, a kind of sample or a layer."""
    words = [word for word in re.split(r"[/_.\-\s\[\]]+", task.lower()) if word]
    if not words:
        return False
    if kind == "norm" and not _NO_NORM.isdisjoint(words):
        return True
    layers = sum(bool(_LAYER.fullmatch(word)) for word in words)
    return all(word in _NO_TASK for word in words) or words[-1] in ("decay", "norm") or layers > 0


def _rank(space: str) -> int:
    parts = set(re.split(r"[/|:_.]", space))
    return 0 if not parts & SPLITS or parts & {"train", "training"} else 1
