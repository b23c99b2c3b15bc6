"""Step response view: what the moving average alone does."""
