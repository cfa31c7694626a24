"""Banso from a notebook or a script: data frames out of the API, rows into it.

Needs no Django and no project: only the address of a site, and a token.
"""

from banso.client.client import Client
from banso.client.transport import Refused, Unreachable

__all__ = ["Client", "Refused", "Unreachable"]
