"""Verdicts of the Runs view: diagnoses, their card, and judging after the page stands."""
