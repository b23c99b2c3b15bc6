import numpy as np
import pytest

from gaba_core.runs.judged_metric import judged_metric, metrics_to_choose
from tests.model_cases import falling, judged, run_with

VALIDATION = [
    "eval_loss",
    "valid_loss",
    "test_loss",
    "validation_loss",
    "val_loss",
    "val_rmse",
    "val/rmse",
    "test_rmse",
    "val_mae",
    "loss_val",
    "Loss/val",
    "epoch_val_loss",
    "dev_loss",
    "val/loss",
    "valLoss",
    "valloss",
    "eval/perplexity",
    "test/error_rate",
    "validation_nll",
    "dev.ppl",
    "Validation/RMSE",
    "test_mape",
    "val_abs_rel",
    "eval_wer",
]
SCORES = [
    "val_acc",
    "val/mIoU",
    "eval_accuracy",
    "test_f1",
    "validation_auc",
    "dev_bleu",
    "valid/R2",
    "Accuracy/test",
    "val_dice",
    "test/AP50",
    "val_top5",
    "eval_rougeL",
    "test_psnr",
    "val_recall@10",
    "evalAccuracy",
    "validation_mrr",
]
ERRORS = ["rmse", "mae", "error", "perplexity", "mse", "wer", "test-free-rmse", "error_rate", "abs_rel"]
TOPS = ["mAP", "accuracy", "f1", "miou", "bleu", "r2", "auc", "bbox/AP50", "psnr"]


@pytest.mark.parametrize("name", [*VALIDATION, *ERRORS])
@pytest.mark.parametrize("training", ["loss", "train_loss"])
def test_a_validation_metric_or_any_error_goes_before_the_training_loss(name, training):
    rng = np.random.default_rng(3)
    found = judged(**{training: falling(rng, 40), name: 1.0 + np.arange(40) / 8.0})
    assert found.evidence["metric"] == name
    assert found.code in ("overfitting", "past-best")
    assert name in found.sentence


@pytest.mark.parametrize("name", [*SCORES, *TOPS])
def test_a_score_that_falls_is_past_its_best(name):
    rng = np.random.default_rng(3)
    found = judged(**{"train_loss": falling(rng, 40), name: 0.8 - 0.01 * np.arange(40)})
    assert found.evidence["metric"] == name
    assert found.evidence["higher_is_better"] is True
    assert found.code in ("overfitting", "past-best")


@pytest.mark.parametrize("name", ["train_loss", "loss", "train/loss_epoch", "Loss/train", "total_loss"])
def test_a_training_loss_is_judged_last_and_called_that(name):
    found = judged(**{name: falling(np.random.default_rng(0), 40)})
    assert found.code == "improving"
    assert "training loss" in found.sentence
    assert found.confidence == "a guess"


@pytest.mark.parametrize(
    "name", ["val_score", "val_quality", "eval/rating", "test_x", "validation_indicator", "dev/custom"]
)
def test_of_a_metric_without_a_direction_the_direction_is_asked(name):
    columns = {"train_loss": falling(np.random.default_rng(0), 40), name: np.linspace(0.1, 0.9, 40)}
    found = judged(**columns)
    assert found.code == "unknown"
    assert f"{name}:max" in found.sentence
    assert judged(metric=name, higher_is_better=True, **columns).code == "improving"
    assert (
        judged(metric=name, higher_is_better=False, **columns).code == "past-best"
        or judged(metric=name, higher_is_better=False, **columns).code == "overfitting"
    )


@pytest.mark.parametrize(
    "name",
    [
        "eval_runtime",
        "eval_samples_per_second",
        "eval_steps_per_second",
        "learning_rate",
        "lr",
        "grad_norm",
        "val_time",
        "test_samples",
        "val_count",
        "loss_scale",
        "val_step",
        "best_val_loss",
        "seconds",
        "throughput",
    ],
)
def test_what_is_no_quality_of_a_model_is_never_judged(name):
    assert judged(**{name: np.linspace(1.0, 9.0, 40)}).code == "unknown"
    assert judged_metric(run_with(**{name: np.ones(9), "val_loss": np.ones(9)})).name == "val_loss"


@pytest.mark.parametrize("name", ["score", "quality", "α-Güte", "Elo", "x:y"])
def test_a_column_whose_name_says_nothing_is_judged_once_the_reader_states_it(name):
    columns = {name: np.linspace(0.1, 0.9, 40), "lr": np.linspace(1.0, 0.1, 40)}
    assert metrics_to_choose(run_with(**columns)) == [name]
    found = judged(**columns)
    assert found.code == "unknown"
    assert found.sentence.endswith(f"state one with :max or :min: {name}.")
    assert judged(metric=name, higher_is_better=True, **columns).code == "improving"
    beside = judged(train_loss=falling(np.random.default_rng(0), 40), **columns)
    assert "training loss, for the log names no other error or score" in beside.sentence


def test_the_reader_chooses_metric_and_direction():
    columns = {"val_loss": np.linspace(2.0, 1.0, 40), "val_acc": np.linspace(0.9, 0.5, 40)}
    assert judged(**columns).code == "improving"
    assert judged(metric="val_acc", **columns).code == "past-best"
    assert judged(metric="val_acc", higher_is_better=False, **columns).code == "improving"
    missing = judged(metric="bleu", **columns)
    assert missing.code == "unknown"
    assert "no metric bleu; it holds val_loss, val_acc" in missing.sentence


def test_huggingface_that_overfits_sixfold_is_not_still_improving():
    e = np.arange(30)
    found = judged(
        loss=2.0 * np.exp(-e / 8.0) + 0.05,
        eval_loss=np.where(e < 5, 1.0, 1.0 + 5.0 * (e - 5) / 24.0),
        eval_accuracy=0.9 - 0.01 * e,
    )
    assert found.code == "overfitting"
    assert found.evidence["metric"] == "eval_loss"


def test_a_log_with_a_score_alone_is_judged_by_it():
    found = judged(val_miou=np.linspace(0.75, 0.3, 40))
    assert found.code == "past-best"
    assert judged_metric(run_with(val_miou=np.ones(9), train_loss=np.ones(9))).name == "val_miou"
