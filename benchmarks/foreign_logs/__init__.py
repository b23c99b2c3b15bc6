"""Logs with weights or gradient norms as the logging libraries of others write them."""
