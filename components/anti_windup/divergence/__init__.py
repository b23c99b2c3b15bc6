"""Divergence panel: GABA beside unclamped methods under noise."""
