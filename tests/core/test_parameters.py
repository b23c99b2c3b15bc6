"""What a simulation accepts, and how it says what it does not."""

import dataclasses
import pickle
import re
import subprocess
import sys

import pytest
from hypothesis import given
from inputs import simulation_params

import gaba_core
from gaba_core import GabaError, ParameterError, SimulationParams, equilibrium, simulate
from gaba_core.parameters import quantities, quantity_of

NAN, INF = float("nan"), float("inf")


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"beta": 1.0}, r"beta must be a number in \[0, 1\); got 1\.0\."),
        ({"beta": -0.1}, r"beta must be a number in \[0, 1\); got -0\.1\."),
        ({"beta": NAN}, r"beta must be a number in \[0, 1\); got nan\."),
        ({"beta": "0.9"}, r"beta must be a number; got '0\.9'\."),
        ({"beta": None}, r"beta must be a number; got None\."),
        ({"beta": True}, r"beta must be a number; got True\."),
        ({"floor": 0.51}, r"floor must lie in \[0, 1/K\] = \[0, 0\.5\] for K = 2; got 0\.51\."),
        ({"floor": 0.4, "norms": (1.0, 2.0, 3.0)}, r"floor must lie in .* for K = 3; got 0\.4\."),
        ({"floor": NAN}, r"floor must lie in .*; got nan\."),
        ({"floor": "0"}, r"floor must be a number; got '0'\."),
        ({"warmup_steps": -1}, r"warmup_steps must be a whole number of at least 0; got -1\."),
        ({"warmup_steps": 1.0}, r"warmup_steps must be a whole number; got 1\.0\."),
        ({"sigma": -0.1}, r"sigma must be a number of at least 0; got -0\.1\."),
        ({"sigma": INF}, r"sigma must be a number of at least 0; got inf\."),
        ({"epochs": 0}, r"epochs must be a whole number of at least 1; got 0\."),
        ({"steps_per_epoch": 0}, r"steps_per_epoch must be a whole number of at least 1; got 0\."),
        ({"noise": "pink"}, r"noise must be one of gaussian, lognormal; got 'pink'\."),
        ({"norms": (1.0,)}, r"norms must hold at least 2 gradient norms.*; got \(1\.0,\)\."),
        ({"norms": "ab"}, r"norms must be a sequence of numbers.*; got 'ab'\."),
        ({"norms": (1.0, -1.0)}, r"norms\[1\] must be a finite number of at least 0; got -1\.0\."),
        ({"norms": (INF, 1.0)}, r"norms\[0\] must be a finite number of at least 0; got inf\."),
        ({"norms": (1.0, NAN)}, r"norms\[1\] must be a finite number of at least 0; got nan\."),
        ({"norms": (1.0, "2")}, r"norms\[1\] must be a finite number of at least 0; got '2'\."),
        ({"norms_end": (1.0,)}, "norms_end must hold at least 2"),
        ({"norms_end": (1.0, 2.0, 3.0)}, "norms_end must hold 2 norms as norms does"),
        ({"norms_end": (1.0, 0.0)}, "norms_end must be 0 exactly where norms is 0"),
        ({"seeds": ()}, r"seeds must hold at least one seed; got none\."),
        ({"seeds": (1.5,)}, r"seeds\[0\] must be a whole number of at least 0; got 1\.5\."),
        ({"seeds": (1, -1)}, r"seeds\[1\] must be a whole number of at least 0; got -1\."),
        ({"seeds": "42"}, r"seeds must be a sequence of whole numbers; got '42'\."),
    ],
)
def test_a_bad_parameter_is_named_with_rule_and_value(fields, message):
    with pytest.raises(ParameterError, match=message):
        SimulationParams(**fields)


def test_errors_are_of_one_family():
    assert issubclass(ParameterError, GabaError)
    assert issubclass(GabaError, ValueError)


@given(simulation_params())
def test_parameters_are_a_key_that_survives_a_copy(params):
    copy = pickle.loads(pickle.dumps(params))  # a copy made outside the process, as a cache makes one
    assert copy == params
    assert hash(copy) == hash(params)
    assert dataclasses.replace(params) == params


def test_lists_and_numpy_numbers_become_plain_ones():
    import numpy as np

    params = SimulationParams(norms=[np.float64(1), 2], seeds=np.arange(3), beta=np.float32(0.5))
    assert params == SimulationParams(norms=(1.0, 2.0), seeds=(0, 1, 2), beta=0.5)
    assert {type(value) for value in (*params.norms, params.beta)} == {float}


def test_parameters_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        SimulationParams().beta = 0.5


@pytest.mark.parametrize("name", [field.name for field in quantities(SimulationParams)])
def test_every_slider_position_is_legal_and_the_default_is_one_of_them(name):
    positions = quantity_of(SimulationParams, name).positions()
    assert list(positions) == sorted(set(positions))
    for position in (positions[0], positions[-1]):
        whole = quantity_of(SimulationParams, name).integer
        SimulationParams(**{name: round(position) if whole else position})
    default = getattr(SimulationParams(), name)
    nearest = min(positions, key=lambda position: abs(position - default))
    assert nearest == pytest.approx(default, rel=0.05)


def test_every_public_name_is_there_and_documented():
    for name in gaba_core.__all__:
        found = getattr(gaba_core, name)
        if callable(found):
            assert found.__doc__, name


def test_the_core_loads_nothing_heavy():
    code = "import sys, gaba_core; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"torch", "dash", "plotly", "flask", "scipy", "pandas"} & set(run.stdout.split())


def test_a_run_of_one_step_is_a_run():
    params = SimulationParams(epochs=1, steps_per_epoch=1, warmup_steps=0)
    assert simulate(params).weights.shape == (5, 1, 2)
    assert equilibrium(params).shape == (2,)


def test_beta_may_be_0_and_not_1_and_its_range_is_said_so():
    beta = quantity_of(SimulationParams, "beta")
    assert beta.legal == "[0, 1)"
    assert beta.check("beta", beta.positions()[0]) == 0.0
    with pytest.raises(ParameterError, match=re.escape(beta.legal)):
        beta.check("beta", 1.0)
