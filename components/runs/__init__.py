"""Runs view: real training runs, weights above and metrics below."""
