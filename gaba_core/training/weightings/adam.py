"""Adam's direction (Kingma & Ba, 2015) for the few numbers a learnt weighting owns."""

from __future__ import annotations

from torch import Tensor

MEAN_DECAY, SQUARE_DECAY, EPSILON = 0.9, 0.999, 1e-8


def adam_direction(
    gradient: Tensor, mean: Tensor, square: Tensor, updates: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """The direction to step against, and the two moving averages after this gradient.

    Args:
        gradient: of the loss with respect to the parameters.
        mean: moving average of the gradient, zeros at first.
        square: moving average of its square, zeros at first.
        updates: how many updates there are with this one, an int64 scalar.
    """
    mean = MEAN_DECAY * mean + (1 - MEAN_DECAY) * gradient
    square = SQUARE_DECAY * square + (1 - SQUARE_DECAY) * gradient**2
    spread = (square / (1 - SQUARE_DECAY**updates)).sqrt() + EPSILON
    return mean / (1 - MEAN_DECAY**updates) / spread, mean, square
