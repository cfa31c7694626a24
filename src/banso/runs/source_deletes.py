"""Rows that a source no longer has: by a flag of its own, or by comparing keys."""

# ruff: noqa: S608 - every name and text in the SQL is quoted by quoting.py.
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from banso.connectors.chunks import Chunk
from banso.connectors.conforming import Conformer, Origin
from banso.connectors.headers import normal_name, normal_names
from banso.connectors.layout import Conforming
from banso.connectors.mapping import FileMapping
from banso.connectors.quoting import joined, name_sql, text_sql
from banso.connectors.sources import DataSource, SourceTable
from banso.kernel.remarks import Remark
from banso.runs.project import Project
from banso.runs.source_states import source_folder
from banso.tables.registry import TABLES
from banso.tables.spec import TableSpec
from banso.warehouse.draft import Draft
from banso.warehouse.durable import publish

_TRUE = ("true", "1", "yes", "y", "t")
_FEW = 20  # rows that may go at once, whatever share that is
_SHARE = 0.5  # of the rows that may go at once


def is_flagged(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return which values say that a row is no more: true, not 0, or a moment."""
    kind = column.type
    if pa.types.is_boolean(kind):
        flags = column
    elif pa.types.is_integer(kind) or pa.types.is_floating(kind):
        flags = pc.not_equal(column, 0)
    elif pa.types.is_temporal(kind):
        flags = pc.is_valid(column)
    else:
        lower = pc.utf8_lower(pc.utf8_trim_whitespace(column))
        flags = pc.is_in(lower, pa.array(_TRUE))
    return pc.fill_null(flags, fill_value=False)


@dataclass
class Deletes:
    """What left one table of a source."""

    project: Project
    source: DataSource
    table: SourceTable
    con: duckdb.DuckDBPyConnection
    folder: Path  # to work in
    notes: list[Remark] = field(default_factory=list)
    _now: Path | None = None
    _made: int = 0

    def key_columns(self, known: Mapping[str, str]) -> tuple[str, ...]:
        """Return their columns that the key of a row is made from."""
        wanted = {
            normal_name(self.table.columns.get(name, name)) for name in self._spec.key
        }
        return tuple(name for name in known if normal_name(name) in wanted)

    def withdraw(self, draft: Draft, gone: pa.Table) -> int:
        """Take rows out that the source gave as deleted; return how many were there."""
        if not gone.num_rows:
            return 0
        return self.withdraw_listed(draft, self._keys([gone]))

    def withdraw_listed(self, draft: Draft, gone: Path | None) -> int:
        """Take out the rows whose keys a file lists."""
        if gone is None:
            return 0
        return draft.withdraw_rows(TABLES[self.table.table], gone=gone)

    def compare(self, pieces: Iterable[pa.Table], *, trust: bool) -> Path | None:
        """Return a file of the keys that were there the last time and are no more.

        Parameters
        ----------
        pieces
            The keys that are there now, as the source writes them.
        trust
            Also when more than half are gone, which is rather a fault of the source.

        """
        self._now = self._keys(pieces)
        seen = self._seen
        if not seen.exists():
            return None
        gone = self.folder / "gone.parquet"
        self.con.execute(
            f"COPY (SELECT * FROM read_parquet({text_sql(str(seen))}) AS s ANTI JOIN"
            f" read_parquet({text_sql(str(self._now))}) AS n USING ({self._named}))"
            f" TO {text_sql(str(gone))} (FORMAT parquet)"
        )
        left, before = (pq.read_metadata(path).num_rows for path in (gone, seen))
        if not left:
            return None
        if left > max(_FEW, before * _SHARE) and not trust:
            self.notes.append(
                Remark(
                    "source_shrunk",
                    f"{self.table.from_} has lost {left:,} of {before:,} rows. None was"
                    " withdrawn; if that is right, read it with --full.",
                    {"table": self.table.from_, "left": left, "before": before},
                )
            )
            self._now = None  # what was seen stays seen
            return None
        return gone

    def remember(self) -> None:
        """Keep the keys that are there now, for the next time."""
        if self._now is not None:
            publish(self._now, self._seen)

    @property
    def _seen(self) -> Path:
        plain = "".join(c if c.isalnum() or c in "._-" else "_" for c in self._title)
        return source_folder(self.project, self.source) / f"{plain}.keys.parquet"

    @property
    def _title(self) -> str:
        return f"{self.table.from_}-{self.table.table}"

    @property
    def _spec(self) -> TableSpec:
        return TABLES[self.table.table]

    @property
    def _named(self) -> str:
        return joined(name_sql(name) for name in self._spec.key)

    def _keys(self, pieces: Iterable[pa.Table]) -> Path:
        """Write their keys as the lake has them; return the file."""
        self._made += 1
        spec = self._spec
        only = tuple(column for column in spec.columns if column.key)
        keys = replace(spec, columns=only, derived_key=False, time=None)
        settings = Conforming(self.project.timezone, self.project.currency)
        folder = self.folder / f"keys-{self._made}"
        conformer = Conformer(self.con, keys, settings, folder)
        origin = Origin("keys", self._mapping(), typed=True)
        for rows in pieces:
            lines = pa.array(range(1, rows.num_rows + 1), pa.int64())
            plain = rows.rename_columns(normal_names(rows.column_names))
            conformer.take(Chunk(plain, lines, position=0), origin)
        path = folder / "keys.parquet"
        good = list((folder / "good").glob("*.parquet"))
        if not good:
            schema = pa.schema([(column.name, pa.string()) for column in only])
            pq.write_table(schema.empty_table(), path)
            return path
        files = text_sql(str(folder / "good" / "*.parquet"))
        self.con.execute(
            f"COPY (SELECT DISTINCT {self._named} FROM read_parquet({files}))"
            f" TO {text_sql(str(path))} (FORMAT parquet)"
        )
        return path

    def _mapping(self) -> FileMapping:
        given = self.table.mapping("keys")
        keys = set(self._spec.key)
        parts = {
            name: {ours: v for ours, v in getattr(given, name).items() if ours in keys}
            for name in ("columns", "formats", "constants", "values")
        }
        return given.model_copy(update={**parts, "monthly": {}, "attributes": False})
