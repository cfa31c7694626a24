"""Writing many rows as they come: CSV, JSON, Parquet, or a table to read."""

import datetime as dt
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import islice
from typing import BinaryIO, Literal

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import csv

from banso.cli.output import print_table
from banso.cli.words import words, write_line
from banso.warehouse.plain_rows import (
    flat_schema,
    flattened,
    harmless,
    in_json,
    in_utc,
    jsonable,
)

RowFormat = Literal["csv", "parquet", "json"]
READABLE_ROWS = 1000


def write_rows(
    batches: Iterable[pa.RecordBatch],
    *,
    schema: pa.Schema,
    row_format: RowFormat,
    to: BinaryIO,
    exact: bool = False,
) -> int:
    """Write `batches` to `to` without holding them all, and return how many rows.

    CSV and JSON are UTF-8; JSON is one array with one object a line. Moments are in
    UTC, lists are written as JSON in CSV, and NaN is null in JSON. In CSV a text that
    a spreadsheet would run as a formula begins with an apostrophe, unless `exact`.
    """
    if row_format == "csv":
        return _write_csv(batches, schema, to, exact=exact)
    if row_format == "parquet":
        return _write_parquet(batches, schema, to)
    return _write_json(batches, to)


def print_rows(batches: Iterable[pa.RecordBatch], *, schema: pa.Schema) -> None:
    """Print rows in columns, at most `READABLE_ROWS` of them."""
    rows = list(islice(_rows(batches), READABLE_ROWS + 1))
    shown = [[_readable(value) for value in row] for row in rows[:READABLE_ROWS]]
    print_table(schema.names, shown)
    if len(rows) > READABLE_ROWS:
        write_line(
            words(
                "… 先頭の {n} 行です。すべては --json か banso export で。",
                "… the first {n} rows; --json or banso export give all of them.",
                n=READABLE_ROWS,
            )
        )


def _rows(batches: Iterable[pa.RecordBatch]) -> Iterator[tuple[object, ...]]:
    for batch in batches:
        columns = [column.to_pylist() for column in batch.columns]
        yield from zip(*columns, strict=True)


def _readable(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, Decimal):
        return f"{value:f}"  # never 0E-18
    if isinstance(value, dt.datetime):
        return in_utc(value)
    text = in_json(jsonable(value)) if isinstance(value, list | dict) else str(value)
    return " ".join(text.split())


def _write_csv(
    batches: Iterable[pa.RecordBatch],
    schema: pa.Schema,
    to: BinaryIO,
    *,
    exact: bool,
) -> int:
    count = 0
    flat = flat_schema(schema)
    with csv.CSVWriter(to, flat) as writer:
        for batch in batches:
            rows = flattened(batch, flat)
            writer.write_batch(rows if exact else harmless(rows))
            count += batch.num_rows
    return count


def _write_parquet(
    batches: Iterable[pa.RecordBatch], schema: pa.Schema, to: BinaryIO
) -> int:
    count = 0
    with pq.ParquetWriter(to, schema) as writer:
        for batch in batches:
            writer.write_batch(batch)
            count += batch.num_rows
    return count


def _write_json(batches: Iterable[pa.RecordBatch], to: BinaryIO) -> int:
    count = 0
    to.write(b"[")
    for batch in batches:
        for row in batch.to_pylist():
            values = {name: jsonable(value) for name, value in row.items()}
            to.write(b",\n" if count else b"\n")
            to.write(in_json(values).encode())
            count += 1
    to.write(b"\n]\n")
    return count
