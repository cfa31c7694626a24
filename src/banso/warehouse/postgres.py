"""A PostgreSQL database that is shown a session's tables, and computes over them."""

# ruff: noqa: S608 - every name and text in the SQL is quoted by columns.py.
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import ibis
import ibis.expr.types as ir
from ibis.backends.sql.datatypes import DuckDBType

from banso.kernel.errors import BansoError
from banso.warehouse.cluster import Cluster
from banso.warehouse.columns import name_sql, text_sql
from banso.warehouse.other_engine import Desk, Facts, Values
from banso.warehouse.postgres_sql import (
    FUNCTIONS,
    can_compute,
    can_hold,
    literal_sql,
    names_within,
    short,
    sql_of,
    type_sql,
)
from banso.warehouse.scans import files_sql

if TYPE_CHECKING:
    import psycopg

OLDEST = 140000  # version 14: EXTRACT gives exact numbers, a lost client is noticed
_CHUNK = 1 << 20
_CSV = "(FORMAT csv, NULL '\\N')"

# Without these, PostgreSQL reads or writes the same values otherwise, or sums floats in
# another order each time.
_MEANING: Mapping[str, str] = MappingProxyType(
    {
        "search_path": "pg_temp, pg_catalog",
        "client_encoding": "UTF8",
        "TimeZone": "UTC",
        "DateStyle": "ISO, YMD",
        "IntervalStyle": "postgres",
        "extra_float_digits": "1",
        "standard_conforming_strings": "on",
        "max_parallel_workers_per_gather": "0",
        "synchronize_seqscans": "off",
        "statement_timeout": "0",
        "client_connection_check_interval": "10s",
        "jit": "off",
    }
)

# What Parquet holds of each type, as it is read from text. A number of any size stays
# text: what it is cast to, DuckDB says.
_READ_AS: Mapping[str, str] = MappingProxyType(
    {
        "bool": "BOOLEAN",
        "int2": "SMALLINT",
        "int4": "INTEGER",
        "int8": "BIGINT",
        "float4": "FLOAT",
        "float8": "DOUBLE",
        "date": "DATE",
        "timestamp": "TIMESTAMP",
        "timestamptz": "TIMESTAMPTZ",
        "text": "VARCHAR",
        "varchar": "VARCHAR",
        "numeric": "VARCHAR",
    }
)


class PostgresMissing(BansoError):
    """Refuse to run in PostgreSQL without the package that connects to it."""

    code = "postgres_missing"


class PostgresUnreachable(BansoError):
    """Refuse to run in a database that does not let us in, or went away."""

    code = "postgres_unreachable"


class PostgresUnfit(BansoError):
    """Refuse a database in which the numbers would be others, or cannot be made."""

    code = "postgres_unfit"


class PostgresFailed(BansoError):
    """Say that the database could not compute what was asked."""

    code = "postgres_failed"


def connected(cluster: Cluster, desk: Desk) -> "Postgres":
    """Return a connection; it is to be closed.

    Raises
    ------
    PostgresMissing, PostgresUnreachable, PostgresUnfit
        The package is not there; nobody answers or lets us in; the database is too old,
        sorts texts in another order, or does not let us make temporary tables.

    """
    if find_spec("psycopg") is None:
        raise PostgresMissing(
            "Computing in PostgreSQL needs the package 'psycopg'.",
            hint="Install it: `pip install 'banso[postgres]'`.",
        )
    import psycopg  # noqa: PLC0415 - of an extra

    try:
        con = psycopg.connect(
            cluster.master, autocommit=True, fallback_application_name="banso"
        )
    except psycopg.ProgrammingError as error:  # it would repeat the address
        raise _unreachable(cluster, "the address cannot be read") from error
    except psycopg.OperationalError as error:
        raise _unreachable(cluster, _first_line(error)) from error
    try:
        _prepare(con, cluster)
    except BaseException:
        con.close()
        raise
    return Postgres(con, cluster, desk)


def _prepare(con: "psycopg.Connection[tuple[object, ...]]", cluster: Cluster) -> None:
    import psycopg  # noqa: PLC0415 - of an extra

    if con.info.server_version < OLDEST:
        raise _unfit(cluster, "it is older than version 14")
    try:
        for name, value in {**cluster.settings, **_MEANING}.items():
            con.execute(f"SET {name_sql(name)} = {_setting_sql(value)}".encode())
        for function in FUNCTIONS:
            con.execute(function.encode())
    except psycopg.errors.InsufficientPrivilege as error:
        raise _unfit(cluster, _first_line(error)) from error
    except psycopg.Error as error:
        raise _failed(cluster, error) from error
    (alike,) = con.execute(_PROBE).fetchone() or (False,)
    if not alike:
        raise _unfit(cluster, "it does not sort texts by their bytes in UTF-8")


