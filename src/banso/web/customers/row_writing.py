"""Writing many rows of `CustomerNow` at once, in the way of each database."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

from django.db import connection
from django.db.backends.utils import CursorWrapper

from banso.web.customers.models import CustomerNow
from banso.web.customers.release_rows import COLUMNS

ROW: Final = (*COLUMNS, "search", "number")
_TABLE: Final = f'"{CustomerNow._meta.db_table}"'  # noqa: SLF001 - documented
_NAMES: Final = ", ".join(f'"{name}"' for name in ROW)
_CHANGES: Final = ", ".join(
    f'"{name}" = excluded."{name}"'
    for name in ROW
    if name not in ("customer_id", "number")
)
_ON_CONFLICT: Final = f'ON CONFLICT ("customer_id") DO UPDATE SET {_CHANGES}'
_STAGED: Final = '"customers_staged"'
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


@contextmanager
def writing_many() -> Iterator[None]:
    """Write many rows within, in one transaction.

    On SQLite it is ten times as fast to make the indexes anew as to put each of 100,000
    rows into each of them. Readers go on with the old state meanwhile.
    """
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA cache_size = -262144")  # KiB
        cursor.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index'"
            " AND tbl_name = %s AND sql IS NOT NULL ORDER BY name",
            [_TABLE.strip('"')],
        )
        indexes = cursor.fetchall()
        for name, _sql in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
    yield
    with connection.cursor() as cursor:
        for _name, sql in indexes:
            cursor.execute(sql)
        cursor.execute("PRAGMA cache_size = -2000")


def write_rows(rows: Sequence[Sequence[Any]]) -> None:
    """Add or replace rows, each with its values in the order of `ROW`."""
    if not rows:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            _copy_rows(cursor, rows)
        else:
            places = ", ".join(["%s"] * len(ROW))
            cursor.executemany(
                f"INSERT INTO {_TABLE} ({_NAMES}) VALUES ({places}) {_ON_CONFLICT}",  # noqa: S608
                rows,
            )


def remove_rows(customer_ids: Sequence[str]) -> None:
    """Remove the rows of customers that a release does not have any more."""
    for start in range(0, len(customer_ids), MANY):
        gone = customer_ids[start : start + MANY]
        CustomerNow.objects.filter(pk__in=gone).delete()


def learn_statistics() -> None:
    """Let the database learn how the rows are spread, so that it picks its indexes."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA analysis_limit = 2000")
        cursor.execute(f"ANALYZE {_TABLE}")


def _copy_rows(cursor: CursorWrapper, rows: Iterable[Sequence[object]]) -> None:
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
    if isinstance(value, str) and ("\0" in value or "\\u0000" in value):
        return value.replace("\0", "").replace("\\u0000", "")
    return value


def in_row_order(
    place: Mapping[str, int], columns: Sequence[Sequence[object]]
) -> list[Sequence[object]]:
    """Return columns in the order of `ROW`, without the number."""
    return [columns[place[name]] for name in ROW[:-1]]
