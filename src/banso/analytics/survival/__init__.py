"""Time until an end: survival curves, their tests and proportional hazards."""
