"""Equal weights, too little, and weights that break."""

from __future__ import annotations

import numpy as np

from benchmarks.labelled_logs.draws import NAMES, Draw, Floats, Log, codes, columns_of
from benchmarks.labelled_logs.of_gaba import Setting, logged, lognormal

LITTLE = codes("unknown", "too-short")


def _level(d: Draw, n: int) -> Floats:
    return d.log(0.05, 0.4) * (1.0 + d.log(1e-4, 0.005) * d.noise(n))


def equal_without_norms(d: Draw) -> Log:
    """1/K to the last digit, and no norms."""
    n, tasks = d.whole(6, 3000), d.choose((2, 3, 4, 6, 7))
    value = round(1.0 / tasks, d.choose((4, 6, 9, 16)))
    prefix = d.choose(("w_", "lambda_"))
    return Log({f"{prefix}{k}": np.full(n, value) for k in NAMES[2][:tasks]}, codes("unknown"))


def equal_but_for_unequal_norms(d: Draw) -> Log:
    """1/K while the norms differ 3 to 1,000 to 1."""
    n = d.whole(6, 2000)
    norms = lognormal(d, np.array([d.log(3, 1000), 1.0]), d.between(0.0, 0.3), n)
    return Log(logged(NAMES[1][:2], w=np.full((n, 2), 0.5), grad=norms), codes("idle"))


def equal_as_its_norms(d: Draw) -> Log:
    """GABA, stated and logged with norms that differ by at most 10 %."""
    s = Setting(0.98, 0.05, 20, 25, d.whole(16, 400))
    path = s.of(lognormal(d, np.array([d.between(0.95, 1.05), 1.0]), d.between(0.02, 0.2), s.steps))
    columns = logged(NAMES[0], **{"lambda": path.weights}) | logged(NAMES[0], grad=path.norms)
    return Log(columns, codes("balanced", "converged"), around=s.around())


def warm_up_only(d: Draw) -> Log:
    """A stated run that ends within its warm-up."""
    per_epoch, epochs = d.whole(5, 30), d.whole(3, 12)
    s = Setting(0.99, 0.05, per_epoch * epochs + d.whole(1, 100), per_epoch, epochs)
    path = s.of(lognormal(d, np.array([200.0, 1.0]), 0.2, s.steps))
    return Log(logged(NAMES[0], w=path.state), LITTLE, around=s.around())


def too_short(d: Draw) -> Log:
    """A stated run of less than the warm-up and four time constants."""
    per_epoch = d.whole(10, 60)
    s = Setting(0.99, 0.05, 100, per_epoch, max(1, int(d.between(0.3, 0.95) * 500 / per_epoch)))
    path = s.of(lognormal(d, np.array([d.log(5, 500), 1.0]), 0.2, s.steps))
    return Log(logged(NAMES[0], w=path.state), LITTLE, around=s.around())


def few(d: Draw) -> Log:
    """One to four records."""
    return Log(columns_of(d, _level(d, d.choose((1, 2, 3, 4)))), LITTLE)


def lost(d: Draw) -> Log:
    """Not finite from some record on to the end."""
    n = d.whole(12, 2000)
    columns = columns_of(d, _level(d, n))
    begin = int(d.between(0.3, 0.95) * n)
    bad = d.choose((float("nan"), float("inf")))
    return Log({k: np.where(np.arange(n) < begin, v, bad) for k, v in columns.items()}, codes("diverged"))


def gap(d: Draw) -> Log:
    """Not finite for a few records in the middle, then at rest as before."""
    n = d.whole(40, 2000)
    columns = columns_of(d, _level(d, n))
    at = d.whole(2, n // 2) + np.arange(d.choose((1, 2, 3)))
    for values in columns.values():
        values[at] = np.nan
    return Log(columns, codes("converged"))


def outside(d: Draw) -> Log:
    """Weights that sum to K and leave [0, 1] to the end, with noise."""
    n = d.whole(16, 2000)
    share = np.linspace(0.5, -d.between(0.1, 1.5), n) + 0.01 * d.noise(n)
    return Log({"lambda_a": 2.0 * share, "lambda_b": 2.0 - 2.0 * share}, codes("diverged"))


def below_its_floor(d: Draw) -> Log:
    """A floor is stated, and the applied weights fall far below its bound all the same."""
    s = Setting(0.97, 0.0, 30, 25, d.whole(30, 400))
    path = s.of(lognormal(d, np.array([d.log(100, 1000), 1.0]), d.between(0.05, 0.3), s.steps))
    around = s.around() | {"controller": {"beta": 0.97, "floor": d.between(0.04, 0.2), "warmup_steps": 30}}
    return Log(logged(NAMES[0], **{"lambda": path.weights}), codes("starved"), around=around)


def no_weights(d: Draw) -> Log:
    """A log of losses."""
    n = d.whole(3, 2000)
    return Log(
        {"train_loss": np.exp(-np.arange(n) / n), "val_loss": 1.0 + 0.1 * d.noise(n)}, codes("no-balancer")
    )


KINDS = {
    f.__name__: f
    for f in (
        *(equal_without_norms, equal_but_for_unequal_norms, equal_as_its_norms, warm_up_only, too_short),
        *(few, lost, gap, outside, below_its_floor, no_weights),
    )
}
