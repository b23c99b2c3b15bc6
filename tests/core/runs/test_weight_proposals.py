"""Weights by their names and their values; what is called a weight and is none; what has to be asked."""

import json

import numpy as np
import pytest

from gaba_core.runs import read_run
from gaba_core.runs.assembly import read_again

EPOCHS = 8
SHARES = [round(0.5 * 0.8**e + 0.05, 4) for e in range(EPOCHS)]


def log(**columns):
    """A log of columns: a number stands in every record, a function is asked by epoch."""
    rows = [{"epoch": e} | {k: v(e) if callable(v) else v for k, v in columns.items()} for e in range(EPOCHS)]
    return "".join(json.dumps(row) + "\n" for row in rows)


def pair(first, second, total=1.0):
    return {first: lambda e: SHARES[e], second: lambda e: round(total - SHARES[e], 4)}


def quantity(run):
    return run.state if run.weights is None else run.weights


NAMED = {
    "lam_": (pair("lam_seg", "lam_depth"), ("seg", "depth")),
    "lambda1": (pair("lambda1", "lambda2"), ("1", "2")),
    "lambda/": (pair("lambda/seg", "lambda/depth"), ("seg", "depth")),
    "a namespace": (pair("train/w_seg", "train/w_depth"), ("seg", "depth")),
    "a deep namespace": (pair("model/mtl/w_seg", "model/mtl/w_depth"), ("seg", "depth")),
    "camel case": (pair("segWeight", "depthWeight"), ("seg", "depth")),
    "camel case of losses": (pair("segLossWeight", "depthLossWeight"), ("seg", "depth")),
    "task_weight": (pair("seg_weight", "depth_weight"), ("seg", "depth")),
    "task_loss_weight": (pair("seg_loss_weight", "depth_loss_weight"), ("seg", "depth")),
    "loss_weight": (pair("loss_weight/seg", "loss_weight/depth"), ("seg", "depth")),
    "task/loss_weight": (pair("seg/loss_weight", "depth/loss_weight"), ("seg", "depth")),
    "w1 that sum to 1": (pair("w1", "w2"), ("1", "2")),
    "alpha that sum to 1": (pair("alpha_seg", "alpha_depth"), ("seg", "depth")),
    "alpha that sum to K": (pair("alpha_seg", "alpha_depth", 2.0), ("seg", "depth")),
    "coef that sum to 1": (pair("coef/seg", "coef/depth"), ("seg", "depth")),
    "beside losses": ({"w1": 3.0, "w2": 0.5, "loss1": 1.0, "loss2": 2.0}, ("1", "2")),
    "beside losses of their names": (
        {"alpha_seg": 3.0, "alpha_depth": 0.5, "train/seg_loss": 1.0, "train/depth_loss": 2.0},
        ("seg", "depth"),
    ),
    "a list": ({"weights": lambda e: [SHARES[e], 1 - SHARES[e]]}, ("0", "1")),
    "a list that stands still": ({"loss_weights": [0.5, 0.5]}, ("0", "1")),
    "a list in an object": ({"mtl": lambda e: {"lambda_weight": [SHARES[e], 1 - SHARES[e]]}}, ("0", "1")),
    "a task that may be something else, beside others": (
        {"weights/seg": 0.2, "weights/depth": 0.3, "weights/edge": 0.6},
        ("seg", "depth", "edge"),
    ),
    "a namespace before a line": (pair("train_w_seg", "train_w_depth"), ("seg", "depth")),
    "Lightning's epochs": (pair("w_seg_epoch", "w_depth_epoch"), ("seg", "depth")),
    "in the namespace of its method": (
        pair("GradNorm/Weight_Seg", "GradNorm/Weight_Depth", 2.0),
        ("Seg", "Depth"),
    ),
    "twice": (pair("weights/w_pde", "weights/w_bc", 9.0), ("pde", "bc")),
    "constants": (
        {"adaptive_constant_ics": lambda e: 1.0 + 4 * e, "adaptive_constant_res": 1.0},
        ("ics", "res"),
    ),
    "behind, beside losses": (
        {"seg_w": 3.0, "depth_w": 0.5, "seg_loss": 1.0, "depth_loss": 2.0},
        ("seg", "depth"),
    ),
    "doubtful beside two others": (
        {"loss_weight/policy": 1.0, "loss_weight/value": 0.5, "loss_weight/entropy": 0.01},
        ("policy", "value", "entropy"),
    ),
    "in brackets": (pair("Loss weight (seg)", "Loss weight (depth)"), ("seg", "depth")),
    "in words": (pair("weight seg", "weight depth"), ("seg", "depth")),
    "alpha of a constant sum": (
        {"alpha_seg": lambda e: 7 * SHARES[e], "alpha_depth": lambda e: 7 - 7 * SHARES[e]},
        ("seg", "depth"),
    ),
    "Greek": (pair("λ_seg", "λ_depth"), ("seg", "depth")),
    "objects of a task": (
        {
            "seg": lambda e: {"loss": 1.0, "weight": SHARES[e]},
            "depth": lambda e: {"loss": 2.0, "weight": 3.0},
        },
        ("seg", "depth"),
    ),
    "names that differ in case": (pair("w_A", "w_a"), ("A", "a")),
    "points": (pair("loss_weights.seg", "loss_weights.depth"), ("seg", "depth")),
    "three": ({"w_a": 0.2, "w_b": 0.3, "w_c": 0.5}, ("a", "b", "c")),
    "jaxpi": ({"ics_weight": lambda e: 1.0 + 4 * e, "res_weight": 1.0}, ("ics", "res")),
    "names like statistics, that sum to 1": (pair("w_mean", "w_max"), ("mean", "max")),
}


