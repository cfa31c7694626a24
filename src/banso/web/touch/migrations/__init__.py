"""Migrations of touch models."""
