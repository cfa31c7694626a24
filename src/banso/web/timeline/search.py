"""Finding entries by the words in them, in any script."""

from collections.abc import Sequence
from functools import cache
from typing import Final

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from banso.web.timeline.models import Entry
from banso.webkit.searching import TRIGRAM, normalized, phrases_of

LONGEST: Final = 20_000


def searched_text(*parts: str) -> str:
    """Return what a search looks through."""
    return normalized("\n".join(part for part in parts if part))[:LONGEST]


def containing(entries: QuerySet[Entry], words: Sequence[str]) -> QuerySet[Entry]:
    """Return the entries that contain all words.

    Words of three characters and more are found by an index of trigrams, where the
    database has one; of what that leaves, and for shorter words, each text is read.
    """
    phrases = phrases_of(words)
    if phrases and connection.vendor == "sqlite" and _has_index():
        entries = entries.filter(
            pk__in=RawSQL(
                "SELECT rowid FROM timeline_search WHERE timeline_search MATCH %s",
                [phrases],
            )
        )
        words = [word for word in words if len(word) < TRIGRAM]
    for word in words:
        entries = entries.filter(search__contains=word)
    return entries


@cache
def _has_index() -> bool:
    """Return whether this SQLite could make the index (see the migration)."""
    return "timeline_search" in connection.introspection.table_names()
