"""Writing many openings at once, in the way of each database."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from django.db import connection
from django.db.backends.utils import CursorWrapper

from banso.web.work.models import WorkItem

COLUMNS: Final = (
    "customer_id", "signal", "opened_on", "kind", "play", "reason_ja", "reason_en",
    "owner", "worth", "chance", "chance_basis", "amount", "currency", "urgency",
    "effect", "effect_basis", "trend", "trend_of", "sort_worth", "digest",
)  # fmt: skip
_KEY: Final = ("customer_id", "signal", "opened_on")
_TABLE: Final = f'"{WorkItem._meta.db_table}"'  # noqa: SLF001 - documented
_NAMES: Final = ", ".join(f'"{name}"' for name in COLUMNS)
# what people decided stands in other columns, which no run writes
_CHANGES: Final = ", ".join(
    [
        *(f'"{name}" = excluded."{name}"' for name in COLUMNS if name not in _KEY),
        '"closed_on" = NULL',
        "\"closed_why\" = ''",
    ]
)
_ON_CONFLICT: Final = (
    f'ON CONFLICT ("customer_id", "signal", "opened_on") DO UPDATE SET {_CHANGES}'
)
_STAGED: Final = '"openings_staged"'
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


def write_rows(rows: Sequence[Sequence[Any]]) -> None:
    """Add openings, or write anew what a run says of them, as `COLUMNS` has it."""
    if not rows:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            _copy_rows(cursor, rows)
        else:
            places = ", ".join(["%s"] * len(COLUMNS))
            cursor.executemany(
                f"INSERT INTO {_TABLE} ({_NAMES}) VALUES ({places}) {_ON_CONFLICT}",  # noqa: S608
                rows,
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


def learn_statistics() -> None:
    """Let the database learn how the rows are spread, so that it picks its indexes."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA analysis_limit = 2000")
        cursor.execute(f"ANALYZE {_TABLE}")


def _copy_rows(cursor: CursorWrapper, rows: Sequence[Sequence[object]]) -> None:
    cursor.execute(f"DROP TABLE IF EXISTS {_STAGED}")
    cursor.execute(
        f"CREATE TEMPORARY TABLE {_STAGED} ON COMMIT DROP AS"  # noqa: S608
        f" SELECT {_NAMES} FROM {_TABLE} WITH NO DATA"
    )
    with cursor.cursor.copy(f"COPY {_STAGED} ({_NAMES}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([_storable(value) for value in row])
    cursor.execute(
        f"INSERT INTO {_TABLE} ({_NAMES}) SELECT {_NAMES} FROM {_STAGED}"  # noqa: S608
        f" {_ON_CONFLICT}"
    )


def _storable(value: object) -> object:
    """Return a value without the one character that PostgreSQL cannot store."""
    if isinstance(value, str) and "\0" in value:
        return value.replace("\0", "")
    return value
