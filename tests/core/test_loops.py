"""A loop with limits winds up without a cure and does not with one."""

from dataclasses import replace

import numpy as np
import pytest

from gaba_core import ParameterError
from gaba_core.anti_windup.loops import Loop, run_loop

LOOP = Loop(4.0, 2.0, 1.5, 3.0, -30.0, 30.0, 90.0, 12.0, 40.0, 0.05)


def test_within_its_limits_the_integrator_takes_the_error_away_and_both_ways_are_one():
    loop = replace(LOOP, disturbance=20.0, lasts=60.0)
    free, held = run_loop(loop), run_loop(loop, hold=True)
    assert free.depth == held.depth == 0.0
    assert np.array_equal(free.actuator, held.actuator)
    at_the_end = np.flatnonzero(free.time < 0.0)[-1]
    assert free.error[at_the_end] == pytest.approx(0.0, abs=0.05)
    assert free.actuator[at_the_end] == pytest.approx(10.0, abs=0.05)  # disturbance over gain


def test_beyond_them_a_free_integrator_winds_up_with_time_and_a_held_one_does_not():
    depths = [[run_loop(replace(LOOP, lasts=t), hold).depth for t in (6.0, 12.0, 24.0)] for hold in (0, 1)]
    assert depths[0][0] < depths[0][1] < depths[0][2]
    assert depths[1][2] < 0.5 * depths[0][2]
    free, held = run_loop(LOOP), run_loop(LOOP, hold=True)
    assert free.release > held.release
    assert free.cost > held.cost
    assert free.overshoot > held.overshoot
    assert np.abs(free.actuator).max() == 30.0


def test_the_numbers_are_those_of_the_course():
    found = run_loop(LOOP)
    after = found.time >= 0.0
    stuck = np.cumprod(np.abs(found.actuator[after]) == 30.0).sum()
    assert found.release == pytest.approx(stuck * 0.05)
    assert found.cost == pytest.approx(np.abs(found.error[after]).sum() * 0.05)
    assert found.depth == pytest.approx(np.abs(found.command - found.actuator)[~after].max())


@pytest.mark.parametrize(("changes", "words"), [({"lag": 0.0}, "lag must"), ({"low": 40.0}, "low must")])
def test_a_loop_that_is_none_is_refused(changes, words):
    with pytest.raises(ParameterError, match=words):
        replace(LOOP, **changes)
