"""The reports, one module each, and what they are written with."""
