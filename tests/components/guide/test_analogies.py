"""The five fields that run: units, numbers and pictures are those of the core's runs."""

import re
from dataclasses import replace

import numpy as np
import pytest

from components.guide.analogies import ANALOGIES, ENTROPY, run_of
from components.guide.analogy_figure import analogy_picture
from components.guide.state import FIELDS, GuideState
from gaba_core.anti_windup import recovery_experiment
from gaba_core.anti_windup.loops import run_loop
from tests.components.drawn import trace


def first_number(text):
    return float(re.match(r"[\d.\u202f]+", text)[0].replace("\u202f", ""))


@pytest.mark.parametrize("name", ANALOGIES)
@pytest.mark.parametrize("strength", [1.0, 1.5])
def test_a_fields_numbers_are_those_of_its_loop_in_its_own_units(name, strength):
    field = ANALOGIES[name]
    state = GuideState(field=name, strength=strength)
    free = run_loop(replace(field.loop, disturbance=strength * field.loop.disturbance))
    text = run_of(state).text
    assert first_number(text["release"]) == pytest.approx(free.release, rel=6e-3)
    assert first_number(text["depth"]) == pytest.approx(free.depth, rel=6e-3)
    assert first_number(text["cost"]) == pytest.approx(free.cost, rel=6e-3)
    assert field.unit in text["limit"]
    assert field.error_unit in text["cost"]
    assert free.release > run_loop(field.loop, hold=True).release


def test_the_entropy_coefficient_is_scheme_a_of_the_recovery_experiment():
    state = GuideState(field="entropy", lasts=2.0)
    found = recovery_experiment("A", steps_before=1200, steps_after=600, **ENTROPY)
    run = run_of(state)
    assert np.array_equal(run.output, found.output)
    assert run.text["release"] == f"{found.release_delay} updates; held 0"
    assert found.release_delay > 0
    assert found.depth <= ENTROPY["floor"]


@pytest.mark.parametrize("name", FIELDS)
def test_the_picture_is_the_run_and_its_output_stays_within_its_limit(name):
    picture = analogy_picture(GuideState(field=name))
    run = run_of(GuideState(field=name))
    x, y = trace(picture, "output")
    assert y == pytest.approx(np.interp(x, run.time, run.output), rel=1e-4, abs=1e-4)
    side = np.sign(run.limit - run.output[-1])
    assert (side * (run.limit - y)).min() >= -1e-4
    assert picture["text"]["field"]