def _setting_sql(value: str) -> str:
    # A list is several values; as one, it would be the name of one schema.
    return ", ".join(text_sql(each.strip()) for each in value.split(","))


# Texts sort by code point, and small letters are those of Unicode.
_PROBE = """
    SELECT lower('ÄΣЖ') = 'äσж' AND getdatabaseencoding() = 'UTF8' AND
        array_agg(x ORDER BY x) = array_agg(x ORDER BY x COLLATE "C")
    FROM unnest(ARRAY['a', 'B', '_', 'ab', 'a-b', 'a b', 'é', 'z', 'Z', '-', 'ア',
        'あ', 'ｱ', '日', '1', '10', '9', '😀', '｡']) AS x
""".encode()


def _unreachable(cluster: Cluster, cause: str) -> PostgresUnreachable:
    return PostgresUnreachable(
        f"PostgreSQL at {cluster.shown} does not let us in: {cause}.",
        hint="Check the address, that the server runs, and the user and password."
        " The password may be in PGPASSWORD or ~/.pgpass.",
        master=cluster.shown,
        cause=cause,
    )


def _unfit(cluster: Cluster, cause: str) -> PostgresUnfit:
    return PostgresUnfit(
        f"The database {cluster.shown} cannot compute a run: {cause}.",
        hint="Make one for Banso: CREATE DATABASE banso TEMPLATE template0 ENCODING"
        " 'UTF8' LOCALE 'C.UTF-8', whose user may make temporary tables"
        " (GRANT TEMPORARY).",
        master=cluster.shown,
        cause=cause,
    )


def _failed(cluster: Cluster, error: Exception) -> PostgresFailed:
    cause = _first_line(error)
    return PostgresFailed(
        f"PostgreSQL at {cluster.shown} could not compute: {cause}.",
        hint="`banso run --engine duckdb` computes the same here.",
        master=cluster.shown,
        cause=cause,
    )


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0].strip(" .") if lines else type(error).__name__