@pytest.mark.parametrize(("columns", "tasks"), NAMED.values(), ids=NAMED.keys())
def test_weights_are_proposed_as_people_log_them(columns, tasks):
    run = read_run(log(**columns))
    assert run.tasks == tasks
    assert quantity(run).shape == (EPOCHS, len(tasks))
    assert run.reading.question is None
    first = next(iter(columns.values()))
    if callable(first) and isinstance(first(0), float):
        np.testing.assert_array_equal(quantity(run)[:, 0], [first(e) for e in range(EPOCHS)])


def test_arrays_of_epochs_and_tasks_are_weights():
    run = read_run(json.dumps({"loss": [1, 2, 3], "weights": [[0.4, 0.6], [0.3, 0.7], [0.2, 0.8]]}))
    assert run.weights.tolist() == [[0.4, 0.6], [0.3, 0.7], [0.2, 0.8]]


VARIANCES = {
    "log_var_": ("log_var_a", "log_var_b", 1.0),
    "logvar": ("logvar/a", "logvar/b", 1.0),
    "task_log_var": ("a_log_var", "b_log_var", 1.0),
    "a namespace": ("train/log_vars/a", "train/log_vars/b", 1.0),
    "log_sigma2": ("log_sigma2_a", "log_sigma2_b", 1.0),
    "log_sigma": ("log_sigma_a", "log_sigma_b", 2.0),
}


@pytest.mark.parametrize(("one", "other", "power"), VARIANCES.values(), ids=VARIANCES.keys())
def test_a_log_variance_is_the_weight_exp_of_minus_it(one, other, power):
    run = read_run(log(**{one: lambda e: 0.1 * e, other: lambda e: -0.2 * e, "loss_a": 1.0, "loss_b": 2.0}))
    assert run.tasks == ("a", "b")
    epochs = np.arange(EPOCHS)
    expected = np.exp(power * np.column_stack([-0.1 * epochs, 0.2 * epochs]))
    np.testing.assert_allclose(run.weights, expected, rtol=1e-14)
    assert any("exp(-" in note for note in run.notes)


