"""What people call weights and norms, after public projects, with what a reader should take each column for.

A style is the values of one epoch by name, and the columns that are weights and norms, by task.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

EPOCHS, PER_EPOCH = 40, 50


@dataclass(frozen=True)
class Style:
    """Names of one project.

    Attributes:
        values: what is logged after each epoch.
        weights: column of each task's weight, EMA state or log variance.
        norms: column of each task's gradient norm.
        asks: whether the reader can only ask.
    """

    values: Callable[[int], dict[str, float]]
    weights: Mapping[str, str] = field(default_factory=dict)
    norms: Mapping[str, str] = field(default_factory=dict)
    asks: bool = False


def _shares(tasks: int, seed: int) -> np.ndarray:
    """Return shares (E, K) that sum to 1: an EMA on its way, with the scatter of training."""
    rng = np.random.default_rng(seed)
    target = rng.dirichlet(np.full(tasks, 3.0))
    state, rows = np.full(tasks, 1.0 / tasks), []
    for _ in range(EPOCHS):
        noisy = np.maximum(target * np.exp(0.1 * rng.standard_normal(tasks)), 1e-4)
        state = 0.85 * state + 0.15 * noisy / noisy.sum()
        rows.append(state)
    return np.array(rows)


def _style(
    tasks: tuple[str, ...],
    weight: str = "",
    norm: str = "",
    loss: str = "",
    *,
    seed: int = 0,
    scale: float = 1.0,
    free: bool = False,
    logvar: bool = False,
    asks: bool = False,
    extra: tuple[str, ...] = ("val_loss", "lr"),
) -> Style:
    shares = _shares(len(tasks), seed)
    rng = np.random.default_rng(seed + 1)
    norms = np.exp(rng.standard_normal((EPOCHS, len(tasks))) * 0.2 + np.arange(len(tasks)))
    if norm.startswith("ratio"):
        norms /= norms.sum(axis=1, keepdims=True)  # EnCodec logs each norm over their sum
    fall = np.exp(-np.arange(EPOCHS)[:, None] / 15.0)
    losses = fall * np.exp(0.05 * rng.standard_normal((EPOCHS, len(tasks))))

    def values(e: int) -> dict[str, float]:
        found: dict[str, float] = {}
        for k, task in enumerate(tasks):
            value = scale * shares[e, k] * (1.0 + 0.3 * e / EPOCHS * k if free else 1.0)
            if weight:
                found[weight.format(task)] = round(float(-np.log(value) if logvar else value), 6)
            if norm:
                found[norm.format(task)] = round(float(norms[e, k]), 5)
            if loss:
                found[loss.format(task)] = round(float(losses[e, k]), 5)
        if "val_loss" in extra:
            found["val_loss"] = round(float(losses[e].sum() * 1.1), 5)
        if "lr" in extra:
            found["lr"] = 1e-3 * 0.97**e
        return found

    named = {task: weight.format(task) for task in tasks} if weight else {}
    return Style(values, named, {task: norm.format(task) for task in tasks} if norm else {}, asks)


STYLES: dict[str, Style] = {
    "reference logger": _style(("rul", "health"), "w_{}", seed=1),
    "namespaces": _style(("seg", "depth"), "train/w_{}", "train/gradnorm_{}", "train/loss_{}", seed=2),
    "jaxpi": _style(
        ("ics", "bcs", "res"), "{}_weight", "{}_grad_norm", "{}_loss", seed=3, scale=30.0, free=True
    ),
    "EnCodec's balancer": _style(("l1", "msspec", "adv", "feat"), "", "ratio_{}", seed=4),
    "uncertainty": _style(("seg", "depth", "normal"), "log_var_{}", "", "loss_{}", seed=5, logvar=True),
    "GradNorm by number": _style(("1", "2"), "w{}", "", "loss{}", seed=6, scale=2.0),
    "PINN lambdas": _style(("pde", "bc", "ic"), "lambda_{}", "", "loss_{}", seed=7, scale=12.0, free=True),
    "short lambdas": _style(("f", "u"), "lam_{}", "grad_norm_{}", seed=8, scale=5.0, free=True),
    "camel case": _style(("seg", "det"), "{}Weight", "", "{}Loss", seed=9),
    "loss weights": _style(("cls", "box", "mask"), "loss_weight/{}", "", "loss/{}", seed=10, scale=3.0),
    "loss weights behind": _style(("cls", "box"), "{}_loss_weight", "", "{}_loss", seed=11, scale=2.0),
    "two folders": _style(("seg", "depth", "edge"), "weights/{}", "grad_norm/{}", seed=12),
    "coefficients": _style(("recon", "kl"), "alpha_{}", "", "{}_loss", seed=13, scale=2.0),
    "task weights": _style(("ctr", "cvr"), "task_weight_{}", "grad_{}", seed=14),
    "our own logger": _style(("a", "b"), "lambda_{}", "grad_{}", "loss_{}", seed=15),
    "log variances by number": _style(("0", "1"), "log_vars/{}", "", "losses/{}", seed=16, logvar=True),
    "GradNorm's board": _style(
        ("seg", "depth"), "gradnorm/weight/{}", "gradnorm/norm/{}", "loss/{}", seed=18, scale=2.0, free=True
    ),
    "PINN's board": _style(
        ("data", "pde", "bc"), "weights/w_{}", "", "loss/{}", seed=19, scale=9.0, free=True
    ),
    "modalities": _style(("audio", "video"), "weight_{}", seed=20, scale=2.0, free=True),
    "capitals": _style(("AdvAge", "AdvSpk"), "Lambda/{}", "", "Loss/{}", seed=21, scale=0.2, free=True),
    "adaptive constants": _style(("bcs", "ics"), "adaptive_constant_{}", "", "loss_{}", seed=22, free=True),
    "behind": _style(("seg", "depth"), "{}_w", "norm_{}", "{}_loss", seed=23, scale=3.0, free=True),
    "deviations": _style(("seg", "depth"), "sigma_{}", "", "loss_{}", seed=24, scale=2.0, free=True),
    "in words": _style(("seg", "depth"), "Loss weight ({})", seed=25),
    "two letters": _style(("alpha", "beta"), "{}", seed=17, asks=True),
}
