"""The parts of `gaba-runs`: what it understands, and what each of its commands prints."""
