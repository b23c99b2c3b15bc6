"""Cards of the Runs view."""
