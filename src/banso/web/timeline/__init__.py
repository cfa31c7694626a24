"""Contacts and notes that people record."""
