"""Lifetime value: what customers bring, what winning one costs, and how sure."""
