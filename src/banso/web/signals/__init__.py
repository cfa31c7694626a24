"""Signals: which are open at whom and why, and what each was worth."""
