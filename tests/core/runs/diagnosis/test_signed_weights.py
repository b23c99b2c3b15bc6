"""A weight below 0: divergence, or what the method's own rule asks for."""

import numpy as np
import pytest

from gaba_core.aggregators import AGGREGATORS
from gaba_core.comparators import COMPARATORS, run_comparator
from gaba_core.runs import diagnose, read_run
from tests.run_logs import info, write

STEPS, EVERY = 400, 20


def gramians_of(seed=0):
    """Gramians of three tasks whose directions differ little and sizes much."""
    rng = np.random.default_rng(seed)
    rows = 0.6 * rng.standard_normal((STEPS, 3, 8)) + rng.standard_normal((3, 8)) + 2.0
    rows *= np.array([30.0, 1.0, 0.2])[:, None]
    return rows @ rows.swapaxes(1, 2)


def logged(folder, weights, gramians, run=None):
    """A log of every step, with a record every 20 steps, and of a method that it does not name."""
    norms = np.sqrt(np.einsum("nii->ni", gramians))
    names = ("a", "b", "c")
    log = [
        {"epoch": e, "step": EVERY * (e + 1) - 1}
        | {f"lambda_{n}": float(x) for n, x in zip(names, weights[EVERY * (e + 1) - 1], strict=True)}
        for e in range(STEPS // EVERY)
    ]
    steps = {"step": np.arange(STEPS), "norms": norms, "losses": np.ones((STEPS, 3)), "weights": weights}
    steps["gramians"] = gramians[:, *np.triu_indices(3)]
    arrays = {k: v if k == "step" else v.astype(np.float32) for k, v in steps.items()}
    return read_run(write(folder, log=log, run=run, steps=arrays))


def test_weights_that_the_gramians_explain_by_a_signed_rule_have_not_diverged(tmp_path):
    gramians = gramians_of()
    weights = AGGREGATORS["imtl-g"](gramians.astype(np.float32))
    assert (weights < -0.01).any(axis=1).mean() > 0.05
    np.testing.assert_allclose(weights.sum(axis=1), 1.0)
    found = diagnose(logged(tmp_path, weights, gramians))
    assert found.balancer.code != "diverged"
    assert not any(one.code == "excursion" for one in found.findings)


@pytest.mark.parametrize("named", [False, True])
def test_weights_of_another_rule_have_diverged_though_gramians_were_recorded(named, tmp_path):
    gramians = gramians_of()
    norms = np.sqrt(np.einsum("nii->ni", gramians))
    rule = COMPARATORS["gradnorm-raw"]
    weights = run_comparator(rule, norms, np.ones_like(norms), rule.init(3))
    assert (weights[-100:] < -0.01).any()
    run = info(method="gradnorm", controller=None) if named else None
    assert diagnose(logged(tmp_path, weights, gramians, run)).balancer.code == "diverged"


@pytest.mark.parametrize("wrong", [0.2, 1.0])
def test_a_signed_rule_that_goes_wrong_has_diverged(wrong, tmp_path):
    gramians, rng = gramians_of(), np.random.default_rng(1)
    weights = AGGREGATORS["imtl-g"](gramians.astype(np.float32))
    off = rng.random(STEPS) < wrong
    weights[off] += np.array([2.0, -1.0, -1.0]) * rng.random((int(off.sum()), 1))
    assert diagnose(logged(tmp_path, weights, gramians)).balancer.code == "diverged"


def test_without_gramians_and_a_name_a_weight_below_0_has_diverged(tmp_path):
    gramians = gramians_of()
    weights = AGGREGATORS["imtl-g"](gramians)
    bare = logged(tmp_path, weights, np.full_like(gramians, np.nan))
    assert diagnose(bare).balancer.code == "diverged"
    stated = logged(tmp_path / "stated", weights, np.full_like(gramians, np.nan), info(method="imtl-g"))
    assert diagnose(stated).balancer.code != "diverged"
