"""The openings as the app database has them: their keys, and how they are written."""

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Final, NamedTuple

from django.db import connection

from banso.web.work.models import WorkItem
from banso.webkit.row_writing import RowWriting

COLUMNS: Final = (
    "customer_id", "signal", "opened_on", "kind", "play", "reason_ja", "reason_en",
    "owner", "worth", "chance", "chance_basis", "amount", "currency", "urgency",
    "effect", "effect_basis", "trend", "trend_of", "sort_worth", "digest",
)  # fmt: skip
_KEY: Final = ("customer_id", "signal", "opened_on")
# what people decided stands in other columns, which no run writes
WRITING: Final = RowWriting(
    WorkItem, COLUMNS, _KEY, resets=('"closed_on" = NULL', "\"closed_why\" = ''")
)
_SOME: Final = 500


class Key(NamedTuple):
    """What an opening is known by."""

    customer_id: str
    signal: str
    opened_on: dt.date


def live_digests() -> dict[Key, str]:
    """Return the digest of each opening that no run has closed."""
    rows = WorkItem.objects.filter(closed_on__isnull=True).values_list(*_KEY, "digest")
    return {
        Key(customer_id, signal, day): digest
        for customer_id, signal, day, digest in rows
    }


def hold_rows(keys: Collection[Key]) -> None:
    """Lock the openings at the customers of some, in the order in which people do.

    So a run and somebody who acts wait for one another, and never both for each other.
    SQLite needs nothing: a transaction takes the one lock when it begins.
    """
    if connection.vendor == "postgresql" and keys:
        table = connection.ops.quote_name(WorkItem._meta.db_table)  # noqa: SLF001 - documented
        with connection.cursor() as cursor:
            cursor.execute(
                f'SELECT 1 FROM {table} WHERE "closed_on" IS NULL'  # noqa: S608
                ' AND "customer_id" = ANY(%s) ORDER BY "id" FOR UPDATE',
                [sorted({key.customer_id for key in keys})],
            )


def close_rows(why: Mapping[Key, WorkItem.Closed], *, on: dt.date) -> None:
    """Note that a run no longer finds openings; what people decided stays."""
    keys = sorted(why)
    for start in range(0, len(keys), _SOME):
        wanted = set(keys[start : start + _SOME])
        found = WorkItem.objects.filter(
            customer_id__in={key.customer_id for key in wanted}, closed_on__isnull=True
        ).only(*_KEY)
        closing = []
        for item in found:
            key = Key(str(item.customer_id), item.signal, item.opened_on)
            if key in wanted:
                item.closed_on, item.closed_why = on, why[key]
                closing.append(item)
        WorkItem.objects.bulk_update(closing, ["closed_on", "closed_why"])
