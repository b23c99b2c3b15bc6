"""Monte Carlo panel: random shares against the nominal and the exact bound."""
