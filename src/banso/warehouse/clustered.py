"""Reading one version of the lake with an engine that computes what is asked of it."""

# ruff: noqa: S608 - every name and text in the SQL is quoted by columns.py.
import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from banso.tables.registry import TABLES
from banso.warehouse.bench import WrittenPart
from banso.warehouse.cluster import Cluster
from banso.warehouse.columns import text_sql
from banso.warehouse.connecting import connected
from banso.warehouse.lake import Lake
from banso.warehouse.manifest import Manifest, Part
from banso.warehouse.other_engine import Desk, Facts, tables_of
from banso.warehouse.queries import Build, Query, types_of
from banso.warehouse.session import GIVEN, Session, View
from banso.warehouse.views import kinds_of
from banso.warehouse.writing import Writing, typed_sql


@dataclass(frozen=True)
class ClusterQuery(Query):
    """A query in the SQL of the engine; its types are DuckDB's."""

    rows: ir.Table  # what was asked


class ClusteredSession(Session):
    """A session whose expressions are computed by Spark or within a database.

    The engine is shown the same rows, and what it found becomes files in the session's
    workspace; from there DuckDB sorts and writes parts, as it always does.
    What reads a table that only DuckDB knows (what is held, earlier releases, rows as
    known once, digests) is computed by DuckDB.

    Parameters
    ----------
    lake, manifest, views
        As of `Session`.
    cluster
        Where the engine is. A cluster sees the lake's folder under the same path.

    """

    def __init__(
        self,
        lake: Lake,
        manifest: Manifest | None = None,
        *,
        cluster: Cluster,
        views: Mapping[str, View] = MappingProxyType({}),
    ) -> None:
        super().__init__(lake, manifest, views=views)
        self._desk = Desk(self._duckdb, self._folder)
        self._values: dict[str, ir.Scalar] = {}
        # How each table that the cluster can have is shown to it, when first asked of.
        self._ways: dict[str, Callable[[], None]] = {}
        self._shown: set[str] = set()
        self._engine = connected(cluster, self._desk)
        self.opened.callback(self._engine.close)

    # -- tables: DuckDB has each of them, and the cluster those of these ways ---------

    def facts(self, table: str, *, parts: Sequence[Part] | None = None) -> ir.Table:
        """See `Session.facts`."""
        rows = super().facts(table, parts=parts)
        chosen = self._version(table).parts if parts is None else tuple(parts)
        return self._known(rows, lambda name: self._show_facts(name, table, chosen))

    def facts_given(self, table: str) -> ir.Table:
        """See `Session.facts_given`; `writing` shows the parts."""
        rows = super().facts_given(table)
        if not self._engine.takes_slices:
            return rows
        return self._known(rows, lambda _name: None)

    def parts(self, parts: Sequence[Part], *, numbered: bool = False) -> ir.Table:
        """See `Session.parts`; numbered ones are DuckDB's alone."""
        rows = super().parts(parts, numbered=numbered)
        return rows if numbered else self._known_files(rows, self._paths(parts))

    def named_parts(self, name: str, parts: Sequence[Part]) -> ir.Table:
        """See `Session.named_parts`."""
        return self._known_files(super().named_parts(name, parts), self._paths(parts))

    def named(self, name: str, rows: ir.Table) -> ir.Table:
        """See `Session.named`."""
        shown = super().named(name, rows)
        if not self._is_clustered(rows):
            self._ways.pop(name, None)
            return shown
        sql = self._sql_there(rows)
        return self._known(shown, lambda name: self._engine.show_query(name, sql))

    def named_rows(
        self, name: str, rows: Sequence[Sequence[object]], types: Mapping[str, str]
    ) -> ir.Table:
        """See `Session.named_rows`."""
        shown = super().named_rows(name, rows, types)
        return self._known(
            shown, lambda name: self._engine.show_rows(name, rows, types)
        )

    def scalar(self, name: str, value: int | dt.date | str) -> Any:
        """See `Session.scalar`; the cluster is told its value with each query."""
        given = super().scalar(name, value)
        self._values[name] = ibis.literal(value, given.type())
        return given

    # -- queries ----------------------------------------------------------------------

    def query(self, build: Build, *arguments: object) -> Query:
        """See `Session.query`; what the cluster computes is compiled each time."""
        rows = build(*arguments)
        if not self._is_clustered(rows):
            return super().query(build, *arguments)
        return self._asked(rows)

    @contextmanager
    def held(
        self, several: Iterable[Query], *, order_by: Sequence[str]
    ) -> Iterator[ir.Table]:
        """See `Session.held`: DuckDB holds what the cluster computed."""
        computed = map(self._typed_by_duckdb, several)
        with super().held(computed, order_by=order_by) as rows:
            yield rows

    def kept(self, name: str, query: Query) -> ir.Table:
        """See `Session.kept`: the rows are kept as files."""
        if not isinstance(query, ClusterQuery):
            return super().kept(name, query)
        files = self._desk.new_path()
        self._engine.keep(name, query.sql, files)
        types = self._types_by_duckdb(query.rows)
        shown = self._renamed(name, typed_sql(_rows_of(files), types, {}))
        self._ways[name] = lambda: None  # it was shown by being kept
        self._shown.add(name)
        return shown

    def to_arrow(self, expr: ir.Expr | Query) -> Any:
        """See `Session.to_arrow`."""
        if isinstance(expr, Query):
            return super().to_arrow(self._computed(expr))
        table = expr.as_table()
        if not self._is_clustered(table):
            return super().to_arrow(expr)
        found = super().to_arrow(self._computed(self._asked(table)))
        return expr.__pyarrow_result__(found.cast(table.schema().to_pyarrow()))

    def writing(
        self,
        rows: ir.Table | Query | str,
        *,
        path: Path,
        order_by: Sequence[str],
        given: Mapping[str, Sequence[Part]] = MappingProxyType({}),
    ) -> Writing:
        """See `Session.writing`."""
        if isinstance(rows, ir.Table) and self._is_clustered(rows):
            rows = self._asked(rows)
        if not isinstance(rows, ClusterQuery):
            return super().writing(rows, path=path, order_by=order_by, given=given)
        for table, parts in given.items():
            self._show_facts(table + GIVEN, table, parts)
        return super().writing(self._computed(rows), path=path, order_by=order_by)

    def write_part(
        self, rows: ir.Table | pa.Table | str, *, path: Path, order_by: Sequence[str]
    ) -> WrittenPart:
        """See `Session.write_part`."""
        if isinstance(rows, ir.Table) and self._is_clustered(rows):
            (written,) = self.write_parts(
                [self.writing(rows, path=path, order_by=order_by)]
            )
            return written
        return super().write_part(rows, path=path, order_by=order_by)

    # -- between the two --------------------------------------------------------------

    def _known(self, rows: ir.Table, show: Callable[[str], None]) -> ir.Table:
        """Note how the cluster is shown a table, and return it."""
        name = rows.op().name
        self._shown.discard(name)
        if self._engine.can_hold(rows.schema()):
            self._ways[name] = lambda: show(name)
        else:
            self._ways.pop(name, None)
        return rows

    def _known_files(self, rows: ir.Table, paths: Sequence[Path]) -> ir.Table:
        schema = rows.schema()
        return self._known(
            rows, lambda name: self._engine.show_files(name, paths, schema)
        )

    def _is_clustered(self, rows: ir.Table) -> bool:
        return tables_of(rows) <= self._ways.keys() and self._engine.can_compute(rows)

    def _asked(self, rows: ir.Table) -> ClusterQuery:
        return ClusterQuery(self._sql_there(rows), types_of(rows), rows)

    def _sql_there(self, rows: ir.Table) -> str:
        """Return the SQL of an expression, with all that it reads shown there."""
        for name in tables_of(rows) - self._shown:
            self._ways[name]()
            self._shown.add(name)
        return self._engine.sql_of(rows, self._values)

    def _computed(self, query: Query) -> Query:
        """Let the cluster compute a query, and return one of what it wrote."""
        if not isinstance(query, ClusterQuery):
            return query
        return Query(_rows_of(self._spool(query.sql)), query.types)

    def _typed_by_duckdb(self, query: Query) -> Query:
        """Return a query of what the cluster wrote, typed as DuckDB would type it."""
        if not isinstance(query, ClusterQuery):
            return query
        types = self._types_by_duckdb(query.rows)
        return Query(typed_sql(self._computed(query).sql, types, {}), types)

    def _types_by_duckdb(self, rows: ir.Table) -> Mapping[str, str]:
        described = self._duckdb.execute(f"DESCRIBE {self._runnable(rows)}").fetchall()
        return {name: stored for name, stored, *_ in described}

    def _spool(self, sql: str) -> Path:
        files = self._desk.new_path()
        self._engine.compute(sql, files)
        return files

    def _show_facts(self, name: str, table: str, parts: Sequence[Part]) -> None:
        facts = Facts(
            parts,
            root=self.lake.folder,
            kinds=kinds_of(self._version(table)),
            merged=TABLES.get(table),
            select=self._facts_sql(table, parts),
        )
        self._engine.show_facts(name, facts)

    def _paths(self, parts: Sequence[Part]) -> list[Path]:
        return [self.lake.folder / part.path for part in parts]


def _rows_of(files: Path) -> str:
    return f"SELECT * FROM read_parquet({text_sql(f'{files}/*.parquet')})"
