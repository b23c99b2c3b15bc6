"""Anti-windup view: what the floor does, one panel at a time."""
