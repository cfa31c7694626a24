"""Webhooks: telling other programs what happened, signed and again until heard."""
