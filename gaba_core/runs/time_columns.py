"""Names under which logs count time, in lower case."""

EPOCH_NAMES = ("epoch", "epochs", "current_epoch", "train/epoch", "trainer/epoch", "epoch_num", "ep")
STEP_NAMES = (
    *(
        "step",
        "global_step",
        "iteration",
        "iterations",
        "iter",
        "steps",
        "trainer/global_step",
        "train/global_step",
    ),
    *("_step", "num_updates", "update", "updates", "n_iter", "it", "batch"),
)
SECONDS_NAMES = (
    "wall_time",
    "wall time",
    "_runtime",
    "elapsed",
    "elapsed_time",
    "relative_time",
    "timestamp",
    "_timestamp",
)
