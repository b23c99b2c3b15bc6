"""The rules by which a balancer is judged, in the order in which they are tried, and their limits."""

OUTSIDE = 1e-3  # distance from [0, 1] at which a share of the weights counts as outside
NEAR_EQUAL = 0.05  # relative distance from 1/K that still counts as equal
UNEQUAL = 1.5  # largest over smallest norm from which the gradients count as unequal
FEWEST = 5  # records with weights that a verdict can rest on

RULES = {
    "no-balancer": "A balancer's log names a weight or an EMA state for each of two tasks or more.",
    "unknown": "A verdict needs five records with finite weights that have left 1/K, and says no more than "
    "they decide: what could still hide a change of more than 5 % is neither at rest nor moving.",
    "diverged": "Diverged: no logged weight is finite to the end, or in the last quarter of the run a weight "
    "leaves [0, 1] by more than 0.001, both over the sum, where the method keeps that sum constant "
    "and does not weigh below 0 by its own rule, as run.json or the recorded Gramians tell.",
    "too-short": "Too short: less than the warm-up and five time constants, after which 99.3 % of the way is "
    "behind; both as run.json states them, else as fitted to the transient where that tells them to 10 %.",
    "starved": "Starved: at the end a recorded weight lies more than 1 % below the smallest that a stated "
    "floor allows (a tenth of 1/K where the stated floor is 0), or it falls by a constant factor without "
    "end.",
    "idle": "Idle: every weight stays within 5 % of 1/K although the norms differ by more than 1.5 to 1, or "
    "the method is known not to answer to norms.",
    "balanced": "Balanced by nature: every weight is at rest within 5 % of 1/K, and the norms differ by at "
    "most 1.5 to 1. GABA then has nothing to do.",
    "converged": "Converged: past the approach the standard deviation is at most 2 % of the weight, and its "
    "trend and what could hide behind the noise add up to at most 5 %; or all records lie within 4 %.",
    "noisy": "Noisy: the standard deviation is above 2 % of the weight, or 5 % could hide in it; no trend "
    "exceeds its error, and the weight returns to its mean (Dickey-Fuller t below -3.5), as a random walk "
    "does not, or scatters like an average whose time constant is known, for twelve of those.",
    "oscillating": "Oscillating: the weights alternate, or one line of the whitened spectrum stands out with "
    "odds of chance below 1e-5, or the autocorrelation repeats; 2.8 % of the weight or more, to the end.",
    "drifting": "Still drifting: in the last quarter, the second half, the last three quarters or the whole "
    "run a trend of more than 2.5 % of the weight exceeds 1.6 times its error limit (more with more than two "
    "tasks) and goes on, or "
    "the last records have left the level, or the weight wanders without a mean, nor returned to one before.",
    "moved": "Moved: the weight left one level for another; both last five records or more and are level, "
    "and the jump exceeds their scatter, their errors and twelve times what else happens in the run.",
}
