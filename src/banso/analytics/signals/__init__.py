"""Signals: when they open and close, and how often they were right."""
