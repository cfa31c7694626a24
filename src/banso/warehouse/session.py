"""Reading one version of the lake: facts, results and queries, through Ibis."""

# ruff: noqa: S608 - every name and text in the SQL is quoted by columns.py.
import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import cache, cached_property
from itertools import count
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, Self

import duckdb
import ibis
import ibis.expr.datatypes as idt
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa
from ibis.backends.duckdb import Backend
from ibis.backends.sql.datatypes import DuckDBType

from banso.kernel.errors import BansoError
from banso.tables.registry import TABLES
from banso.warehouse.bench import WrittenPart
from banso.warehouse.columns import name_sql, names_sql
from banso.warehouse.durable import disk_faults
from banso.warehouse.engine import MEMORY, connect
from banso.warehouse.lake import Lake
from banso.warehouse.manifest import Manifest, Part, Release, TableVersion
from banso.warehouse.queries import (
    Build,
    Given,
    Query,
    keep_query,
    key_of,
    known_query,
    named_table,
    remember_query,
    rows_sql,
    sql_of,
    types_of,
    value_sql,
)
from banso.warehouse.readonly import (
    bad_query,
    closed_database,
    refuse_all_but_reading,
    rows_within,
)
from banso.warehouse.scans import files_sql
from banso.warehouse.staging import workspace
from banso.warehouse.views import facts_sql, kinds_of, known_sql, quarantine_sql
from banso.warehouse.writing import (
    Place,
    Writing,
    typed_sql,
    write_memory,
    write_part,
    write_parts,
)

View = Callable[["Session", Release], ir.Table]

GIVEN = "__given"  # ends the name of a table whose parts are given later


class NoSuchTable(BansoError):
    """Refuse a name that is neither a canonical table nor in the lake."""

    code = "no_such_table"


class NoSuchResult(BansoError):
    """Refuse a result that the release does not have, or that no release has yet."""

    code = "no_such_result"


