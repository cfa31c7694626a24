"""Migrations of entries."""
