"""Keeping the numbers fresh while the web is served."""