class Session:
    """One DuckDB connection over one manifest, whatever is written meanwhile.

    Not to be shared between threads: each opens its own.

    Parameters
    ----------
    lake
        The lake to read.
    manifest
        The version to read; the current one when not given.
    memory, threads
        What DuckDB may use; larger intermediate results go to the lake's disk.
    views
        Results that are computed from other results when they are asked for, by name.

    """

    con: Backend

    def __init__(
        self,
        lake: Lake,
        manifest: Manifest | None = None,
        *,
        memory: str = MEMORY,
        threads: int | None = None,
        views: Mapping[str, View] = MappingProxyType({}),
    ) -> None:
        self.lake = lake
        self.manifest = manifest if manifest is not None else lake.current()
        self._memory = memory
        self._views = views
        self._sql: dict[str, str] = {}  # every view made so far, in order
        self._parts: dict[str, str] = {}  # the names of views of parts, by their SQL
        self._numbers = count()
        self._compiled: dict[ops.Node, str] = {}
        self.opened = ExitStack()
        self._folder = self.opened.enter_context(workspace(lake.folder))
        self._place = Place(lake.folder, self._folder)
        self._duckdb = self.opened.enter_context(
            connect(spill=self._folder, memory=memory, threads=threads)
        )
        self.con = ibis.duckdb.from_connection(self._duckdb)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give back the connection and the disk space."""
        self.opened.close()

    def has(self, table: str) -> bool:
        """Return whether the table of facts `table` has any row."""
        version = self.manifest.facts.get(table)
        return version is not None and version.rows > 0

    def facts(self, table: str, *, parts: Sequence[Part] | None = None) -> ir.Table:
        """Return the rows of a table of facts that count.

        Parameters
        ----------
        table
            A canonical table, or one that the lake holds.
        parts
            Only these parts of it, for work in slices.

        Returns
        -------
        ir.Table
            Every column of the contract (a missing one is null), then the attributes,
            then ``known_at``. Kinds are stored as `Kind` says; a time has no zone and
            is UTC; JSON is text. A table without rows has the columns all the same.

        Raises
        ------
        NoSuchTable
            There is no table of that name.

        """
        chosen = self._version(table).parts if parts is None else tuple(parts)
        name = table if parts is None else f"{table}__{next(self._numbers)}"
        return self._view(name, lambda: self._facts_sql(table, chosen))

    def facts_given(self, table: str) -> ir.Table:
        """Return a table of facts without saying which parts: `writing` is given them.

        So an expression is compiled once for many slices.
        """
        return named_table(table + GIVEN, self.facts(table).schema())

    def facts_as_given(self, table: str) -> ir.Table:
        """Return the rows of a table as if no customer had been merged."""
        found = self._version(table)
        rows = facts_sql(self.lake.folder, found.parts, kinds=kinds_of(found))
        return self._view(f"{table}__as_given", lambda: rows)

    def facts_as_known(self, table: str, on: dt.date) -> ir.Table:
        """Return the rows of a table as they were known at the end of a day (UTC).

        A row that came with ``known_at`` is there from that day on, until the day on
        which a correction became known. A row without it counts as always known.
        """
        version = self._version(table)
        return self._view(
            f"{table}__known_{on:%Y%m%d}",
            lambda: known_sql(self.lake.folder, version, on=on),
        )

    def quarantine(self) -> ir.Table:
        """Return the rows that were not taken in, with where and why."""
        parts = self.manifest.quarantine
        return self._view("quarantine", lambda: quarantine_sql(self.lake.folder, parts))

    def result(self, name: str, release: Release | None = None) -> ir.Table:
        """Return a result table of a release (the newest one when not given).

        Raises
        ------
        NoSuchResult
            The release has no such table, or nothing was released yet.

        """
        release = release or self.manifest.release
        if release is None:
            raise NoSuchResult("Nothing was released yet.", result=name)
        newest = release is self.manifest.release
        view = name if newest else f"{name}__{release.release_id}"
        if view in self._sql:
            return self._table(view)
        if name in self._views:
            expression = self._views[name](self, release)
            return self._view(view, lambda: sql_of(expression))
        paths = [part.path for part in release.tables.get(name, ())]
        if not paths:
            raise NoSuchResult(f"The release has no table '{name}'.", result=name)
        return self._view(
            view, lambda: f"SELECT * FROM {files_sql(self.lake.folder, paths)}"
        )

    def parts(self, parts: Sequence[Part], *, numbered: bool = False) -> ir.Table:
        """Return the rows of derived parts, at least one, as they lie on the disk.

        When `numbered`, with ``part_no`` (int32): which of them a row lies in.
        """
        paths = [part.path for part in parts]
        number = "CAST(p.file_index AS INT) AS part_no, " if numbered else ""
        select = f"SELECT {number}p.* FROM {files_sql(self.lake.folder, paths)} AS p"
        if select not in self._parts:
            # By the order in which they are asked for: what is asked of them again, of
            # other files, is then the same SQL.
            self._parts[select] = f"parts__{next(self._numbers)}"
        return self._view(self._parts[select], lambda: select)

    # What `query` is asked of has a name, until that is given to something else.

    def named(self, name: str, rows: ir.Table) -> ir.Table:
        """Return the rows of an expression as a table with a name."""
        return self._renamed(name, self._runnable(rows))

    def named_parts(self, name: str, parts: Sequence[Part]) -> ir.Table:
        """Return what `parts` does as a table with a name."""
        files = files_sql(self.lake.folder, [part.path for part in parts])
        return self._renamed(name, f"SELECT p.* FROM {files} AS p")

    def named_rows(
        self, name: str, rows: Sequence[Sequence[object]], types: Mapping[str, str]
    ) -> ir.Table:
        """Return a few rows, at least one, as a table with a name.

        They hold whole numbers, dates, texts and None; `types` are the columns, each
        with its type as Ibis calls it.
        """
        return self._renamed(name, rows_sql(rows, types))

    def scalar(self, name: str, value: int | dt.date | str) -> Any:
        """Return a number (int32), date or text with a name.

        DuckDB plans as if the value were written in the query.
        """
        dtype = {int: "int32", str: "string"}.get(type(value), "date")
        macro = f"{name_sql(name)}() AS {value_sql(value, dtype)}"
        self._duckdb.execute(f"CREATE OR REPLACE MACRO {macro}")
        return Given(name, dtype).to_expr()

    def query(self, build: Build, *arguments: object) -> Query:
        """Return the SQL of ``build(*arguments)``, which is built only once.

        Building and compiling an expression takes longer than a day's rows do. What
        changes from day to day, files and dates, has a name and stays out of the SQL;
        everything else that the SQL depends on names the file that it is kept in. So
        the query is to be run before a name is given to something else.

        Parameters
        ----------
        build
            A function of a module that returns an expression.
        arguments
            See `queries.key_of`.

        """
        key, lake = key_of(build, arguments), self.lake.folder
        query = known_query(lake, key)
        if query is None:
            rows = build(*arguments)
            assert not rows.op().find(ops.InMemoryTable), "rows in memory are not kept"
            query = Query(self._runnable(rows), types_of(rows))
            keep_query(lake, key, query)
        return remember_query(key, query)

    @contextmanager
    def held(
        self, several: Iterable[Query], *, order_by: Sequence[str]
    ) -> Iterator[ir.Table]:
        """Give the rows of queries as one table, which goes when the block ends.

        The rows of each lie in the order of some columns, so that what is filtered by
        these is found without looking at all rows.
        """
        name = f"held__{next(self._numbers)}"
        order = f"ORDER BY {names_sql(order_by)}"
        verb = f"CREATE TABLE {name} AS"  # no temporary one: cursors read it as well
        with disk_faults(self.lake.folder):
            try:
                for query in several:
                    select = f"SELECT * FROM ({query.sql}) {order}"
                    self._duckdb.execute(f"{verb} {select}")
                    verb = f"INSERT INTO {name}"
                yield self._table(name)
            finally:
                self._duckdb.execute(f"DROP TABLE IF EXISTS {name}")

    def kept(self, name: str, query: Query) -> ir.Table:
        """Return the rows of a query, run once for several others, as a named table."""
        assert name not in self._sql, "a name of its own"
        with disk_faults(self.lake.folder):
            verb = f"CREATE OR REPLACE TABLE {name_sql(name)} AS"
            self._duckdb.execute(f"{verb} {query.sql}")
        return self._table(name)

    def to_arrow(self, expr: ir.Expr | Query) -> Any:
        """Return a `pa.Table`, an array or a scalar, with the types that Ibis says."""
        if isinstance(expr, Query):
            select = typed_sql(expr.sql, expr.types, {})
            with disk_faults(self.lake.folder):
                return self._duckdb.sql(select).to_arrow_table()
        wanted = expr.as_table().schema().to_pyarrow()
        with disk_faults(self.lake.folder):
            found = self._duckdb.sql(self._runnable(expr)).to_arrow_table().cast(wanted)
        return expr.__pyarrow_result__(found)

    def batches(self, expr: ir.Expr, rows: int = 50_000) -> Iterator[pa.RecordBatch]:
        """Yield the rows of an expression, some at a time."""
        sql = self._runnable(expr)
        in_memory = expr.op().find(ops.InMemoryTable)
        # A cursor lets other queries run meanwhile, but cannot see tables in memory.
        con = self._duckdb if in_memory else self._duckdb.cursor()
        with disk_faults(self.lake.folder):
            yield from con.sql(sql).to_arrow_reader(rows)

    def writing(
        self,
        rows: ir.Table | Query | str,
        *,
        path: Path,
        order_by: Sequence[str],
        given: Mapping[str, Sequence[Part]] = MappingProxyType({}),
    ) -> Writing:
        """Return what `write_parts` is to write as one file.

        Parameters
        ----------
        rows
            What to write. Unless it is bare SQL, it is written with the types that
            Ibis says; DuckDB's own can differ (a sum of integers has 128 bits).
        path
            Where to; a relative path is within the lake.
        order_by
            Columns that order the rows fully: then the same rows give the same bytes.
            None keep the order of a held table.
        given
            The parts that `facts_given` stands for, by table.

        """
        if isinstance(rows, str):
            return Writing(rows, path, order_by)
        if isinstance(rows, ir.Table):
            rows = Query(self._runnable(rows), types_of(rows))
        named = {t + GIVEN: self._facts_sql(t, parts) for t, parts in given.items()}
        select = typed_sql(rows.sql, rows.types, named)
        return Writing(select, path, order_by, tuple(rows.types))

    def write_part(
        self, rows: ir.Table | pa.Table | str, *, path: Path, order_by: Sequence[str]
    ) -> WrittenPart:
        """Write one Parquet file, for good or not at all; see `writing`.

        Rows in memory are written as they are.

        Raises
        ------
        DiskFull
            There is no space left.

        """
        if isinstance(rows, pa.Table):
            return write_memory(self._duckdb, rows, path, order_by, self._place)
        writing = self.writing(rows, path=path, order_by=order_by)
        return write_part(self._duckdb, writing, self._place)

    def write_parts(self, writings: Iterable[Writing]) -> Iterator[WrittenPart]:
        """Write several files at the same time, and yield in their order.

        As `write_part`, but not from memory.
        """
        return write_parts(self._duckdb, writings, self._place)

    def read_only(self, sql: str, *, seconds: float = 300) -> pa.RecordBatchReader:
        """Run one query over the facts and results, for somebody who may only look.

        Tables have the names of facts and results. The reader lives as long as the
        session, and for `seconds` at most.

        Raises
        ------
        ReadOnlyRefused
            The SQL is not one query, or reaches for something else.
        BadQuery
            It cannot be understood or carried out.
        QueryTooLong
            The seconds are over, while it works or while its rows are read.

        """
        con, tables = self._closed
        refuse_all_but_reading(con, sql, tables=tables)
        try:
            with disk_faults(self.lake.folder):
                return rows_within(con, sql, seconds=seconds)
        except duckdb.Error as error:
            raise bad_query(error) from error

    @cached_property
    def _closed(self) -> tuple[duckdb.DuckDBPyConnection, frozenset[str]]:
        tables = set(self._register_all())
        parts = list(self.manifest.list_parts())
        named = {part.path for part in parts} | {p.deletes for p in parts if p.deletes}
        con = closed_database(
            self._sql,
            files=[str(self.lake.folder / path) for path in sorted(named)],
            spill=self._folder / "closed",
            memory=self._memory,
        )
        self.opened.enter_context(con)
        return con, frozenset(tables)

    def _register_all(self) -> Iterator[str]:
        for table in sorted({*TABLES, *self.manifest.facts}):
            self.facts(table)
            yield table
        self.quarantine()
        yield "quarantine"
        release = self.manifest.release
        if release is None:
            return
        for name in sorted({*release.tables, *self._views}):
            try:
                self.result(name)
            except NoSuchResult:  # a view over a table that this release lacks
                continue
            yield name

    def _version(self, table: str) -> TableVersion:
        if table in self.manifest.facts:
            return self.manifest.facts[table]
        if table in TABLES:
            return TableVersion(table, {})
        raise NoSuchTable(f"There is no table '{table}'.", table=table)

    def _facts_sql(self, table: str, parts: Sequence[Part]) -> str:
        kinds = kinds_of(self._version(table))
        spec = TABLES.get(table)
        return facts_sql(self.lake.folder, parts, kinds=kinds, merged=spec)

    def _view(self, name: str, sql: Callable[[], str]) -> ir.Table:
        if name not in self._sql:
            self._sql[name] = sql()
            self._duckdb.execute(f"CREATE VIEW {name_sql(name)} AS {self._sql[name]}")
        return self._table(name)

    def _renamed(self, name: str, sql: str) -> ir.Table:
        assert name not in self._sql, "a name of its own"
        self._duckdb.execute(f"CREATE OR REPLACE VIEW {name_sql(name)} AS {sql}")
        return self._table(name)

    def _table(self, view: str) -> ir.Table:
        # As `self.con.table` does, which calls what DuckDB 2 deprecates.
        described = self._duckdb.execute(f"DESCRIBE {name_sql(view)}").fetchall()
        schema = ibis.schema({name: _dtype(stored) for name, stored, *_ in described})
        return named_table(view, schema)

    def _runnable(self, expr: ir.Expr) -> str:
        """Return the SQL of `expr`, with its tables in memory made known to DuckDB."""
        table = expr.as_table()
        if table.op() not in self._compiled:
            self.con._run_pre_execute_hooks(table)  # noqa: SLF001 - has no public name
            self._compiled[table.op()] = sql_of(table)
        return self._compiled[table.op()]


@cache
def _dtype(stored: str) -> idt.DataType:
    return DuckDBType.from_string(stored)
