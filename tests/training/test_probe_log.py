import json

import numpy as np
import pytest
import torch

from gaba_core.runs import read_run
from gaba_core.training import ConvergenceLogger, GABALoss, GradientProbe
from tests.training.inputs import losses_of, trunk_of


def _logged(folder, every=1, epochs=2, steps=5, weights=None, updates=True):
    torch.manual_seed(0)
    trunk, probe = trunk_of("mlp"), GradientProbe(("seg", "depth"), every=every)
    optimiser = torch.optim.SGD(trunk.parameters(), lr=0.01)
    with ConvergenceLogger(folder, probe) as log:
        for epoch in range(epochs):
            for step in range(steps):
                losses = losses_of(trunk, seed=steps * epoch + step)
                probe(losses, list(trunk.parameters()), weights=weights)
                optimiser.zero_grad()
                sum(losses).backward()
                if updates:
                    probe.record_update()
                optimiser.step()
            log.epoch(epoch, val_loss=1.0 / (epoch + 1))
    return read_run(folder)


def test_a_probe_alone_makes_a_log_that_is_read_back(tmp_path):
    run = _logged(tmp_path, every=2)
    assert run.tasks == ("seg", "depth")
    assert run.steps.step.tolist() == [0, 2, 4, 6, 8]
    assert run.gramians.shape == (5, 2, 2)
    np.testing.assert_allclose(
        np.sqrt(np.diagonal(run.gramians, axis1=1, axis2=2)), run.steps.norms, rtol=1e-6
    )
    np.testing.assert_allclose(run.steps.update_dots, run.gramians.sum(2), rtol=1e-4, atol=1e-9)
    np.testing.assert_allclose(run.steps.update_norm**2, run.gramians.sum((1, 2)), rtol=1e-4, atol=1e-9)
    assert (run.weights, run.steps.weights, run.steps.state) == (None, None, None)
    assert not run.notes
    about = json.loads((tmp_path / "run.json").read_text())
    assert (about["measured"]["every"], about["steps_per_epoch"]) == (2, 5)
    assert json.loads((tmp_path / "convergence_log.json").read_text())[-1]["step"] == 9


def test_the_step_arrays_of_a_probe_have_the_documented_form(tmp_path):
    _logged(tmp_path, weights=(0.25, 0.75))
    with np.load(tmp_path / "steps.npz", allow_pickle=False) as arrays:
        shapes = {name: arrays[name].shape for name in arrays}
        kinds = {str(arrays[name].dtype) for name in arrays if name != "step"}
        weights = arrays["weights"][3].tolist()
    tables = {"weights": (10, 2), "norms": (10, 2), "losses": (10, 2), "update_dots": (10, 2)}
    assert shapes == tables | {"step": (10,), "gramians": (10, 3), "update_norm": (10,)}
    assert (kinds, weights) == ({"float32"}, [0.25, 0.75])
    run = read_run(tmp_path)
    assert run.weights.tolist() == [[0.25, 0.75]] * 2


def test_an_update_that_was_not_asked_for_is_not_in_the_log(tmp_path):
    run = _logged(tmp_path, updates=False)
    assert run.gramians is not None
    assert (run.steps.update_norm, run.steps.update_dots) == (None, None)


def test_an_epoch_without_a_measured_step_is_a_record_all_the_same(tmp_path):
    run = _logged(tmp_path, every=8)
    assert run.epochs.tolist() == [0, 1]
    run = _logged(tmp_path / "later", every=20, epochs=3)
    assert run.metrics["val_loss"].tolist() == pytest.approx([1, 1 / 2, 1 / 3])
    assert run.steps.step.tolist() == [0]


def test_a_balancer_and_a_probe_are_logged_side_by_side(tmp_path):
    trunk, loss, probe = trunk_of("mlp"), GABALoss(warmup_steps=0), GradientProbe(("a", "b"), every=3)
    with ConvergenceLogger(tmp_path, loss, probe=probe) as log:
        for step in range(5):
            losses = losses_of(trunk, seed=step)
            probe(losses, list(trunk.parameters()))
            loss(losses, list(trunk.parameters())).backward()
            probe.record_update()
        log.epoch(0)
    run = read_run(tmp_path)
    assert run.steps.step.tolist() == [0, 1, 2, 3, 4]
    assert np.isfinite(run.gramians).all((1, 2)).tolist() == [True, False, False, True, False]
    assert np.isfinite(run.steps.update_norm).tolist() == [True, False, False, True, False]


def test_a_balancer_logs_a_gramian_where_it_measured_one_and_holds_its_norms_in_between(tmp_path):
    trunk, loss = trunk_of("mlp"), GABALoss(warmup_steps=0, gramian=True, update_every=2)
    with ConvergenceLogger(tmp_path, loss) as log:
        for step in range(4):
            trunk.zero_grad()
            loss(losses_of(trunk, seed=step), list(trunk.parameters())).backward()
            loss.record_update()
        log.epoch(0)
    run = read_run(tmp_path)
    measured = [True, False, True, False]
    assert np.isfinite(run.gramians).all((1, 2)).tolist() == measured
    assert np.isfinite(run.steps.update_norm).tolist() == measured
    norms = np.sqrt(np.diagonal(run.gramians[::2], axis1=1, axis2=2))
    np.testing.assert_allclose(norms, run.steps.norms[::2], rtol=1e-6)
    np.testing.assert_array_equal(run.steps.norms[1::2], run.steps.norms[::2])
    expected = np.einsum("nij,nj->ni", run.gramians, run.steps.weights)
    np.testing.assert_allclose(run.steps.update_dots[::2], expected[::2], rtol=1e-4, atol=1e-10)
    about = json.loads((tmp_path / "run.json").read_text())["measured"]
    assert about["gradients"].endswith("; norms hold between two measurements")


def test_measured_arrays_of_a_wrong_shape_are_left_out_with_a_note(tmp_path):
    _logged(tmp_path)
    with np.load(tmp_path / "steps.npz") as arrays:
        held = dict(arrays)
    np.savez(tmp_path / "steps.npz", **{**held, "gramians": held["gramians"][:, :2]})
    run = read_run(tmp_path)
    assert run.gramians is None
    assert run.steps.update_norm is not None
    assert any("array 'gramians' must be (10, 3) numbers; got float32 (10, 2)" in note for note in run.notes)
