"""Cohorts: who is still there, and what they pay, by months since the first."""
