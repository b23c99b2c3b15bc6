"""Recovery panel: how fast a starved task comes back under each scheme."""
