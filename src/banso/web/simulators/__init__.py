"""Simulators: what would happen under chosen assumptions, as scenarios."""
