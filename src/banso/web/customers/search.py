"""Finding customers by a part of their name, in any script."""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import Final

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from banso.web.customers.models import CustomerNow

IdQuery = QuerySet[CustomerNow, str]
NAME_LENGTH: Final = 300
ID_LENGTH: Final = 100
TRIGRAM: Final = 3
MAX_WORDS: Final = 8
FEW: Final = 1_000


_LONG_FORMS: Final = {"株": "株式会社", "有": "有限会社", "資": "合資会社"}
_SHORT_FORM: Final = re.compile(r"\(([株有資])\)")


def normalized(text: str) -> str:
    """Return a text as it is searched: half-width kana become full-width and so on.

    ``㈱`` and ``(株)`` are written out, so that either finds the other.
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    return _SHORT_FORM.sub(lambda match: _LONG_FORMS[match.group(1)], plain)


def searched_text(name: str, customer_id: str) -> str:
    """Return what a search looks through: the name, then the id.

    Both are cut, for the sake of the index: a longer name is found by its beginning.
    """
    return f"{normalized(name)[:NAME_LENGTH]}\n{normalized(customer_id)[:ID_LENGTH]}"


def words_of(question: str) -> Sequence[str]:
    """Return the words that a name must all contain."""
    return normalized(question).split()[:MAX_WORDS]


def ids_of(words: Sequence[str]) -> IdQuery | Sequence[str] | None:
    """Return the ids of the customers whose name or id contains all words.

    Few ids are returned as they are, many as a query; None on PostgreSQL, where
    each row can be asked by `containing` and the index is found all the same.
    """
    if connection.vendor != "sqlite":
        return None
    few = _few_ids(words)
    if few is not None:
        return few
    # reads one small index from end to end
    return containing(CustomerNow.objects.order_by(), words).values_list(
        "customer_id", flat=True
    )


def containing(
    customers: QuerySet[CustomerNow], words: Sequence[str]
) -> QuerySet[CustomerNow]:
    """Return the customers whose name or id contains all words, row by row."""
    for word in words:
        customers = customers.filter(search__contains=word)
    return customers


def _few_ids(words: Sequence[str]) -> Sequence[str] | None:
    """Return the ids by the trigrams; None: there is no index, or they are many."""
    long = [word for word in words if len(word) >= TRIGRAM]
    if not long or not _has_index():
        return None
    phrases = ['"' + word.replace('"', '""') + '"' for word in long]
    rows = CustomerNow.objects.order_by().filter(
        number__in=RawSQL(
            "SELECT rowid FROM customers_search WHERE customers_search MATCH %s",
            [" AND ".join(phrases)],
        )
    )
    short = [word for word in words if len(word) < TRIGRAM]
    ids = containing(rows, short).values_list("customer_id", flat=True)
    found = list(ids[: FEW + 1])
    return found if len(found) <= FEW else None


@cache
def _has_index() -> bool:
    """Return whether this SQLite could make the index (see the migration)."""
    return "customers_search" in connection.introspection.table_names()
