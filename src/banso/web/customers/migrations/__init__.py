"""Migrations of the customers."""
