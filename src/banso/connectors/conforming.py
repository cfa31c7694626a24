"""Chunks of files into typed rows, and the rows that do not fit into faults."""

# ruff: noqa: S608 - every name and text in the SQL is quoted by quoting.py.
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from banso.connectors.attributes import AttributeKinds
from banso.connectors.checks import Check, checks_of, identity, quoted_fields
from banso.connectors.chunks import Chunk, Misfit
from banso.connectors.layout import KNOWN_AT, Conforming, Field, Layout, layout_of
from banso.connectors.mapping import FileMapping
from banso.connectors.quoting import joined, name_sql, text_sql
from banso.connectors.values import (
    STORED,
    canonical_text,
    choice,
    direct_value,
    half_width,
    read_value,
    trimmed,
)
from banso.tables.spec import Kind, TableSpec

FAULTS = pa.schema(
    [
        ("quarantine_id", pa.string()),
        ("table", pa.string()),
        ("source", pa.string()),
        ("line", pa.int64()),
        ("column", pa.string()),
        ("value", pa.string()),
        ("reason", pa.string()),
        ("detail", pa.string()),
        ("waiting_for", pa.string()),
        ("raw", pa.string()),
        ("row", pa.int64()),  # the row's number within this load
        ("waiting", pa.bool_()),  # whether the row came out of the quarantine
    ]
)
_KEPT_VALUE = 500  # characters of a faulty value; the raw row keeps all of it
_DIGEST = 32  # hexadecimal digits of a derived key


@dataclass(frozen=True)
class Origin:
    """Where the rows of a chunk come from."""

    source: str  # the file's name
    mapping: FileMapping | None = None
    typed: bool = False  # whether the file declares types
    waiting: bool = False  # whether the rows come out of the quarantine


@dataclass
class Conformer:
    """Reads the chunks of one table, and writes what it makes of them into a folder.

    Each chunk becomes a Parquet file of good rows in ``good/`` and, when it has any,
    one of faults in ``faults/``.
    """

    con: duckdb.DuckDBPyConnection
    spec: TableSpec
    settings: Conforming
    folder: Path
    rows_read: int = 0  # of files, not of the quarantine
    rows_waiting: int = 0
    attributes: AttributeKinds = field(default_factory=AttributeKinds)
    _numbered: int = 0

    def __post_init__(self) -> None:
        (self.folder / "good").mkdir(parents=True)
        (self.folder / "faults").mkdir()
        # A moment without zone is the company's; DuckDB reads it in the session's.
        self.con.execute(f"SET TimeZone = {text_sql(self.settings.timezone)}")

    def take(self, chunk: Chunk, origin: Origin) -> None:
        """Read one chunk."""
        rows = self._with_places(chunk, origin)
        layout = layout_of(self.spec, rows.schema, origin.mapping)
        query = Query(layout, self.settings)
        self.con.register("chunk", rows)
        read = self._arrow(query.fast())
        bad = pc.fill_null(read.column("_bad"), fill_value=False)
        good = read.filter(pc.invert(bad)).drop_columns(["_bad"])
        if good.num_rows:
            self._write(good, "good")
            if layout.attributes:
                self.con.register("good_rows", good)
                self.attributes.narrow(
                    self.con, "good_rows", layout.attributes, typed=origin.typed
                )
                self.con.unregister("good_rows")
        if good.num_rows < read.num_rows:
            self.con.register("chunk", rows.filter(bad))
            self._write(self._arrow(query.faults()), "faults")
        self.con.unregister("chunk")
        if chunk.misfits:
            self._write(self._misfits(chunk.misfits, origin), "faults")

    def _arrow(self, sql: str) -> pa.Table:
        return self.con.sql(sql).to_arrow_table()

    def _with_places(self, chunk: Chunk, origin: Origin) -> pa.Table:
        """Return the rows with ``_row``, ``_line``, ``_source`` and ``_waiting``."""
        count = chunk.rows.num_rows
        first = self._numbered
        self._numbered += count
        if origin.waiting:
            self.rows_waiting += count
        else:
            self.rows_read += count + len(chunk.misfits)
        rows = trimmed(chunk.rows)
        places = {
            "_row": pa.array(np.arange(first, first + count)),
            "_line": chunk.lines,
            "_waiting": pa.repeat(pa.scalar(origin.waiting), count),
        }
        if "_source" not in rows.column_names:
            places["_source"] = pa.repeat(pa.scalar(origin.source), count)
        for name, values in places.items():
            rows = rows.append_column(name, values)
        return rows

    def _write(self, rows: pa.Table, folder: str) -> None:
        name = f"{self._numbered:015d}-{len(list((self.folder / folder).iterdir()))}"
        path = self.folder / folder / f"{name}.parquet"
        pq.write_table(rows, path, compression="lz4")

    def _misfits(self, misfits: tuple[Misfit, ...], origin: Origin) -> pa.Table:
        first = self._numbered
        self._numbered += len(misfits)
        rows = pa.table(
            {
                "line": pa.array([misfit.line for misfit in misfits], pa.int64()),
                "value": [misfit.value[:_KEPT_VALUE] for misfit in misfits],
                "reason": [misfit.reason for misfit in misfits],
                "detail": [misfit.detail for misfit in misfits],
                "raw": [misfit.raw for misfit in misfits],
                "row": pa.array(np.arange(first, first + len(misfits))),
            }
        )
        self.con.register("misfits", rows)
        found = self._arrow(
            f"""
            SELECT {identity(self.spec.name, "raw", "reason", "''")} AS quarantine_id,
                {text_sql(self.spec.name)} AS "table",
                {text_sql(origin.source)} AS source, line, '' AS "column", value,
                reason, detail, CAST(NULL AS VARCHAR) AS waiting_for, raw, row,
                false AS waiting
            FROM misfits
            """
        )
        self.con.unregister("misfits")
        return found.cast(FAULTS)


