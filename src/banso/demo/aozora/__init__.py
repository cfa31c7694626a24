"""Aozora Cloud: a made-up company whose data hold answers that are known."""

from banso.demo.aozora.company import write_company
from banso.demo.aozora.truth import Truth

__all__ = ["Truth", "write_company"]
