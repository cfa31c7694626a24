"""Formats of Django's own widgets, where those of its locales do not fit."""
