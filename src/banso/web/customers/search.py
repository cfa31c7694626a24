"""Finding customers by a part of their name, in any script."""

from collections.abc import Sequence
from functools import cache
from typing import Final

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from banso.web.customers.models import CustomerNow
from banso.webkit.searching import TRIGRAM, normalized, phrases_of

IdQuery = QuerySet[CustomerNow, str]
NAME_LENGTH: Final = 300
ID_LENGTH: Final = 100
FEW: Final = 1_000


def searched_text(name: str, customer_id: str) -> str:
    """Return what a search looks through: the name, then the id.

    Both are cut, for the sake of the index: a longer name is found by its beginning.
    """
    return f"{normalized(name)[:NAME_LENGTH]}\n{normalized(customer_id)[:ID_LENGTH]}"


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
    phrases = phrases_of(words)
    if not phrases or not _has_index():
        return None
    rows = CustomerNow.objects.order_by().filter(
        number__in=RawSQL(
            "SELECT rowid FROM customers_search WHERE customers_search MATCH %s",
            [phrases],
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
