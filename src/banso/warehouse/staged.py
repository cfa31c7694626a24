"""A staged Parquet file, read with the kinds that its table will have."""

# ruff: noqa: S608 - every name and text in the SQL is quoted by columns.py.
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from banso.kernel.errors import BansoError
from banso.tables.spec import Kind, TableSpec
from banso.warehouse.columns import (
    KEY_HASH,
    KNOWN_AT,
    NUMERIC,
    RESERVED,
    ROW_HASH,
    STORED,
    Columns,
    as_kind,
    content_hash,
    kind_of,
    name_sql,
    names_sql,
    text_sql,
    wider,
)
from banso.warehouse.engine import one_row


class StagedRefused(BansoError):
    """Refuse a staged file whose columns cannot become rows of the table."""

    code = "staged_refused"


@dataclass(frozen=True)
class Staged:
    """The typed rows of a staged file, as a view called `VIEW` in the connection."""

    spec: TableSpec
    columns: Columns  # those that the file has, without `known_at`
    kinds: Mapping[str, Kind]  # the table's columns once these rows are in
    rows: int

    VIEW = "staged_rows"

    @property
    def key_hash(self) -> str:
        """SQL for the hash of the key."""
        return content_hash(tuple(c for c in self.columns if c[0] in self.spec.key))

    @property
    def row_hash(self) -> str:
        """SQL for the hash of everything but ``known_at``."""
        return content_hash(self.columns)

    @property
    def hashes(self) -> str:
        """SQL for both hashes with the names that they are stored under."""
        return f"{self.key_hash} AS {KEY_HASH}, {self.row_hash} AS {ROW_HASH}"

    @property
    def names(self) -> str:
        """The columns as an SQL list, in the order in which they are stored."""
        return names_sql([name for name, _ in self.columns])


def read_staged(
    con: duckdb.DuckDBPyConnection,
    path: Path,
    *,
    spec: TableSpec,
    kinds: Mapping[str, Kind],
) -> Staged:
    """Make the view over `path` and return what it holds.

    Parameters
    ----------
    con
        The writer's connection.
    path
        The staged file, with unique keys that are not null.
    spec
        The table it belongs to.
    kinds
        The table's columns so far; empty for a table that has none.

    Raises
    ------
    StagedRefused
        A key column is missing, a name is reserved, or a type does not fit.

    """
    scan = f"read_parquet({text_sql(str(path))}, hive_partitioning = false)"
    described = con.execute(f"DESCRIBE SELECT * FROM {scan}").fetchall()
    types = {str(name): str(stored) for name, stored, *_ in described}
    _refuse_bad_names(types, spec)
    found = {_canonical(name, spec, kinds): name for name in types}
    came = {name: _came_as(types[found[name]], name, spec) for name in found}
    merged = dict(kinds)
    for name in found.keys() - spec.by_name.keys() - {KNOWN_AT}:
        merged[name] = _kind_after(con, scan, found[name], came[name], kinds.get(name))
    columns = _columns(found, spec, merged)
    values = [
        f"{_value(name, kind, found, came, spec)} AS {name_sql(name)}"
        for name, kind in (*columns, (KNOWN_AT, Kind.TIME))
    ]
    con.execute(
        f"CREATE OR REPLACE TEMP VIEW {Staged.VIEW} AS"
        f" SELECT {', '.join(values)}, file_row_number AS staged_no FROM {scan}"
    )
    (rows,) = one_row(con, f"SELECT count(*) FROM {scan}")
    assert isinstance(rows, int)
    return Staged(spec, columns, {**merged, **dict(columns)}, rows)


def _refuse_bad_names(types: Mapping[str, str], spec: TableSpec) -> None:
    names = {name.lower() for name in types}
    missing = [name for name in spec.key if name not in names | _may_be_empty(spec)]
    if missing:
        raise StagedRefused(
            f"The rows for {spec.name} lack the key column {missing[0]}.",
            table=spec.name,
            column=missing[0],
        )
    reserved = sorted((names & RESERVED) | {n for n in names if n == "staged_no"})
    if reserved:
        raise StagedRefused(
            f"The column name {reserved[0]} (of {spec.name}) is reserved.",
            hint="Map the column to another name.",
            table=spec.name,
            column=reserved[0],
        )


def _canonical(name: str, spec: TableSpec, kinds: Mapping[str, Kind]) -> str:
    """Return the name under which the table has this column; case does not count."""
    if name.lower() in spec.by_name or name.lower() == KNOWN_AT:
        return name.lower()
    return next((known for known in kinds if known.lower() == name.lower()), name)


def _columns(
    found: Mapping[str, str], spec: TableSpec, merged: Mapping[str, Kind]
) -> Columns:
    """Return what is stored: of the contract in its order, then the attributes."""
    contract = tuple(
        (column.name, column.kind)
        for column in spec.columns
        if column.name in found or column.may_be_empty
    )
    attributes = sorted(found.keys() - spec.by_name.keys() - {KNOWN_AT})
    return (*contract, *((name, merged[name]) for name in attributes))


def _may_be_empty(spec: TableSpec) -> set[str]:
    return {column.name for column in spec.columns if column.may_be_empty}


def _came_as(stored: str, name: str, spec: TableSpec) -> Kind:
    kind = kind_of(stored)
    column = spec.by_name.get(name)
    if column is None or STORED[kind] == STORED[column.kind]:
        return kind
    if kind is Kind.TEXT:
        raise StagedRefused(
            f"The column {spec.name}.{name} is {stored}, and {column.kind} is needed.",
            table=spec.name,
            column=name,
            found=stored,
            expected=str(column.kind),
        )
    return kind


def _kind_after(
    con: duckdb.DuckDBPyConnection,
    scan: str,
    column: str,
    came: Kind,
    before: Kind | None,
) -> Kind:
    if before is None or before is came:
        return came
    (values,) = one_row(con, f"SELECT count({name_sql(column)}) FROM {scan}")
    # A column without any value has no kind of its own, whatever its file says.
    return wider(before, came) if values else before


def _value(
    name: str,
    kind: Kind,
    found: Mapping[str, str],
    came: Mapping[str, Kind],
    spec: TableSpec,
) -> str:
    if name not in found:
        empty = name in spec.by_name and spec.by_name[name].may_be_empty
        return "''" if empty else as_kind("", None, kind)
    column = name_sql(found[name])
    if {came[name], kind} <= NUMERIC:  # in one step, so that exact ones stay exact
        value = f"CAST({column} AS {STORED[kind]})"
    else:
        value = as_kind(f"CAST({column} AS {STORED[came[name]]})", came[name], kind)
    if kind is Kind.NUMBER:  # NaN is no number and compares with nothing
        return f"nullif({value}, CAST('NaN' AS DOUBLE))"
    if name in _may_be_empty(spec):
        return f"coalesce({value}, '')"
    return value
