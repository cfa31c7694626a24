"""Landmarks: who was there on each as-of date, what was known, and who left later."""
