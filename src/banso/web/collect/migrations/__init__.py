"""Migrations of live events."""
