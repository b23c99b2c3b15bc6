"""Following logs that are being written."""
