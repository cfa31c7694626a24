"""Writing the rows of queries as parts of the lake, some of them at the same time."""

# ruff: noqa: S608 - every name in the SQL is quoted by columns.py.
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import duckdb
import pyarrow as pa

from banso.warehouse.bench import WrittenPart, write_sorted
from banso.warehouse.columns import name_sql
from banso.warehouse.durable import disk_faults, publish

# A part is sorted and encoded by one thread, so another one can be made beside it;
# more than a few would only share the memory.
AT_ONCE = min(4, os.cpu_count() or 1)


@dataclass(frozen=True)
class Writing:
    """A query, and the file that its rows become."""

    select: str
    path: Path  # a relative one is within the lake
    order_by: Sequence[str]  # none keep the order of a held table
    columns: Sequence[str] | None = None  # of the query; asked for when not given


@dataclass(frozen=True)
class Place:
    """Where parts are written: the lake's folder, and a workspace on the same disk."""

    root: Path
    workspace: Path


def write_part(
    con: duckdb.DuckDBPyConnection, writing: Writing, place: Place
) -> WrittenPart:
    """Write a part that is there for good, or not at all."""
    beside = place.workspace / f"{uuid4().hex}.parquet"
    with disk_faults(place.root):
        try:
            written = write_sorted(
                con,
                writing.select,
                order_by=writing.order_by,
                path=beside,
                columns=writing.columns,
            )
            publish(beside, place.root / writing.path)
        finally:
            beside.unlink(missing_ok=True)
    return written


def write_memory(
    con: duckdb.DuckDBPyConnection,
    rows: pa.Table,
    path: Path,
    order_by: Sequence[str],
    place: Place,
) -> WrittenPart:
    """Write rows in memory as they are; see `write_part`."""
    name = f"memory__{uuid4().hex}"
    con.register(name, rows)
    try:
        return write_part(con, Writing(f"SELECT * FROM {name}", path, order_by), place)
    finally:
        con.unregister(name)


def write_parts(
    con: duckdb.DuckDBPyConnection, writings: Iterable[Writing], place: Place
) -> Iterator[WrittenPart]:
    """Write parts, and yield what was written in the order of `writings`.

    Each is run by a cursor of `con`, which does not see its temporary tables.
    """

    def write(writing: Writing) -> WrittenPart:
        with con.cursor() as cursor:
            return write_part(cursor, writing, place)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        waiting = [pool.submit(write, writing) for writing in writings]
        try:
            for future in waiting:
                yield future.result()
        finally:
            for future in waiting:
                future.cancel()


def typed_sql(select: str, types: Mapping[str, str], named: Mapping[str, str]) -> str:
    """Return `select` with a DuckDB type for each column, over queries with a name."""
    typed = ", ".join(
        f"CAST({name_sql(name)} AS {stored}) AS {name_sql(name)}"
        for name, stored in types.items()
    )
    queries = ", ".join(f"{name_sql(name)} AS ({sql})" for name, sql in named.items())
    return f"{f'WITH {queries} ' if queries else ''}SELECT {typed} FROM ({select})"
