"""The rows of `CustomerNow`: how they are compared, numbered, written and removed."""

from collections.abc import Mapping, Sequence
from typing import Final

from django.db import connection

from banso.web.customers.models import CustomerNow
from banso.web.customers.release_rows import COLUMNS
from banso.webkit.row_writing import RowWriting

ROW: Final = (*COLUMNS, "search", "number")
WRITING: Final = RowWriting(CustomerNow, ROW, ("customer_id",), keeps=("number",))
_LOCK: Final = 7_390_211  # any number that nothing else locks
MANY: Final = 1_000


def hold_lock() -> None:
    """Let other publishers wait until this transaction ends.

    SQLite needs nothing: a transaction takes the one lock when it begins.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def read_digests() -> dict[str, str]:
    """Return the digest of each row by customer."""
    return dict(CustomerNow.objects.values_list("customer_id", "digest"))


def next_number() -> int:
    """Return a number that no row has had yet."""
    last = CustomerNow.objects.order_by("-number").values_list("number", flat=True)
    return (last.first() or 0) + 1


def remove_rows(customer_ids: Sequence[str]) -> None:
    """Remove the rows of customers that a release does not have any more."""
    for start in range(0, len(customer_ids), MANY):
        gone = customer_ids[start : start + MANY]
        CustomerNow.objects.filter(pk__in=gone).delete()


def in_row_order(
    place: Mapping[str, int], columns: Sequence[Sequence[object]]
) -> list[Sequence[object]]:
    """Return columns in the order of `ROW`, without the number."""
    return [columns[place[name]] for name in ROW[:-1]]
