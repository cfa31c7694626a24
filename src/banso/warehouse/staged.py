"""A staged Parquet file, read with the kinds that its table will have."""

# ruff: noqa: S608 - every name and text in the SQL is quoted by columns.py.
from collections.abc import Collection, Mapping
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
    by_month: bool = True  # whether each month gets a part of its own

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
    wanted = {**kinds, **{c.name: c.kind for c in spec.columns}, KNOWN_AT: Kind.TIME}
    came = {
        name: _came_as(
            con, scan, column=column, stored=types[column], wanted=wanted.get(name)
        )
        for name, column in found.items()
    }
    _refuse_misfits(came, {name: types[found[name]] for name in found}, spec)
    merged = dict(kinds)
    for name in found.keys() - spec.by_name.keys() - {KNOWN_AT}:
        merged[name] = _kind_after(kinds.get(name), came[name])
    columns = _columns(found, spec, merged)
    values = []
    for name, kind in (*columns, (KNOWN_AT, Kind.TIME)):
        value = _value(
            name, kind, found=found, came=came, may_be_empty=_may_be_empty(spec)
        )
        values.append(f"{value} AS {name_sql(name)}")
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


def _came_as(
    con: duckdb.DuckDBPyConnection,
    scan: str,
    *,
    column: str,
    stored: str,
    wanted: Kind | None,
) -> Kind | None:
    """Return the kind of a column of the file, or None when it has no value.

    A column without any value has no kind, whatever type its file gives it.
    """
    kind = kind_of(stored)
    if wanted is None or kind is wanted:
        return kind
    (values,) = one_row(con, f"SELECT count({name_sql(column)}) FROM {scan}")
    return kind if values else None


def _refuse_misfits(
    came: Mapping[str, Kind | None], types: Mapping[str, str], spec: TableSpec
) -> None:
    for name, kind in came.items():
        column = spec.by_name.get(name)
        if column is None or kind is None or _fits(kind, column.kind):
            continue
        raise StagedRefused(
            f"The column {spec.name}.{name} is {types[name]}; it must be"
            f" {column.kind}.",
            table=spec.name,
            column=name,
            found=types[name],
            expected=str(column.kind),
        )


def _fits(came: Kind, wanted: Kind) -> bool:
    """Return whether a value of the kind `came` becomes one of `wanted` unharmed."""
    if wanted in {Kind.TEXT, Kind.JSON} or came is wanted:
        return True
    return (came, wanted) in {
        (Kind.INTEGER, Kind.NUMBER),
        (Kind.INTEGER, Kind.MONEY),
        (Kind.NUMBER, Kind.MONEY),
        (Kind.DATE, Kind.TIME),
    }


def _kind_after(before: Kind | None, came: Kind | None) -> Kind:
    if before is None or came is None:
        known = before or came
        assert known is not None  # a column that is new has the kind of its file
        return known
    return wider(before, came)


def _value(
    name: str,
    kind: Kind,
    *,
    found: Mapping[str, str],
    came: Mapping[str, Kind | None],
    may_be_empty: Collection[str],
) -> str:
    was = came.get(name)
    if was is None:
        value = as_kind("", None, kind)
    elif {was, kind} <= NUMERIC:  # in one step, so that exact ones stay exact
        value = f"CAST({name_sql(found[name])} AS {STORED[kind]})"
    else:
        value = as_kind(f"CAST({name_sql(found[name])} AS {STORED[was]})", was, kind)
    if kind is Kind.NUMBER:  # NaN is no number and compares with nothing
        return f"nullif({value}, CAST('NaN' AS DOUBLE))"
    return f"coalesce({value}, '')" if name in may_be_empty else value
