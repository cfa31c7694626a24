"""Definitions as code: metrics and health, read from YAML, checked, and hashed."""
