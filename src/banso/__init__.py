"""Banso: customer success from a company's own data."""
