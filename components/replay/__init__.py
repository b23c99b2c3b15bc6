"""Replay view: a recorded run through another controller, and a simulation to compare it with."""
