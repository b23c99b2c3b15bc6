"""The shipped runs are judged as their README tells it."""

import dataclasses

import pytest

from gaba_core.runs import diagnose, read_run
from tests.paths import LOGS

EXPECTED = {
    "gaba": "converged",
    "gaba-unfloored": "starved",
    "equal": "idle",
    "dwa": "idle",
    "uncertainty": "drifting",
    "gradnorm": "diverged",
    "gradnorm-softmax": "starved",
    "pcgrad": "idle",
    "cagrad": "drifting",
    "imtl-g": "drifting",
    "aligned-mtl": "noisy",
}
SHIPPED = sorted(path.parent for path in LOGS.rglob("convergence_log.json"))


@pytest.mark.parametrize("folder", SHIPPED, ids=[str(path.relative_to(LOGS)) for path in SHIPPED])
def test_a_shipped_run_is_judged_as_its_readme_tells_it(folder):
    run = read_run(folder)
    siblings = [read_run(path, with_steps=False) for path in folder.parent.iterdir() if path != folder]
    found = diagnose(run, siblings)
    assert found.balancer.code == EXPECTED[folder.parent.name]

    assert found.model.code in ("past-best", "settled", "improving")
    if folder.parent.name == "gaba":
        assert abs(found.balancer.evidence["difference"]) < 2e-5
        assert 650 < found.balancer.evidence["step"] < 730


def test_a_method_that_weighs_below_0_by_its_rule_has_not_diverged():
    run = read_run(LOGS / "FD002" / "aligned-mtl" / "seed_42")
    assert run.weights.min() < 0.0
    assert diagnose(run).balancer.code == "noisy"
    assert "excursion" not in {found.code for found in diagnose(run).findings}
    unstated = dataclasses.replace(run, info=dataclasses.replace(run.info, method="own"))
    assert diagnose(unstated).balancer.code == "noisy"  # its Gramians tell
    without = dataclasses.replace(unstated, steps=dataclasses.replace(run.steps, gramians=None))
    assert diagnose(without).balancer.code == "diverged"


def test_a_method_that_acts_on_some_steps_is_not_said_to_do_nothing():
    found = diagnose(read_run(LOGS / "FD002" / "pcgrad" / "seed_42"))
    assert 0.01 < found.balancer.evidence["acted"] < 0.2
    assert "leave 1/K on" in found.balancer.sentence
    assert found.summary.startswith("The weighting acts on few steps only")
    assert "acted" not in diagnose(read_run(LOGS / "FD002" / "equal" / "seed_42")).balancer.evidence


def codes(run):
    return {found.code for found in diagnose(run).findings}


@pytest.mark.parametrize("folder", SHIPPED, ids=[str(path.relative_to(LOGS)) for path in SHIPPED])
def test_the_applied_weights_explain_the_update_of_every_shipped_run(folder):
    run = read_run(folder)
    assert run.steps.update_dots is not None
    assert "unexplained-update" not in codes(run)


@pytest.mark.parametrize("method", ["gaba", "gaba-unfloored", "cagrad", "imtl-g", "uncertainty"])
def test_a_balancer_whose_loss_is_not_used_is_found(method):
    """The gradients of the plain sum of the losses, beside the weights that the balancer gave out."""
    run = read_run(LOGS / "FD002" / method / "seed_42")
    unused = run.gramians.sum(axis=2)
    steps = dataclasses.replace(run.steps, update_dots=unused)
    assert "unexplained-update" in codes(dataclasses.replace(run, steps=steps))


@pytest.mark.parametrize(
    ("whose", "found"),
    [
        ("mean of 2 ranks, each on its own batch", False),
        ("rank 0 of 2 ranks", False),
        ("averaged over 2 ranks", True),
    ],
)
def test_only_gradients_averaged_before_their_products_are_held_against_the_weights(whose, found):
    run = read_run(LOGS / "FD002" / "gaba" / "seed_42")
    steps = dataclasses.replace(run.steps, update_dots=run.gramians.sum(axis=2))
    said = {"measured": {"gradients": f"of the losses on the shared parameters, {whose}"}}
    info = dataclasses.replace(run.info, extra={**run.info.extra, **said})
    assert ("unexplained-update" in codes(dataclasses.replace(run, steps=steps, info=info))) == found
