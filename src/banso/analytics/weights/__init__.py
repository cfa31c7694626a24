"""Weights of a health score that were fitted, beside those that people chose."""
