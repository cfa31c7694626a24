"""Migrations of the simulators."""
