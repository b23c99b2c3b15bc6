"""Closed forms of the recovery experiment beside the rules of the schemes, in floats and in many digits."""

import random
from decimal import Decimal, localcontext

import numpy as np
import pytest
from asserts import assert_same
from hypothesis import given
from hypothesis import strategies as st

from gaba_core.anti_windup import (
    SCHEMES,
    OutputClamp,
    RecoverySettings,
    recovery_experiment,
    recovery_experiments,
)
from gaba_core.anti_windup.recovery import SETTLED

EVERY = pytest.mark.parametrize("key", list(SCHEMES))
STEPPED = {key: type("Stepped", (type(scheme),), {})() for key, scheme in SCHEMES.items()}
DIGITS = 400  # .05 ** 300 is not yet lost beside 1

GRAIN = 2**-20  # no two settings are closer, else one float between them decides a count
parts = st.one_of(st.sampled_from([0.0, 0.05, 0.5, 1.0]), st.integers(0, 2**20).map(lambda n: n * GRAIN))
floors = st.one_of(st.sampled_from([0.0, 0.05, 0.25, 0.5]), st.integers(0, 2**19).map(lambda n: n * GRAIN))
betas = st.one_of(st.sampled_from([0.0, 0.5, 0.99]), st.integers(2**16, 2**20 - 99).map(lambda n: n * GRAIN))
lengths = st.integers(0, 50)


@st.composite
def experiments(draw):
    """Any short experiment; shares and start often lie on the floor or at the ceiling."""
    floor = draw(floors)
    near = st.one_of(parts, st.sampled_from([floor, 1.0 - floor]))
    before, after, start = draw(near), draw(near), draw(near)
    steps_before, steps_after = draw(lengths), 1 + draw(lengths)
    return RecoverySettings(before, after, steps_before, steps_after, draw(betas), floor, start, draw(parts))


def stepped_exactly(key, settings):
    """States and outputs of the first task in hundreds of digits, rule by rule as theory's table has them."""
    beta, m, k, x = (Decimal(getattr(settings, name)) for name in ("beta", "floor", "k", "start"))
    shares = [settings.before] * settings.steps_before + [settings.after] * settings.steps_after
    found = []
    for share in map(Decimal, shares):
        v = beta * x + (1 - beta) * share
        raised = max(v, m)
        if key == "C":
            x = x if v < m and share < x else v
        elif key == "F":
            x = beta * x + (1 - beta) * max(share, m)
        else:
            x = {
                "A": v,
                "N": v,
                "B": raised,
                "D": v + k * (raised - v),
                "E": raised / (raised + max(1 - v, m)),
                "G": min(raised, 1 - m),
            }[key]
        found.append((x, max(x, m) if key in "ACDN" else x))
    return [x for x, _ in found], [u for _, u in found]


def counts_of(outputs, settings):
    """Release delay, settling and saturation, counted one by one."""
    floor, after = Decimal(settings.floor), Decimal(settings.after)
    served = outputs[settings.steps_before :]
    away = [i for i, u in enumerate(served) if abs(u - after) >= Decimal(SETTLED) * abs(after - floor)]
    settling = away[-1] + 1 if away else 0
    return (
        sum(u == floor for u in served),
        settling if settling < len(served) else None,
        sum(u <= floor for u in outputs),
    )


@EVERY
@given(experiments())
def test_a_closed_form_is_the_rule_step_by_step_and_counts_as_exact_arithmetic_does(key, settings):
    found = recovery_experiments(key, [settings])[0]
    with localcontext() as context:
        context.prec = DIGITS
        states, outputs = stepped_exactly(key, settings)
        counts = counts_of(outputs, settings)
    assert_same(found.state, np.array(states, float), atol=1e-14)
    assert_same(found.output, np.array(outputs, float), atol=1e-14)
    assert (found.release_delay, found.settling, found.saturation) == counts


@EVERY
def test_long_experiments_of_different_lengths_are_the_ones_stepped(key):
    pick = random.Random(0).uniform
    settings = [
        RecoverySettings(
            *(pick(0.0, 0.2), pick(0.0, 1.0), int(pick(0, 1500)), int(pick(1, 1500))),
            *(1.0 - 10 ** -pick(1.0, 4.0), pick(0.0, 0.5), pick(0.0, 1.0), pick(0.0, 1.0)),
        )
        for _ in range(40)
    ]
    stepped = recovery_experiments(STEPPED[key], settings)
    for found, expected in zip(recovery_experiments(key, settings), stepped, strict=True):
        assert_same(found.state, expected.state, atol=1e-12)
        assert_same(found.output, expected.output, atol=1e-12)
        assert (found.iae, found.ise) == pytest.approx((expected.iae, expected.ise), abs=1e-9)
        assert found.depth == pytest.approx(expected.depth, abs=1e-12)
        assert [found.release_delay, found.settling, found.saturation] == [
            expected.release_delay,
            expected.settling,
            expected.saturation,
        ]


@pytest.mark.parametrize("beta", [0.3, 0.9])
def test_what_nears_the_floor_from_above_never_sat_on_it(beta):
    falling = recovery_experiment("F", after=0.05, beta=beta, steps_before=3000)
    assert (falling.saturation, falling.depth) == (0, 0.0)
    assert falling.output[-1] == pytest.approx(0.05, abs=1e-15)


def test_a_target_on_the_floor_never_lifts_what_sits_there():
    for key in "ABDG":
        stuck = recovery_experiment(key, after=0.05, beta=0.9, steps_after=500)
        assert stuck.release_delay == 500


def test_a_subclass_is_stepped_by_its_own_rule():
    class Jumping(OutputClamp):
        @staticmethod
        def advance(state, shares, gains):
            return shares, np.maximum(shares, gains.floor)

    found = recovery_experiment(Jumping(), before=0.3, after=0.01, steps_before=2, steps_after=3)
    assert found.state.tolist() == [0.3, 0.3, 0.01, 0.01, 0.01]
    assert found.output.tolist() == [0.3, 0.3, 0.05, 0.05, 0.05]
    assert found.release_delay == 3


def test_a_step_of_a_subclass_sees_both_entries_of_the_step_before():
    seen = []

    class Watching(OutputClamp):
        @staticmethod
        def advance(state, shares, gains):
            seen.append(state.copy())
            return state * 2.0, state

    recovery_experiment(Watching(), steps_before=1, steps_after=2, start=0.25)
    assert [state.tolist() for state in seen] == [[[0.25, 0.75]], [[0.5, 1.5]], [[1.0, 3.0]]]


def test_no_scheme_of_the_table_is_stepped(monkeypatch):
    def refuse(*_):
        raise AssertionError("stepped")

    for scheme in SCHEMES.values():
        monkeypatch.setattr(type(scheme), "advance", staticmethod(refuse))
        recovery_experiment(scheme)