@pytest.mark.parametrize(
    ("one", "other"), [("sigma_a", "sigma_b"), ("a_sigma", "b_sigma"), ("mtl/std/a", "mtl/std/b")]
)
def test_a_deviation_is_the_weight_one_over_its_square(one, other):
    run = read_run(log(**{one: lambda e: 1.0 + e, other: 0.5, "loss_a": 1.0, "loss_b": 2.0}))
    assert run.tasks == ("a", "b")
    assert run.weights.tolist() == [[(1.0 + e) ** -2.0, 4.0] for e in range(EPOCHS)]
    assert any("its weight is 1/s²" in note for note in run.notes)
    assert read_run(log(**{one: lambda e: 1.0 + e, other: 0.5})).tasks == ()  # no losses of those names


def test_the_reason_of_a_proposal_is_said():
    run = read_run(log(**pair("alpha_seg", "alpha_depth")))
    assert (
        "alpha_seg, alpha_depth were taken for weights: alpha_seg + alpha_depth = 1 in all 8 rows."
        in run.notes
    )


OTHERS = {
    "norm and decay": {"w_norm": lambda e: 12.5 + e, "w_decay": 0.01},
    "class and pos": {"class_weight": 2.0, "pos_weight": 3.0},
    "layers": {"weight/conv1": lambda e: 0.1 + e, "weight/conv2": 0.2, "weight/fc": 0.4},
    "layers by their place": {"conv1/weight": lambda e: 0.1 + e, "layer2/weight": 0.2},
    "statistics": {"w_mean": 0.01, "w_std": lambda e: 0.5 + e},
    "statistics in a namespace": {"weights/mean": 0.01, "weights/std": lambda e: 0.5 + e},
    "samples": {"sample_weight": 1.5, "edge_weight": lambda e: 2.5 + e},
    "decay and lr": {"weight_decay": 0.01, "weight_lr": 0.1},
    "one coefficient alone": {"kl_weight": lambda e: 0.1 * e, "lr": 0.1},
    "extremes": {"w_min": lambda e: -1.0 - e, "w_max": 3.0},
    "class weights as a list": {"class_weights": lambda e: [1.5, 3.0 + e]},
    "decay and average, that sum to 1": {"weight_decay": 0.01, "weight_ema": 0.99},
    "statistics of a layer, that sum to 1": {"weight_mean_fc": 0.0, "weight_std_fc": 1.0},
    "norms of layers in brackets": {"Weight norm (conv1)": 3.0, "Weight norm (fc)": lambda e: 4.0 + e},
    "gradient of weights": {"w_grad_norm": 2.0, "w_update_norm": lambda e: 0.5 + e},
}


@pytest.mark.parametrize("columns", OTHERS.values(), ids=OTHERS.keys())
def test_what_is_called_a_weight_and_is_none_is_no_task(columns):
    run = read_run(log(loss=lambda e: 1.0 / (e + 1), **columns))
    assert run.tasks == ()
    assert run.weights is None


ASKED = {
    "alpha and beta": pair("alpha", "beta"),
    "names of tasks alone": pair("seg", "depth"),
    "three of other names": {"a": 0.2, "b": lambda e: SHARES[e], "c": lambda e: 0.8 - SHARES[e]},
    "in a namespace": pair("opt/first", "opt/second"),
    "greek": pair("lambda", "mu"),
}


@pytest.mark.parametrize("columns", ASKED.values(), ids=ASKED.keys())
def test_columns_that_sum_to_one_in_every_row_are_asked_about(columns):
    run = read_run(log(loss=lambda e: 2.0 / (e + 1), lr=0.1, **columns))
    question = run.reading.question
    assert question.columns == tuple(columns)
    assert "= 1 in all 8 rows: are they task weights?" in question.sentence
    assert not any("No weights" in note for note in run.notes)
    answered = read_again(run, question.changes)
    assert len(answered.tasks) == len(columns)
    assert answered.weights.shape == (EPOCHS, len(columns))
    assert not any("task weights?" in note for note in answered.notes)


OF_OTHER_SUMS = {
    "percent": (pair("share_seg", "share_depth", 100.0), "100"),
    "the number of tasks": (pair("dwa_seg", "dwa_depth", 2.0), "2"),
    "a constant": (pair("seg", "depth", 12.5), "12.5"),
}


