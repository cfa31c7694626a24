"""Writing many rows of a model at once, in the way of each database."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import Model


@dataclass(frozen=True)
class RowWriting:
    """How rows that a run computed get into the table of a model.

    Names of tables and columns come from models, never from outside, and are quoted.
    """

    model: type[Model]
    columns: Sequence[str]  # of each row, in this order
    key: Sequence[str]  # what a row is known by; a unique constraint stands on it
    keeps: Sequence[str] = ()  # columns that a row keeps when it is written anew
    resets: Sequence[str] = ()  # assignments of an update besides, as SQL

    def write(self, rows: Sequence[Sequence[Any]]) -> None:
        """Add rows, or replace those with the same key; other columns stay."""
        if not rows:
            return
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                self._copy(cursor, rows)
            else:
                places = ", ".join(["%s"] * len(self.columns))
                cursor.executemany(
                    f"INSERT INTO {self._table} ({self._names}) VALUES ({places})"  # noqa: S608
                    f" {self._on_conflict}",
                    rows,
                )

    @contextmanager
    def writing_many(self) -> Iterator[None]:
        """Write many rows within, in one transaction.

        On SQLite it is ten times as fast to make the indexes anew as to put each of
        100,000 rows into each of them. Readers go on with the old state meanwhile.
        """
        if connection.vendor != "sqlite":
            yield
            return
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA cache_size = -262144")  # KiB
            cursor.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'index'"
                " AND tbl_name = %s AND sql IS NOT NULL ORDER BY name",
                [self.model._meta.db_table],  # noqa: SLF001 - documented
            )
            indexes = cursor.fetchall()
            for name, _sql in indexes:
                cursor.execute(f'DROP INDEX "{name}"')
        yield
        with connection.cursor() as cursor:
            for _name, sql in indexes:
                cursor.execute(sql)
            cursor.execute("PRAGMA cache_size = -2000")

    def learn_statistics(self) -> None:
        """Let the database learn how rows are spread, so that it picks its indexes."""
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute("PRAGMA analysis_limit = 2000")
            cursor.execute(f"ANALYZE {self._table}")

    def _copy(self, cursor: CursorWrapper, rows: Sequence[Sequence[Any]]) -> None:
        staged = f'"{self.model._meta.model_name}_staged"'  # noqa: SLF001 - documented
        cursor.execute(f"DROP TABLE IF EXISTS {staged}")
        cursor.execute(
            f"CREATE TEMPORARY TABLE {staged} ON COMMIT DROP AS"  # noqa: S608
            f" SELECT {self._names} FROM {self._table} WITH NO DATA"
        )
        with cursor.cursor.copy(f"COPY {staged} ({self._names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row([_storable(value) for value in row])
        cursor.execute(
            f"INSERT INTO {self._table} ({self._names})"  # noqa: S608
            f" SELECT {self._names} FROM {staged} {self._on_conflict}"
        )

    @cached_property
    def _table(self) -> str:
        return f'"{self.model._meta.db_table}"'  # noqa: SLF001 - documented

    @cached_property
    def _names(self) -> str:
        return _quoted(self.columns)

    @cached_property
    def _on_conflict(self) -> str:
        kept = {*self.key, *self.keeps}
        changes = (
            *(
                f'"{name}" = excluded."{name}"'
                for name in self.columns
                if name not in kept
            ),
            *self.resets,
        )
        return f"ON CONFLICT ({_quoted(self.key)}) DO UPDATE SET {', '.join(changes)}"


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _storable(value: object) -> object:
    """Return a value without the one character that PostgreSQL cannot store.

    In JSON it stands as an escape.
    """
    if isinstance(value, str) and ("\0" in value or "\\u0000" in value):
        return value.replace("\0", "").replace("\\u0000", "")
    return value
