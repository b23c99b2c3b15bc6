"""The controller whose weights a log holds: beta, target, warm-up and floor with their intervals."""
