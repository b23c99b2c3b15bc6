"""What is said of a run: the balancer judged apart from the model, with evidence and rule."""