class Postgres:
    """A connection to a database, with the temporary tables of one session.

    What it is shown and makes is temporary: it goes with the connection, however that
    ends, and no other run sees it.
    """

    takes_slices = True

    def __init__(
        self,
        con: "psycopg.Connection[tuple[object, ...]]",
        cluster: Cluster,
        desk: Desk,
    ) -> None:
        self._con = con
        self._cluster = cluster
        self._desk = desk
        self._numbers = count()
        self._names: dict[str, str] = {}  # what each name stands for just now
        self._views: set[str] = set()
        self._full: dict[str, str] = {}  # names of columns, by the short ones

    def close(self) -> None:
        """See `OtherEngine.close`."""
        self._con.close()

    def show_files(
        self,
        name: str,
        paths: Sequence[Path],
        schema: ibis.Schema | None = None,  # noqa: ARG002 - DuckDB reads the files
    ) -> None:
        """See `OtherEngine.show_files`."""
        found = [
            str(path / "*.parquet") if path.is_dir() else str(path) for path in paths
        ]
        self._fill(name, f"SELECT * FROM {files_sql(Path('/'), found)}")

    def show_facts(self, name: str, facts: Facts) -> None:
        """See `OtherEngine.show_facts`."""
        self._fill(name, facts.select)

    def show_rows(
        self, name: str, rows: Sequence[Sequence[object]], types: Mapping[str, str]
    ) -> None:
        """See `OtherEngine.show_rows`."""
        values = ", ".join(
            "(" + ", ".join(map(literal_sql, row, types.values())) + ")" for row in rows
        )
        columns = ", ".join(map(self._column, types))
        self.show_query(name, f"SELECT * FROM (VALUES {values}) AS t ({columns})")

    def show_query(self, name: str, sql: str) -> None:
        """See `OtherEngine.show_query`."""
        made = self._new_name()
        self._run(f"CREATE TEMPORARY VIEW {made} AS {self._resolved(sql)}")
        self._views.add(made)
        self._shown(name, made)

    def can_compute(self, rows: ir.Table) -> bool:
        """See `OtherEngine.can_compute`."""
        return can_compute(rows.op())

    def can_hold(self, schema: ibis.Schema) -> bool:
        """See `OtherEngine.can_hold`."""
        return can_hold(schema)

    def sql_of(self, rows: ir.Table, values: Values) -> str:
        """See `OtherEngine.sql_of`."""
        for column in rows.columns:
            self._column(column)
        return sql_of(rows, values)

    def compute(self, sql: str, folder: Path) -> None:
        """See `OtherEngine.compute`."""
        self._fetch(self._resolved(sql), folder)

    def keep(self, name: str, sql: str, folder: Path) -> None:
        """See `OtherEngine.keep`."""
        made = self._new_name()
        self._run(f"CREATE TEMPORARY TABLE {made} AS {self._resolved(sql)}")
        self._run(f"ANALYZE {made}")
        self._fetch(f"SELECT * FROM {made}", folder)
        self._shown(name, made)

    def _fill(self, name: str, select: str) -> None:
        """Send the rows of a query of DuckDB into a new table."""
        described = self._desk.duckdb.execute(f"DESCRIBE {select}").fetchall()
        columns = ", ".join(
            f"{self._column(column)} {type_sql(DuckDBType.from_string(stored))}"
            for column, stored, *_ in described
        )
        texts = [column for column, stored, *_ in described if stored == "VARCHAR"]
        quoted = ", ".join(map(name_sql, texts))
        force = f", FORCE_QUOTE ({quoted})" if texts else ""
        beside = self._desk.new_path(".csv")
        made = self._new_name()
        try:
            self._desk.duckdb.execute(
                f"COPY ({select}) TO {text_sql(str(beside))}"
                f" (FORMAT csv, HEADER false, NULLSTR '\\N'{force})"
            )
            self._run(f"CREATE TEMPORARY TABLE {made} ({columns})")
            with (
                self._faults(),
                beside.open("rb") as file,
                self._con.cursor() as cursor,
                cursor.copy(f"COPY {made} FROM STDIN {_CSV}".encode()) as copy,
            ):
                while chunk := file.read(_CHUNK):
                    copy.write(chunk)
        finally:
            beside.unlink(missing_ok=True)
        self._run(f"ANALYZE {made}")
        self._shown(name, made)

    def _fetch(self, sql: str, folder: Path) -> None:
        """Write the rows of a query into a Parquet file in a new folder."""
        folder.mkdir()
        beside = self._desk.new_path(".csv")
        try:
            with self._faults(), self._con.cursor() as cursor:
                types = self._described(sql)
                with (
                    beside.open("wb") as file,
                    cursor.copy(f"COPY ({sql}) TO STDOUT {_CSV}".encode()) as copy,
                ):
                    for chunk in copy:
                        file.write(chunk)
            columns = ", ".join(
                f"{text_sql(name)}: {text_sql(stored)}"
                for name, stored in types.items()
            )
            read = (
                f"read_csv({text_sql(str(beside))}, header = false, delim = ',',"
                f" columns = {{{columns}}}, auto_detect = false, nullstr = '\\N',"
                " quote = '\"', escape = '\"', allow_quoted_nulls = false,"
                " parallel = false)"
            )
            target = text_sql(str(folder / "rows.parquet"))
            self._desk.duckdb.execute(f"COPY (SELECT * FROM {read}) TO {target}")
        finally:
            beside.unlink(missing_ok=True)

    def _described(self, sql: str) -> Mapping[str, str]:
        """Return how each column is read, by its name."""
        found = self._con.execute(f"SELECT * FROM ({sql}) AS q LIMIT 0".encode())
        types = {}
        for column in found.description or ():
            known = self._con.adapters.types.get(column.type_code)
            assert known is not None, column.type_code
            types[self._full.get(column.name, column.name)] = _READ_AS[known.name]
        return types

    def _resolved(self, sql: str) -> str:
        return names_within(sql, self._names)

    def _column(self, column: str) -> str:
        self._full[short(column)] = column
        return name_sql(short(column))

    def _new_name(self) -> str:
        return f"shown_{next(self._numbers)}"

    def _shown(self, name: str, made: str) -> None:
        """Let a name stand for what was made; what it stood for goes, if unused."""
        import psycopg  # noqa: PLC0415 - of an extra

        before = self._names.get(name)
        self._names[name] = made
        if before is not None:
            with suppress(psycopg.errors.DependentObjectsStillExist), self._faults():
                kind = "VIEW" if before in self._views else "TABLE"
                self._con.execute(f"DROP {kind} {before}".encode())

    def _run(self, sql: str) -> None:
        with self._faults():
            self._con.execute(sql.encode())

    @contextmanager
    def _faults(self) -> Iterator[None]:
        import psycopg  # noqa: PLC0415 - of an extra

        try:
            yield
        except psycopg.OperationalError as error:
            if self._con.closed:
                raise _unreachable(self._cluster, _first_line(error)) from error
            raise _failed(self._cluster, error) from error
        except psycopg.DataError as error:
            raise _failed(self._cluster, error) from error
