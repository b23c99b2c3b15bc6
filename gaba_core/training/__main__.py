"""Command line: ``python -m gaba_core.training --subset FD002 --data DIR --seed 42``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from itertools import product
from pathlib import Path

from gaba_core.errors import GabaError
from gaba_core.training.launch import run_all
from gaba_core.training.model import ModelSettings
from gaba_core.training.settings import GENERATED, Optimisation, RunSettings, make_weighting
from gaba_core.training.weightings import WEIGHTINGS, Gaba

_OPTIMISATION = {
    "epochs": "most epochs a run takes",
    "batch": "windows a batch",
    "patience": "epochs without a better rmse_last on the held-out engines before a run ends",
    "rate": "AdamW learning rate after its rise",
    "weight_decay": "AdamW weight decay",
    "rate_warmup_steps": "steps over which the learning rate rises",
    "plateau_patience": "epochs without a better rmse_last before the rate falls",
    "plateau_factor": "what the rate is multiplied by then",
    "clip": "largest norm of the whole gradient",
    "shadow_decay": "decay of the weight average that is evaluated",
}


def make_parser() -> argparse.ArgumentParser:
    """The command line's parser; every default is the one of the settings."""
    parser = argparse.ArgumentParser(
        prog="python -m gaba_core.training",
        description="Train a two-task engine health model and log the loss weights of every step.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    add = parser.add_argument
    add("--data", default=GENERATED, help="folder with the C-MAPSS files, or 'generated' for a made-up fleet")
    add("--subset", nargs="+", default=["FD002"], help="C-MAPSS subsets (ignored for generated data)")
    add("--seeds", "--seed", nargs="+", type=int, default=[42], help="one run for each seed")
    add("--methods", "--method", nargs="+", choices=list(WEIGHTINGS), default=[Gaba.name], help="weightings")
    add("--beta", type=float, default=Gaba.beta, help="EMA coefficient of GABA")
    add("--floor", type=float, default=Gaba.floor, help="floor of GABA")
    add(
        "--warmup-steps",
        type=int,
        default=Gaba.warmup_steps,
        help="steps with equal weights before GABA moves",
    )
    add("--update-every", type=int, default=1, help="measure the gradient norms every n-th step")
    add("--window", type=int, default=30, help="cycles a window")
    add("--stride", type=int, default=8, help="cycles between windows")
    add("--hidden", type=int, default=ModelSettings.hidden, help="units of each LSTM layer")
    add("--layers", type=int, default=ModelSettings.layers, help="LSTM layers")
    add("--dropout", type=float, default=ModelSettings.dropout, help="dropout after the trunk")
    for name, text in _OPTIMISATION.items():
        default = getattr(Optimisation, name)
        add(f"--{name.replace('_', '-')}", type=type(default), default=default, help=text)
    add("--device", default="auto", help="auto, cpu, cuda, cuda:1, mps")
    add("--threads", type=int, default=1, help="CPU threads a run")
    add("--jobs", type=int, default=1, help="runs side by side")
    add("--out", type=Path, default=Path("logs"), help="where SUBSET/METHOD/seed_N/ is made")
    add("--overwrite", action="store_true", help="train finished runs again")
    return parser


def make_runs(options: argparse.Namespace) -> list[RunSettings]:
    """The runs the options ask for: subset by subset, method by method, seed by seed."""
    generated = options.data == GENERATED
    gaba = Gaba(options.beta, options.warmup_steps, options.floor)
    subsets = [GENERATED] if generated else options.subset
    return [
        RunSettings(
            subset=subset,
            weighting=make_weighting(method, gaba),
            seed=seed,
            data=None if generated else Path(options.data),
            window=options.window,
            stride=options.stride,
            device=options.device,
            threads=options.threads,
            update_every=options.update_every,
            model=ModelSettings(options.hidden, options.layers, options.dropout),
            optimisation=Optimisation(**{name: getattr(options, name) for name in _OPTIMISATION}),
        )
        for subset, method, seed in product(subsets, options.methods, options.seeds)
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when every run came to its own end, 1 when one did not, 2 for options that cannot be met."""
    parser = make_parser()
    options = parser.parse_args(arguments)
    try:
        return int(run_all(make_runs(options), options.out, options.jobs, overwrite=options.overwrite) > 0)
    except GabaError as error:
        parser.error(str(error))


if __name__ == "__main__":
    sys.exit(main())
