"""Migrations of the Health studio."""
