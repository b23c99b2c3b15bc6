"""The selected runs as one HTML file."""
