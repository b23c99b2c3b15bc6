"""Weights of TorchJD for the Gramians of `gramian_cases`: `python tests/core/aggregators/make_goldens.py`.

Made with torchjd 0.18.0, torch 2.14.1, cvxpy 1.9.3, clarabel 0.11.1, qpsolvers 4.13.0, quadprog 0.1.14,
scipy 1.17.1 and numpy 2.4.6. None of them but NumPy is needed to run the tests: the weights stand in
goldens.npz, those of each method one Gramian after another. TorchJD's guards against small numbers are off,
so that tiny Gramians are solved as any other, and CAGrad's cone solver goes on to 1e-12, as its usual 1e-8 in
the objective leaves 1e-3 in the weights; PCGrad and GradVac take the orders of `gramian_cases`.
"""

import sys
from pathlib import Path
from unittest import mock

import cvxpy
import numpy as np
import torch
from torchjd import aggregation
from torchjd.linalg import QuadprogProjector

sys.path.insert(0, str(Path(__file__).parents[2]))

from gramian_cases import full_rank, orders_of

SOLVE = cvxpy.Problem.solve
TIGHT = {"tol_gap_abs": 1e-12, "tol_gap_rel": 1e-12, "tol_feas": 1e-12}
EXACT = QuadprogProjector(norm_eps=0.0, reg_eps=0.0)
METHODS = {
    "imtl-g": aggregation.IMTLGWeighting,
    "aligned-mtl": aggregation.AlignedMTLWeighting,
    "aligned-mtl median": lambda: aggregation.AlignedMTLWeighting(scale_mode="median"),
    "aligned-mtl rmse": lambda: aggregation.AlignedMTLWeighting(scale_mode="rmse"),
    "upgrad": lambda: aggregation.UPGradWeighting(projector=EXACT),
    "dualproj": lambda: aggregation.DualProjWeighting(projector=EXACT),
    "cagrad": lambda: aggregation.CAGradWeighting(c=0.5, norm_eps=0.0),
    "fairgrad": lambda: aggregation.FairGradWeighting(alpha=1.0),
    "fairgrad 2": lambda: aggregation.FairGradWeighting(alpha=2.0),
    "pcgrad": aggregation.PCGradWeighting,
    "gradvac": aggregation.GradVacWeighting,
}


def weights_of(name, gramian, order):
    """Weights of one method, a fresh one a Gramian."""
    draws = [torch.tensor(row) for row in order]
    if name == "gradvac":  # draws an order of the others, counted without the task itself
        draws = [torch.tensor([j - (j > i) for j in row if j != i]) for i, row in enumerate(order.tolist())]
    with (
        mock.patch.object(torch, "randperm", side_effect=draws),
        mock.patch.object(cvxpy.Problem, "solve", lambda self, solver: SOLVE(self, solver, **TIGHT)),
    ):
        return METHODS[name]()(torch.tensor(gramian)).numpy()


def main():
    """Write goldens.npz."""
    gramians = full_rank()
    orders = orders_of(gramians)
    goldens = {}
    for name in METHODS:
        found = [weights_of(name, gramian, order) for gramian, order in zip(gramians, orders, strict=True)]
        goldens[name] = np.concatenate(found)
    np.savez_compressed(Path(__file__).with_name("goldens.npz"), **goldens)


if __name__ == "__main__":
    main()
