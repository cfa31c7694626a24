"""Whom a treatment helps: the effect of a trial, and whether to choose by it."""
