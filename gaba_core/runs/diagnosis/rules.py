"""The rules by which a balancer is judged, in the order in which they are tried, and their limits."""

OUTSIDE = 1e-3  # distance from [0, 1] at which a share of the weights counts as outside
NEAR_EQUAL = 0.05  # relative distance from 1/K that still counts as equal
UNEQUAL = 1.5  # largest over smallest norm from which the gradients count as unequal

RULES = {
    "no-balancer": "A balancer's log names a weight or an EMA state for each of two tasks or more.",
    "unknown": "A verdict needs at least two samples with a finite weight for every task.",
    "diverged": "Diverged: in the last quarter of the run a weight's share of the sum leaves [0, 1] by more "
    "than 0.001, or no weight is finite to the end.",
    "too-short": "Too short: less than the warm-up and five time constants, after which 99.3 % of the way is "
    "behind; both as run.json states them, else as fitted to the log, else the reference's.",
    "starved": "Starved: over the last quarter a task's median weight lies more than 1 % below the smallest "
    "that the run's floor allows, or the reference floor 0.05 where it has none.",
    "idle": "Idle: over the last quarter every weight lies within 5 % of 1/K although the norms differ by "
    "more than 1.5 to 1, or the method is known not to be GABA.",
    "balanced": "Balanced by nature: over the last quarter every weight lies within 5 % of 1/K, and no "
    "recorded norm speaks against it. GABA then has nothing to do.",
    "converged": "Converged: the last quarter is level (its trend is lost in its scatter, or below 0.1 %), "
    "and from the epoch named on every weight is within 0.1 % or four standard deviations of it.",
    "drifting": "Still drifting: long enough, but over the last quarter the trend exceeds both 0.1 % and "
    "four standard deviations.",
}
