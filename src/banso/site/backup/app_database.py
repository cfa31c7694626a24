"""A consistent copy of the app database, and the app database from such a copy."""

# ruff: noqa: S608 - every name in the SQL is quoted by Django.
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Final

from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from banso.kernel.errors import BansoError
from banso.site.backup.archive import Database, Reader, Writer

SQLITE: Final = "database/app.sqlite3"
_ROWS: Final = "database/{table}.copy"


class DatabaseDamaged(BansoError):
    """Refuse to copy an app database that SQLite finds faults in."""

    code = "database_damaged"


class DatabaseNotEmpty(BansoError):
    """Refuse to restore into an app database that holds something."""

    code = "database_not_empty"


class OtherDatabase(BansoError):
    """Refuse to restore a backup of one kind of database into another kind."""

    code = "other_database"


def copy_sqlite(source: Path, target: Path) -> Database:
    """Copy a SQLite database while others write to it, as of one moment.

    Raises
    ------
    DatabaseDamaged
        The copy is not sound.

    """
    copy_file(source, target)
    with closing(sqlite3.connect(target)) as copy:
        found = [str(row[0]) for row in copy.execute("PRAGMA quick_check")]
        if found != ["ok"]:
            raise DatabaseDamaged(
                f"The app database {source} is damaged: {found[0]}",
                hint="Restore an earlier backup.",
                path=str(source),
                cause=found[0],
            )
        return Database("sqlite", _migrations_in(copy))


def copy_file(source: Path, target: Path) -> None:
    """Copy any SQLite database in one step: readers and writers go on meanwhile."""
    with (
        closing(sqlite3.connect(source, timeout=20)) as live,
        closing(sqlite3.connect(target)) as copy,
    ):
        live.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")


def _migrations_in(copy: sqlite3.Connection) -> tuple[tuple[str, str], ...]:
    return tuple(
        (str(app), str(name))
        for app, name in copy.execute(
            "SELECT app, name FROM django_migrations ORDER BY id"
        )
    )


def copy_postgresql(writer: Writer) -> Database:
    """Put the rows of every table into a backup, all as of one moment.

    They are read in one transaction that sees the database as it was at its begin
    and keeps nobody from writing.
    """
    columns: dict[str, tuple[str, ...]] = {}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT app, name FROM django_migrations ORDER BY id")
        migrations = tuple((str(app), str(name)) for app, name in cursor.fetchall())
        for table in _tables():
            description = connection.introspection.get_table_description(cursor, table)
            names = tuple(column.name for column in description)
            columns[table] = names
            statement = f"COPY {_quoted(table)} ({_listed(names)}) TO STDOUT"
            with (
                cursor.copy(statement) as rows,
                writer.entry(_ROWS.format(table=table)) as write,
            ):
                for block in rows:
                    write(bytes(block))
    return Database("postgresql", migrations, columns)


def unknown_migrations(database: Database) -> list[str]:
    """Return the migrations of a backup that this version of Banso does not have."""
    loader = MigrationExecutor(None).loader
    return [
        f"{app}.{name}"
        for app, name in database.migrations
        if (app, name) not in loader.disk_migrations
    ]


def is_empty() -> bool:
    """Return whether the app database holds no table."""
    return not connection.introspection.table_names()


def restore_postgresql(reader: Reader) -> None:
    """Fill the empty app database with the rows of a backup.

    The tables are made as they were then, so that the rows of an older Banso fit:
    the migrations that came since are still to be made.
    """
    database = reader.contents.database
    _migrate_to(database.migrations)
    tables = sorted(database.columns)
    with transaction.atomic(), connection.cursor() as cursor:
        # what migrating itself wrote: permissions and kinds of content
        cursor.execute(f"TRUNCATE {_listed(tables)} CASCADE")
        for table in tables:
            names = _listed(database.columns[table])
            statement = f"COPY {_quoted(table)} ({names}) FROM STDIN"
            with (
                reader.open(_ROWS.format(table=table)) as source,
                cursor.copy(statement) as rows,
            ):
                while block := source.read(1 << 20):
                    rows.write(block)
        _set_counters(cursor, tables)


def close() -> None:
    """Let go of the app database."""
    connection.close()


def _migrate_to(migrations: Iterable[tuple[str, str]]) -> None:
    """Make exactly these migrations, in the order in which they were made."""
    executor = MigrationExecutor(connection)
    wanted = [key for key in migrations if key in executor.loader.disk_migrations]
    MigrationRecorder(connection).ensure_schema()
    executor.migrate(wanted)


def _tables() -> list[str]:
    """Return the tables of all features; a cache is filled anew."""
    return sorted(
        connection.introspection.django_table_names(
            only_existing=True, include_views=False
        )
    )


def _set_counters(cursor: object, tables: Iterable[str]) -> None:
    """Let new rows get keys after those that came."""
    execute = cursor.execute  # type: ignore[attr-defined]  # Django's wrapper
    for table in tables:
        execute(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_schema = current_schema() AND table_name = %s"
            " AND (is_identity = 'YES' OR column_default LIKE 'nextval%%')",
            [table],
        )
        for (column,) in cursor.fetchall():  # type: ignore[attr-defined]
            execute(
                "SELECT setval(pg_get_serial_sequence(%s, %s),"
                f" coalesce(max({_quoted(column)}), 1), count(*) > 0)"
                f" FROM {_quoted(table)}",
                [_quoted(table), column],
            )


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(map(_quoted, names))
