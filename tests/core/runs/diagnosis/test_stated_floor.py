"""A floor that is stated, against the weights and the EMA state that are recorded."""

import json

import pytest

from gaba_core.runs import diagnose, read_run


def both(state, weight, floor):
    rows = [
        {"epoch": e, "w_a": state, "w_b": 1 - state, "lambda_a": weight, "lambda_b": 1 - weight}
        for e in range(20)
    ]
    controller = {"controller": {"beta": 0.5, "floor": floor, "warmup_steps": 0}, "steps_per_epoch": 10}
    return diagnose(read_run(json.dumps({"history": rows} | controller).encode()))


def said(found):
    return " ".join([found.balancer.sentence, *(f.sentence for f in found.findings)])


def test_a_stated_floor_that_the_weights_disprove_is_a_finding():
    found = both(0.002, 0.0477, 0.1)
    note = next(f for f in found.findings if f.code == "floor-disproved")
    assert note.evidence["bound"] == pytest.approx(0.1 / 1.1)
    assert note.evidence["w"] == pytest.approx(0.0477)


@pytest.mark.parametrize(
    ("floor", "weight", "disproved"),
    [
        (0.05, 0.0477, False),
        (0.05, 0.0472, False),
        (0.05, 0.0470, True),
        (0.2, 0.17, False),
        (0.2, 0.16, True),
    ],
)
def test_a_stated_floor_is_disproved_by_weights_a_hundredth_below_its_exact_bound(floor, weight, disproved):
    codes = {one.code for one in both(0.002, weight, floor).findings}
    assert ("floor-disproved" in codes) == disproved


@pytest.mark.parametrize(
    ("floor", "state", "weight", "disproved"),
    [
        (0.05, 0.004, 0.05 / 1.046, False),
        (0.01, 0.004, 0.05 / 1.046, True),
        (0.0, 0.004, 0.05 / 1.046, True),
        (0.0, 0.0, 0.05 / 1.05, True),
        (0.0, 0.004, 0.004, False),
        (0.01, 0.3, 0.3, False),
        (0.05, 0.004, 0.05, False),  # the exact projection
    ],
)
def test_a_stated_floor_is_disproved_by_the_weight_recorded_beside_its_state(floor, state, weight, disproved):
    found = both(state, weight, floor)
    notes = [one for one in found.findings if one.code == "floor-disproved"]
    assert bool(notes) == disproved
    assert not disproved or notes[0].evidence["w"] == pytest.approx(weight)
    assert not disproved or "off-prediction" not in {one.code for one in found.findings}
    assert not disproved or "predicted" not in found.balancer.sentence
    assert "norms" not in said(found)
