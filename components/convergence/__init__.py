"""Convergence view: drag the controller and the gradients, watch the seeds converge."""
