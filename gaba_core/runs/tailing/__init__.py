"""Tailing: a folder of logs and a log that grows, read again only where they changed."""
