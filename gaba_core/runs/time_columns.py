"""Names under which logs count time, and name the run or the metric of a row; in lower case."""

from __future__ import annotations

import re

EPOCH_NAMES = (
    *("epoch", "epochs", "current_epoch", "train/epoch", "trainer/epoch", "epoch_num", "ep", "epoch_idx"),
    *("epoch_index", "n_epoch", "round", "rounds"),
)
STEP_NAMES = (
    *("step", "global_step", "iteration", "iterations", "iter", "steps", "trainer/global_step"),
    *("train/global_step", "_step", "num_updates", "update", "updates", "n_iter", "it", "batch"),
    *("total_steps", "total_step", "total_timesteps", "timesteps_total", "num_timesteps", "timesteps"),
    *("training_iteration", "env_steps", "num_env_steps", "optimizer_step", "opt_step", "train_step"),
    *("global_iter", "cur_iter", "current_iter", "current_step", "itr", "niter", "n_updates", "samples_seen"),
    *("timestep", "global_iteration", "train_iter", "step_num", "iter_num", "num_steps", "n_steps"),
)
# Seconds since a moment of the calendar: they count from the first of them.
STAMP_NAMES = (
    *("wall_time", "wall time", "walltime", "wall_clock", "timestamp", "_timestamp", "timestamps", "date"),
    *("datetime", "created_at", "logged_at", "time_stamp", "ts"),
)
# Seconds since the start of the run.
ELAPSED_NAMES = (
    *("_runtime", "elapsed", "elapsed_time", "relative_time", "time_elapsed", "time_total_s", "total_time"),
    *("elapsed_seconds", "elapsed_s", "seconds_elapsed", "train_time_total", "relative time", "time"),
)
SECONDS_NAMES = (*STAMP_NAMES, *ELAPSED_NAMES)
RUN_NAMES = (
    *("seed", "random_seed", "rng_seed", "run", "run_id", "run_name", "run_index", "trial", "trial_id"),
    *(
        "trial_number",
        "experiment",
        "experiment_id",
        "experiment_name",
        "exp_id",
        "exp_name",
        "fold",
        "cv_fold",
    ),
    *(
        "replicate",
        "repeat",
        "repetition",
        "method",
        "algo",
        "algorithm",
        "balancer",
        "model_name",
        "dir_name",
    ),
)
METRIC_NAMES = ("metric", "metric_name", "variable", "tag", "key", "quantity", "series")
_TIMES = frozenset((*EPOCH_NAMES, *STEP_NAMES))


def last_part(name: str) -> str:
    """Return what stands behind the last slash of a name, or point between words, in lower case."""
    return re.split(r"[/|]", name.strip().lower())[-1].strip()


def counts_time(name: str) -> bool:
    """Whether a column of this name counts epochs or steps."""
    return name.lower() in _TIMES


def names_rows(name: str) -> bool:
    """Whether a column of this name may say of which run or metric a row is."""
    return last_part(name) in (*RUN_NAMES, *METRIC_NAMES)
