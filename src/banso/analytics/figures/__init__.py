"""Figures with their uncertainty: shares, ranking, calibration, many tests at once."""
