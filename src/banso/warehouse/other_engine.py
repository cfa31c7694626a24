"""What a session needs of an engine that computes instead of DuckDB."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Protocol

import duckdb
import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir

from banso.tables.spec import Kind, TableSpec
from banso.warehouse.columns import text_sql
from banso.warehouse.manifest import Part

Values = Mapping[str, ir.Scalar]  # of scalars that have a name


@dataclass(frozen=True)
class Desk:
    """The session's DuckDB and workspace, for what an engine leaves to them."""

    duckdb: duckdb.DuckDBPyConnection
    folder: Path
    _numbers: "count[int]" = field(default_factory=count)

    def new_path(self, ending: str = "") -> Path:
        """Return a path that nothing is at."""
        return self.folder / f"spooled-{next(self._numbers)}{ending}"

    def copied(self, select: str) -> Path:
        """Write the rows of a query of DuckDB into a new Parquet file."""
        beside = self.new_path(".parquet")
        self.duckdb.execute(f"COPY ({select}) TO {text_sql(str(beside))}")
        return beside


@dataclass(frozen=True)
class Facts:
    """Parts of a table of facts, and how DuckDB selects the rows that count."""

    parts: Sequence[Part]
    root: Path  # the lake's folder
    kinds: Mapping[str, Kind]
    merged: TableSpec | None
    select: str


class OtherEngine(Protocol):
    """An engine with the tables of one session, each by its name.

    A name may be given to other rows later; what was built on the earlier ones keeps
    those. SQL is always the engine's own.
    """

    takes_slices: bool  # of facts, one after the other under the same name

    def close(self) -> None:
        """Leave nothing behind."""

    def show_files(
        self, name: str, paths: Sequence[Path], schema: ibis.Schema | None = None
    ) -> None:
        """Give the rows of Parquet files or folders, at least one, a name."""

    def show_facts(self, name: str, facts: Facts) -> None:
        """Give the rows of parts that count a name, as `views.facts_sql` does."""

    def show_rows(
        self, name: str, rows: Sequence[Sequence[object]], types: Mapping[str, str]
    ) -> None:
        """Give a few rows a name; `types` says the columns, as Ibis calls them."""

    def show_query(self, name: str, sql: str) -> None:
        """Give the rows of a query a name; what it reads is looked up now."""

    def can_compute(self, rows: ir.Table) -> bool:
        """Return whether it gives what DuckDB gives; if not, DuckDB computes."""

    def can_hold(self, schema: ibis.Schema) -> bool:
        """Return whether it can have a table with these columns."""

    def sql_of(self, rows: ir.Table, values: Values) -> str:
        """Return the SQL of an expression over tables that were shown."""

    def compute(self, sql: str, folder: Path) -> None:
        """Write the rows of a query as Parquet files into a new folder."""

    def keep(self, name: str, sql: str, folder: Path) -> None:
        """Compute a query once, and give what was written a name."""


def tables_of(table: ir.Table) -> frozenset[str]:
    """Return the names of the tables that an expression reads."""
    return frozenset(node.name for node in table.op().find(ops.DatabaseTable))
