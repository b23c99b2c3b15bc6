"""Divergence panel: GABA compared with unclamped methods under noise."""
