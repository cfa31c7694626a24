"""The rows that were not taken in: which are tried again, and which may leave."""

# ruff: noqa: S608 - every name and text in the SQL is quoted by quoting.py.
import datetime as dt
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from banso.connectors.chunks import ROWS, Chunk
from banso.connectors.conforming import Origin
from banso.connectors.mapping import FileMapping
from banso.connectors.quoting import joined, text_sql
from banso.connectors.settling import KNOWN_CUSTOMERS
from banso.connectors.values import Given, canonical_text, half_width, read_value
from banso.tables.spec import Kind, TableSpec

_NEVER_RETRIED = (
    "too_many_fields",
    "too_few_fields",
    "duplicate_key",
    "unknown_customer",
    "erased_person",
)


@dataclass(frozen=True)
class Retry:
    """Rows of the quarantine that may be good now."""

    source: str
    chunks: Iterator[Chunk]
    mapping: FileMapping | None

    @property
    def origin(self) -> Origin:
        """Where the rows come from, as conforming wants to know it."""
        return Origin(self.source, self.mapping, waiting=True)


class Quarantine:
    """The quarantine of one load: as it was before, and as it will be.

    Parameters
    ----------
    con
        The load's connection; it has the table `KNOWN_CUSTOMERS`.
    parts
        The files of the quarantine before the load.
    at
        When the rows of this load were seen.

    """

    def __init__(
        self, con: duckdb.DuckDBPyConnection, parts: Sequence[Path], *, at: dt.datetime
    ) -> None:
        self._con = con
        self._at = at
        self._faults: list[Path] = []
        files = joined(text_sql(str(path)) for path in parts)
        self._is_empty = not parts
        if parts:
            con.execute(
                "CREATE OR REPLACE TEMP TABLE quarantine AS"
                f" SELECT * FROM read_parquet([{files}])"
            )
            con.execute("CREATE OR REPLACE TEMP TABLE leaving (quarantine_id VARCHAR)")

    def has_rows_of(self, table: str) -> bool:
        """Return whether rows of `table` were there before the load."""
        return not self._is_empty and self._count(f'"table" = {text_sql(table)}') > 0

    def retries(self, table: str, mappings: Sequence[FileMapping]) -> Iterator[Retry]:
        """Yield the rows that may be good now, and let them leave for the time being.

        Those are the rows whose customer has come, and those of files for which a
        mapping now says how values are written. What is still wrong comes back as a
        fault.
        """
        if self._is_empty:
            return
        of_table = f'"table" = {text_sql(table)}'
        arrived = f"waiting_for IN (SELECT customer_id FROM {KNOWN_CUSTOMERS})"
        yield from self._retry(f"{of_table} AND {arrived}", "quarantine", None)
        never = joined(text_sql(reason) for reason in _NEVER_RETRIED)
        for mapping in mappings:
            if mapping.formats or mapping.values:
                written = FileMapping(
                    file=mapping.file,
                    table=table,
                    formats=mapping.formats,
                    values=mapping.values,
                )
                pattern = text_sql(mapping.file)
                yield from self._retry(
                    f"{of_table} AND (source = {pattern} OR source GLOB {pattern})"
                    f" AND reason NOT IN ({never}) AND json_valid(raw)"
                    " AND raw NOT LIKE '{\"(line)\":%'",
                    mapping.file,
                    written,
                )

    def leave_sources(self, sources: Sequence[str], *, of: str | None) -> None:
        """Let the rows of some files leave: they are given again, or are no more.

        Only those with the reason `of`, unless that is None.
        """
        if self._is_empty or not sources:
            return
        named = joined(text_sql(source) for source in sources)
        self._con.execute(
            "INSERT INTO leaving SELECT quarantine_id FROM quarantine"
            f" WHERE source IN ({named})"
            + (f" AND reason = {text_sql(of)}" if of else "")
        )

    def leave_loaded(self, spec: TableSpec, loaded: Sequence[Path]) -> None:
        """Let the rows leave whose key was loaded well."""
        if not loaded or not self.has_rows_of(spec.name):
            return
        files = joined(text_sql(str(path)) for path in loaded)
        then = joined(f"{_key_in_raw(spec, name)} AS k{i}" for i, name in _keys(spec))
        now = joined(f"{_key_text(spec, name)} AS k{i}" for i, name in _keys(spec))
        same = joined((f"o.k{i} = n.k{i}" for i, _ in _keys(spec)), by=" AND ")
        self._con.execute(
            f"""
            INSERT INTO leaving
            SELECT o.quarantine_id
            FROM (SELECT quarantine_id, {then} FROM quarantine
                  WHERE "table" = {text_sql(spec.name)}) AS o
            SEMI JOIN (SELECT {now} FROM read_parquet([{files}], union_by_name = true))
                AS n ON {same}
            """
        )

    def add(self, faults: Path) -> None:
        """Take in the faults of this load."""
        self._faults.append(faults)

    def write(self, path: Path) -> int:
        """Write the whole quarantine after the load; return its rows (0: no file)."""
        moment = f"TIMESTAMP '{self._at.astimezone(dt.UTC):%Y-%m-%d %H:%M:%S.%f}'"
        rows = []
        if not self._is_empty:
            rows.append(
                "SELECT *, 0 AS is_new FROM quarantine ANTI JOIN leaving USING"
                " (quarantine_id)"
            )
        if self._faults:
            files = joined(text_sql(str(each)) for each in self._faults)
            first_seen = (
                f"coalesce(q.seen_at, {moment})" if not self._is_empty else moment
            )
            before = (
                "LEFT JOIN (SELECT quarantine_id, seen_at FROM quarantine) AS q"
                " USING (quarantine_id)"
                if not self._is_empty
                else ""
            )
            rows.append(
                f"SELECT f.* EXCLUDE (row, waiting), {first_seen} AS seen_at,"
                f" 1 AS is_new FROM read_parquet([{files}]) AS f {before}"
            )
        if not rows:
            return 0
        self._con.execute(
            f"""
            CREATE OR REPLACE TEMP TABLE after AS
            SELECT * EXCLUDE (is_new) FROM ({joined(rows, by=" UNION ALL BY NAME ")})
            QUALIFY row_number() OVER (PARTITION BY quarantine_id ORDER BY is_new) = 1
            """
        )
        (count,) = self._con.execute("SELECT count(*) FROM after").fetchall()[0]
        if count:
            self._con.execute(
                'COPY (SELECT * FROM after ORDER BY "table", source, line, "column",'
                f" quarantine_id) TO {text_sql(str(path))} (FORMAT parquet,"
                " COMPRESSION zstd)"
            )
        return int(count)

    def _retry(
        self, condition: str, source: str, mapping: FileMapping | None
    ) -> Iterator[Retry]:
        condition += " AND quarantine_id NOT IN (SELECT quarantine_id FROM leaving)"
        if not self._count(condition):
            return
        # A row can have several faults: all of them leave, and it is tried once.
        self._con.execute(
            f"""
            CREATE OR REPLACE TEMP TABLE retried AS
            SELECT raw, arg_min(source, (line, source)) AS source, min(line) AS line
            FROM quarantine WHERE {condition} GROUP BY raw ORDER BY source, line, raw;
            INSERT INTO leaving SELECT quarantine_id FROM quarantine WHERE {condition}
            """
        )
        yield Retry(source, self._chunks(), mapping)

    def _chunks(self) -> Iterator[Chunk]:
        (total,) = self._con.execute("SELECT count(*) FROM retried").fetchall()[0]
        for first in range(0, total, ROWS):
            rows = self._con.execute(
                "SELECT raw, source, line FROM retried"
                f" WHERE rowid >= {first} AND rowid < {first + ROWS} ORDER BY rowid"
            ).fetchall()
            objects = [json.loads(raw) for raw, _, _ in rows]
            names = sorted({name for each in objects for name in each})
            columns = {
                name: pa.array([each.get(name) for each in objects], pa.string())
                for name in names
            }
            columns["_source"] = pa.array(
                [source for _, source, _ in rows], pa.string()
            )
            lines = pa.array([line for _, _, line in rows], pa.int64())
            yield Chunk(pa.table(columns), lines, position=0)

    def _count(self, condition: str) -> int:
        (count,) = self._con.execute(
            f"SELECT count(*) FROM quarantine WHERE {condition}"
        ).fetchall()[0]
        return int(count)


def _keys(spec: TableSpec) -> list[tuple[int, str]]:
    return list(enumerate(spec.key))


def _key_in_raw(spec: TableSpec, name: str) -> str:
    """Return SQL for a key in a raw row, in the form that the loaded row has."""
    column = spec.by_name[name]
    path = text_sql(f'$."{name}"')
    text = Given(f"json_extract_string(raw, {path})", pa.string()).text
    if column.choices:
        text = f"lower({text})"
    elif column.kind is not Kind.TEXT:
        value = read_value(half_width(text), column.kind)
        value = canonical_text_of(value, column.kind)
        text = f"coalesce({value}, {text})"
    return f"coalesce({text}, '')" if column.may_be_empty else text


def _key_text(spec: TableSpec, name: str) -> str:
    return canonical_text(name, spec.by_name[name].kind)


def canonical_text_of(value: str, kind: Kind) -> str:
    """Return SQL for the text of a value that is not yet a column."""
    if kind is Kind.TIME:
        return f"strftime({value}, '%Y-%m-%d %H:%M:%S.%fZ')"
    return f"CAST({value} AS VARCHAR)"
