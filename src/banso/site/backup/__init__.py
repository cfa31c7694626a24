"""Backups: everything of a project in one file, and a project from such a file."""
