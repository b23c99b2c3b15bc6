"""Names under which logs count time, and name the run or the metric of a row; in lower case."""

from __future__ import annotations

import re
from collections.abc import Collection

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
    *("num_env_steps_sampled", "num_env_steps_trained", "num_agent_steps_sampled", "env_step"),
    *("iteration_number", "step_number", "consumed_samples", "consumed_tokens", "tokens_seen"),
    *("examples_seen", "num_tokens_seen", "num_samples_seen", "total_tokens"),
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
    *("local_rank", "global_rank", "process_rank", "worker_id"),
)
METRIC_NAMES = ("metric", "metric_name", "variable", "tag", "key", "quantity", "series")
# Part of the data that a row is about, and what such parts are called.
SPLIT_NAMES = (
    "phase",
    "split",
    "mode",
    "stage",
    "subset",
    "partition",
    "data_split",
    "dataset_split",
    "loop",
)
SPLITS = frozenset(("train", "training", "val", "valid", "validation", "dev", "eval", "evaluation", "test"))
_TIMES = frozenset((*EPOCH_NAMES, *STEP_NAMES))
# What a clock may be counted in, behind its name, and the seconds of each.
_UNITS = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0, "sec": 1.0, "min": 60.0, "h": 3600.0, "hr": 3600.0}
_UNITS |= {f"{unit}s": _UNITS[unit] for unit in ("sec", "min", "hr")}
_UNITS |= {"milliseconds": 1e-3, "seconds": 1.0, "minutes": 60.0, "hours": 3600.0}
_ANY_UNIT = "|".join(_UNITS)
_COUNTED_IN = re.compile(rf"(?:[\[(](?P<set>{_ANY_UNIT})[\])]|_(?P<plain>{_ANY_UNIT}))\Z", re.ASCII)


def last_part(name: str) -> str:
    """Return what stands behind the last slash of a name, or point between words, in lower case."""
    return re.split(r"[/|]", name.strip().lower())[-1].strip()


def unit_of(name: str) -> tuple[str, float]:
    """Return what a column of seconds is called without its unit, in lower case, and the seconds of a unit.

    `elapsed_ms` counts in milliseconds, `Time (min)` in minutes; `time_min` is the least of several times.
    """
    bare = last_part(name)
    match = _COUNTED_IN.search(bare)
    if bare in SECONDS_NAMES or match is None or bare == "time_min":
        return bare, 1.0
    return bare[: match.start()].rstrip(" _"), _UNITS[match["set"] or match["plain"]]


def counts_time(name: str) -> bool:
    """Whether a column of this name counts epochs or steps."""
    return name.lower() in _TIMES


def names_rows(name: str) -> bool:
    """Whether a column of this name may say of which run, metric or part of the data a row is."""
    return last_part(name) in (*RUN_NAMES, *METRIC_NAMES, *SPLIT_NAMES)


def tells_rows(name: str, texts: Collection[str]) -> bool:
    """Whether the texts of such a column say so: those of a split must be parts of the data."""
    if last_part(name) not in SPLIT_NAMES:
        return True
    return len(texts) > 1 and all(text.strip().lower() in SPLITS for text in texts)
