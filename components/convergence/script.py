"""A Convergence setting as a NumPy script of its own: no part of this project is needed to run it."""

from __future__ import annotations

from .names import weight_name
from .state import ConvergenceState

_NOISE = {
    "gaussian": "norms = np.maximum(mean * (1.0 + SIGMA * noise), 0.0)",
    "lognormal": "norms = mean * np.exp(SIGMA * noise)",
}
_SCRIPT = '''"""{title}"""

import numpy as np

BETA, FLOOR, WARMUP = {beta!r}, {floor!r}, {warmup_steps!r}
NORMS = np.array({norms!r})  # gradient norms at the first step
NORMS_END = np.array({norms_end!r})  # and at the last, reached geometrically
SIGMA = {sigma!r}
SEEDS = {seeds!r}
STEPS_PER_EPOCH, EPOCHS = {steps_per_epoch!r}, {epochs!r}
STEPS, TASKS = STEPS_PER_EPOCH * EPOCHS, len(NORMS)


def raw_shares(seed):
    """Eq. 4: the larger a task's gradient, the smaller its share; shape (steps, TASKS)."""
    noise = np.random.default_rng(seed).standard_normal((STEPS, TASKS))
    mean = NORMS * (NORMS_END / NORMS) ** np.linspace(0.0, 1.0, STEPS)[:, None]
    {noise}
    total = norms.sum(axis=1, keepdims=True)
    shares = (total - norms) / (TASKS - 1) / np.where(total > 0.0, total, 1.0)
    return np.where(total > 0.0, shares, 1.0 / TASKS)


def weights_of(seed):
    """Eq. 5 and 6: moving average, floor, renormalise; shape (steps, TASKS), the values after each step."""
    state, weights = np.full(TASKS, 1.0 / TASKS), np.full((STEPS, TASKS), 1.0 / TASKS)
    for step, share in enumerate(raw_shares(seed)):
        if step >= WARMUP:
            state = BETA * state + (1.0 - BETA) * share
            clamped = np.maximum(state, FLOOR)
            weights[step] = clamped / clamped.sum()
    return weights


weights = np.stack([weights_of(seed) for seed in SEEDS])  # (seeds, steps, TASKS)

if __name__ == "__main__":
    print("epoch " + " ".join(f"{{seed:>8}}" for seed in SEEDS))
    for epoch in [e for e in (0, 2, 5, 7, 10, 20, 50, 100, 199) if e < EPOCHS]:
        print(f"{{epoch:>5}} " + " ".join(f"{{w:8.4f}}" for w in weights[:, epoch * STEPS_PER_EPOCH, {task}]))
    try:
        import matplotlib.pyplot as plt
    except ImportError:
        print("Install matplotlib to see the curves.")
    else:
        plt.plot(np.arange(STEPS) / STEPS_PER_EPOCH, weights[:, :, {task}].T, label=SEEDS)
        plt.xlabel("epoch")
        plt.ylabel("{ylabel}")
        plt.legend(title="seed")
        plt.show()
'''


_TWO = "Weights of two tasks under GABA; the first is RUL, the second health."


def script(state: ConvergenceState) -> str:
    """Return the script; its `weights` are the numbers that the view draws."""
    params = state.params
    name = weight_name(state.place, params.tasks)
    return _SCRIPT.format(
        title=_TWO if params.tasks == 2 else f"Weights of {params.tasks} tasks under GABA.",
        task=state.place,
        ylabel=name[0].lower() + name[1:],
        beta=params.beta,
        floor=params.floor,
        warmup_steps=params.warmup_steps,
        norms=list(params.norms),
        norms_end=list(params.norms_end or params.norms),
        sigma=params.sigma,
        seeds=list(params.seeds),
        steps_per_epoch=params.steps_per_epoch,
        epochs=params.epochs,
        noise=_NOISE[params.noise],
    )
