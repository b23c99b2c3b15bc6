"""A control that changes nothing in sight says so, and one that does says nothing."""

from dataclasses import replace

import pytest

from components.convergence.idle import NOTES, notes
from components.convergence.state import ConvergenceState

DEFAULT = ConvergenceState()


def idle(**changes):
    return {name for name, note in notes(replace(DEFAULT, **changes)).items() if note}


def test_epochs_past_the_end_of_the_picture_change_nothing_in_it():
    assert notes(DEFAULT)["epochs"] == NOTES["epochs"]
    assert idle() == {"epochs"}


@pytest.mark.parametrize("changes", [{"window": "whole"}, {"window": "log"}, {"epochs": 10}])
def test_epochs_that_the_picture_shows_say_nothing(changes):
    assert "epochs" not in idle(**changes)


def test_equal_gradients_without_noise_move_nothing_whatever_the_memory():
    quiet = idle(ratio=1.0, sigma=0.0, floor=0.0, show=("theory", "logy"))
    assert "beta" in quiet
    assert not {"floor", "sigma", "ratio", "drift"} & quiet


def test_a_ratio_that_the_floor_swallows_says_so_unless_the_state_is_shown():
    flat = {"ratio": 9000.0, "sigma": 0.0, "window": "whole"}
    assert "ratio" in idle(**flat, show=("theory", "logy"))
    assert "ratio" not in idle(**flat, show=("theory", "state", "logy"))
