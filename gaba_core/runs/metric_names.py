"""What a metric is by its name: measured on validation or training data, an error or a score.

Names are read word by word ("Loss/val", "epoch_val_loss", "valLoss", "eval_accuracy"), in any order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

REFERENCE = ("rmse_last", "rmse_all", "nasa")  # of the reference logger: errors on the test engines


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


VALIDATION = _set("val valid validation vld dev eval evaluation test testing tst heldout holdout oof unseen")
TRAINING = _set("train training trn running batch minibatch")
LOSS = _set("loss losses")
LOWER = LOSS | _set(
    """error errors err cost objective risk deviance rmse mse mae mape smape wmape mase rmsle msle nrmse
    irmse imae medae mdae nll ce bce xent crossentropy logloss perplexity ppl bpc bpb bpd wer cer
    eer far frr fpr fnr fid kid lpips nasa brier ece mce kl kld divergence rel absrel sqrel silog
    log10 hausdorff hd95 assd regret epe ate rpe mpjpe ade fde crps pinball hinge hamming chamfer
    misclassification distance emd"""
)
HIGHER = _set(
    """acc accuracy precision recall sensitivity specificity tpr tnr f1 f1score fscore fbeta fmeasure dice
    dsc iou miou giou jaccard map ap auc auroc auprc aucroc aucpr rocauc prauc roc r2 rsquared bleu
    sacrebleu rouge meteor cider spice chrf bertscore exactmatch mrr ndcg hits hit kappa qwk mcc
    pearson spearman pearsonr spearmanr kendall corr correlation pcc srcc plcc cosine ssim msssim
    psnr snr sdr sisdr sisnr pesq stoi reward rewards return returns success win winrate elbo
    likelihood loglikelihood pck pq mota hota idf1 nds"""
)
NUMBERED = re.compile(
    r"(?:acc|accuracy|top|ap|map|ar|bleu|rouge|hits?|ndcg|recall|precision|mrr|iou|miou|auc|f)"
    r"(?:\d+|l|lsum|at\d+)"
)
BOOKKEEPING = _set(
    """epochs steps iteration iterations iter time runtime seconds sec second minutes hours samples examples
    count counts size num n batches engines memory gpu cpu ratio momentum temperature id seed index throughput
    flops params date duration eta patience version wall timestamp elapsed"""
)
NO_METRIC = _set(
    "lr rate norm grad gradient weight weights lambda scale coef best min max lowest highest ema scaler"
)
TOTAL = _set("total mean avg average overall sum")
FILLER = _set("epoch step global")


@dataclass(frozen=True, slots=True)
class MetricName:
    """What a name says.

    Attributes:
        split: "validation", "training", or "" where the name does not say.
        higher_is_better: None where the name does not say.
        is_total_loss: whether it is the loss as a whole, such as "val_loss", and of no task.
        is_countable: False for what is no quality of a model: a time, a size, a rate, a running best.
    """

    split: str
    higher_is_better: bool | None
    is_total_loss: bool
    is_countable: bool


@lru_cache(maxsize=4096)
def metric_name(name: str) -> MetricName:
    """Return what the name of a metric says."""
    if name in REFERENCE:
        return MetricName("validation", False, False, True)
    words = _words(name)
    rest = [word for word in words if word not in VALIDATION | TRAINING | FILLER]
    higher, is_loss = _higher(rest), not LOSS.isdisjoint(rest)
    is_validation = not VALIDATION.isdisjoint(words)
    is_training = is_loss or not TRAINING.isdisjoint(
        words
    )  # a loss of which nothing is said is the training's
    bare = [word for word in rest if word not in TOTAL]
    other = NO_METRIC - {"rate"} if higher is not None else NO_METRIC | BOOKKEEPING
    return MetricName(
        split="validation" if is_validation else "training" if is_training else "",
        higher_is_better=higher,
        is_total_loss=is_loss and len(bare) == 1,
        is_countable=bool(rest) and other.isdisjoint(rest),
    )


def _higher(words: list[str]) -> bool | None:
    """Return the direction of the last word that has one; a loss or an error of a score is one."""
    known = [word in HIGHER or bool(NUMBERED.fullmatch(word)) for word in words if _is_known(word)]
    found = None if not known else known[-1]
    if {*LOSS, "error", "errors", "err"} & {*words}:
        found = False
    flips = len({"neg", "negative", "inverse"} & {*words}) - (1 if "positive" in words else 0)
    return found if found is None or flips != 1 else not found


def _is_known(word: str) -> bool:
    return word in HIGHER or word in LOWER or NUMBERED.fullmatch(word) is not None


def _words(name: str) -> list[str]:
    """Return the words of a name in lower case: "valLoss" is two, "mIoU" is one."""
    found: list[str] = []
    for part in filter(None, re.split(r"[^A-Za-z0-9]+", name)):
        whole = part.lower()
        if _means_something(whole):
            found.append(whole)
            continue
        pieces = [piece.lower() for piece in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", part)]
        found += pieces if len(pieces) > 1 else _unglued(whole)
    return found


def _means_something(word: str) -> bool:
    return _is_known(word) or word in VALIDATION or word in TRAINING


def _unglued(word: str) -> list[str]:
    """Return "valloss" as "val", "loss"; a word that is no such pair as it is."""
    for split in sorted(VALIDATION | TRAINING, key=len, reverse=True):
        for first, second in (
            (word[: len(split)], word[len(split) :]),
            (word[-len(split) :], word[: -len(split)]),
        ):
            if first == split and _is_known(second):
                return [split, second]
    return [word]


def by_preference(names: Iterable[str]) -> list[str]:
    """Return the metrics a model may be judged by, the best first; without what is no quality of a model.

    First what was measured on validation or test data, of that the reference logger's errors and then the
    loss as a whole; then any other error or score; then a validation metric whose name does not say which
    way is better; the training loss last.
    """
    known = [(name, metric_name(name)) for name in names]
    ranked = [(_rank(name, meant), place, name) for place, (name, meant) in enumerate(known)]
    return [name for rank, _, name in sorted(ranked) if rank < UNFIT]


UNFIT = 9


def _rank(name: str, known: MetricName) -> int:
    if name in REFERENCE:
        return REFERENCE.index(name)
    if not known.is_countable or (known.higher_is_better is None and known.split != "validation"):
        return UNFIT
    if known.split == "validation":
        return 6 if known.higher_is_better is None else 3 if known.is_total_loss else 4
    if known.split == "":
        return 5
    return 7 if known.is_total_loss else 8
