"""Where the curves of Convergence are sampled."""

import numpy as np
import pytest

from components.convergence.sampling import drawn
from components.convergence.state import ConvergenceState


@pytest.mark.parametrize("window", ["transient", "whole", "log"])
@pytest.mark.parametrize("steps_per_epoch", [10, 49, 100])
def test_every_sample_is_drawn_once_and_lies_behind_the_one_before(steps_per_epoch, window):
    for epochs in (20, 22, 25, 30, 32, 37, 200):
        picture = drawn(ConvergenceState(window=window, epochs=epochs, steps_per_epoch=steps_per_epoch))
        assert (np.diff(picture.run.steps) > 0).all()