class Query:
    """The SQL that reads the chunks of one layout."""

    def __init__(self, layout: Layout, settings: Conforming) -> None:
        self._layout = layout
        self._settings = settings
        self._checks = tuple(checks_of(layout))

    def fast(self) -> str:
        """Return SQL for the values of all rows and whether a row is ``_bad``."""
        bad = joined((f"({check.condition})" for check in self._checks), by=" OR ")
        return (
            f"SELECT _row, _line, _source, _waiting, {joined(self._columns())},"
            f" ({bad or 'false'}) AS _bad FROM ({self._values()})"
        )

    def faults(self) -> str:
        """Return SQL for one row per fault (of rows that have one)."""
        table = self._layout.spec.name
        cases = joined(_case(check) for check in self._checks)
        raw = quoted_fields(
            {field.name: f"g{i}" for i, field in enumerate(self._layout.fields)}
        )
        return f"""
            SELECT {identity(table, "raw", "fault.reason", 'fault."column"')}
                    AS quarantine_id,
                {text_sql(table)} AS "table", _source AS source, _line AS line,
                fault."column" AS "column", left(fault.value, {_KEPT_VALUE}) AS value,
                fault.reason AS reason, fault.detail AS detail,
                CAST(NULL AS VARCHAR) AS waiting_for, raw, _row AS row,
                _waiting AS waiting
            FROM (
                SELECT *, {raw} AS raw, unnest(list_filter([{cases}],
                    lambda f: f IS NOT NULL)) AS fault
                FROM ({self._values()})
            ) ORDER BY row
        """

    def _values(self) -> str:
        """Return SQL with the columns that the checks speak of."""
        given = []
        plain = []
        values = []
        for i, each in enumerate(self._layout.fields):
            given.append(f"{each.given.text} AS g{i}")
            direct = direct_value(each.given, each.kind, zone=self._settings.timezone)
            plain.append(f"{_plain(f'g{i}', each)} AS h{i}")
            if direct is not None:  # then the texts are not made unless a row is bad
                given.append(f"{direct} AS v{i}, {each.given.is_there} AS p{i}")
            else:
                values.append(f"{_value(f'h{i}', each)} AS v{i}")
                values.append(f"(h{i} IS NOT NULL) AS p{i}")
        places = "_row, _line, _source, _waiting"
        inner = f"SELECT {joined((places, *given))} FROM chunk"
        middle = f"SELECT {joined(('*', *plain))} FROM ({inner})"
        return f"SELECT {joined(('*', *values))} FROM ({middle})"

    def _columns(self) -> list[str]:
        places = {field.name: i for i, field in enumerate(self._layout.fields)}
        columns = []
        for column in self._layout.spec.columns:
            value = f"v{places[column.name]}" if column.name in places else None
            if column.key and self._layout.spec.derived_key:
                value = self._derived_key(column.name, value)
            elif column.name == "currency":
                company = text_sql(self._settings.currency)
                value = f"coalesce({value or 'NULL'}, {company})"
            elif column.may_be_empty:
                value = f"coalesce({value or 'NULL'}, '')"
            if value is not None:
                columns.append(f"{value} AS {name_sql(column.name)}")
        columns += [
            f"v{i} AS {name_sql(field.name)}"
            for i, field in enumerate(self._layout.fields)
            if field.column is None
        ]
        return columns

    def _derived_key(self, key: str, value: str | None) -> str:
        """Return SQL for the key that a row has, or one made of all its values."""
        kinds = {
            f"v{i}": field
            for i, field in enumerate(self._layout.fields)
            if field.name not in {key, KNOWN_AT}
        }
        parts = joined(
            f"{text_sql(field.name + '=')} || {canonical_text(name, field.kind)}"
            for name, field in sorted(kinds.items(), key=lambda item: item[1].name)
        )
        digest = f"left(sha256(concat_ws(chr(31), {parts})), {_DIGEST})"
        return (
            f"CASE WHEN {value} IS NULL THEN {digest} ELSE {value} END"
            if value
            else digest
        )


def stored_types(spec: TableSpec, attributes: Mapping[str, Kind]) -> dict[str, str]:
    """Return the SQL type of each column that a row of the table may have."""
    kinds = {column.name: column.kind for column in spec.columns} | dict(attributes)
    return {name: STORED[kind] for name, kind in kinds.items()}


def _plain(text: str, field: Field) -> str:
    if field.kind in {Kind.TEXT, Kind.JSON}:
        return text
    half = half_width(text)
    if field.kind in {Kind.INTEGER, Kind.NUMBER, Kind.MONEY}:
        return f"CASE WHEN lower({text}) = 'nan' THEN NULL ELSE {half} END"
    return half


def _value(text: str, field: Field) -> str:
    if field.column is not None:
        if field.column.choices:
            return choice(text)
        if field.name == "currency":
            return f"upper({text})"
    return read_value(text, field.kind, form=field.form)


def _case(check: Check) -> str:
    return (
        f"CASE WHEN {check.condition} THEN {{'column': {text_sql(check.column)},"
        f" 'reason': {text_sql(check.reason)}, 'value': {check.value},"
        f" 'detail': {check.detail}}} END"
    )
