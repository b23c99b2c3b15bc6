"""The picture of the Runs view: panels, curves, marks, ranges."""