@pytest.mark.parametrize(("columns", "total"), OF_OTHER_SUMS.values(), ids=OF_OTHER_SUMS.keys())
def test_columns_of_any_constant_sum_are_asked_about_where_all_of_them_move(columns, total):
    question = read_run(log(loss=lambda e: 2.0 / (e + 1), lr=0.1, batch=32, **columns)).reading.question
    assert question.columns == tuple(columns)
    assert f"= {total} in all 8 rows: are they task weights?" in question.sentence


NOT_ASKED = {
    "counts of right and wrong": {"hits": lambda e: 10 + e, "misses": lambda e: 90 - e},
    "what is done and what remains": {"done": lambda e: 0.5 + e, "remaining": lambda e: 9.5 - e},
    "a constant beside another": {"batch": 32, "width": 64.5},
    "accuracy and error": pair("acc", "err"),
    "true and false positives": pair("tp_rate", "fp_rate"),
    "constants": {"alpha": 0.9, "beta": 0.1},
    "two of different sums": {"alpha": lambda e: SHARES[e], "beta": lambda e: 0.3 * SHARES[e]},
    "dropout": pair("dropout", "keep_prob"),
}


@pytest.mark.parametrize("columns", NOT_ASKED.values(), ids=NOT_ASKED.keys())
def test_what_is_plainly_something_else_is_not_asked_about(columns):
    run = read_run(log(loss=1.0, **columns))
    assert run.tasks == ()
    assert run.reading.question is None


NORMS = {
    "gradnorm_": ("gradnorm_seg", "gradnorm_depth"),
    "in a namespace": ("train/gradnorm_seg", "train/gradnorm_depth"),
    "jaxpi": ("seg_grad_norm", "depth_grad_norm"),
    "a path": ("grad_norm/seg", "grad_norm/depth"),
    "our own": ("grad_seg", "grad_depth"),
    "gnorm": ("gnorm/seg", "gnorm/depth"),
    "g": ("g_seg", "g_depth"),
    "norm": ("norm_seg", "norm_depth"),
    "in the namespace of their method": ("gradnorm/norm/seg", "gradnorm/norm/depth"),
    "grad behind": ("seg/grad", "depth/grad"),
    "an object a task": ("grads/seg/norm", "grads/depth/norm"),
    "shares of the gradient": ("ratio_seg", "ratio_depth"),
}


@pytest.mark.parametrize(("one", "other"), NORMS.values(), ids=NORMS.keys())
def test_gradient_norms_are_those_of_the_tasks(one, other):
    run = read_run(log(**pair("w_seg", "w_depth"), **pair(one, other)))
    assert run.tasks == ("seg", "depth")
    assert run.norms[:, 0].tolist() == SHARES
    alone = read_run(log(loss_seg=1.0, loss_depth=1.0, **pair(one, other)))
    assert alone.tasks == ("seg", "depth")
    assert alone.norms.shape == (EPOCHS, 2)


NO_NORMS = {
    "cosines of pairs": ("grad_cos_seg_depth", "grad_cos_seg_edge"),
    "similarities": ("grad_cosine_similarity/seg_depth", "grad_cosine_similarity/seg_edge"),
    "conflicts": ("grad_conflict_seg", "grad_conflict_depth"),
    "variances": ("grad_var_seg", "grad_var_depth"),
    "squares": ("grad_norm_sq/seg", "grad_norm_sq/depth"),
    "of all, before and after": ("grad_norm_before_clip", "grad_norm_after_clip"),
    "extremes": ("grad_norm_min", "grad_norm_max"),
}


@pytest.mark.parametrize(("one", "other"), NO_NORMS.values(), ids=NO_NORMS.keys())
def test_what_else_is_told_of_gradients_is_no_norm(one, other):
    run = read_run(log(loss_seg=1.0, loss_depth=1.0, **{one: lambda e: 0.1 * e, other: 0.7}))
    assert run.norms is None
    assert {one, other} <= run.metrics.keys()


def test_norms_of_layers_are_no_tasks():
    names = {f"grad_norm/{layer}": lambda e: 1.0 + e for layer in ("encoder.layer.0", "conv1", "fc")}
    assert read_run(log(loss=1.0, grad_norm=2.0, **names)).norms is None
