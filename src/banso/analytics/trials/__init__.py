"""Trials of plays: how many customers, the draw, the effect, and what it proves."""
