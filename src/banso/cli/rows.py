"""Writing many rows as they come: CSV, JSON, Parquet, or a table to read."""

import datetime as dt
import json
import math
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import islice
from typing import BinaryIO, Literal

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyarrow import csv

from banso.cli.output import plain, print_table
from banso.cli.words import words, write_line

RowFormat = Literal["csv", "parquet", "json"]
READABLE_ROWS = 1000


def write_rows(
    batches: Iterable[pa.RecordBatch],
    *,
    schema: pa.Schema,
    row_format: RowFormat,
    to: BinaryIO,
) -> int:
    """Write `batches` to `to` without holding them all, and return how many rows.

    CSV and JSON are UTF-8; JSON is one array with one object a line. Moments are in
    UTC, lists are written as JSON in CSV, and NaN is null in JSON.
    """
    if row_format == "csv":
        return _write_csv(batches, schema, to)
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
    if isinstance(value, dt.datetime):
        return _in_utc(value)
    text = _in_json(_jsonable(value)) if isinstance(value, list | dict) else str(value)
    return " ".join(text.split())


def _write_csv(
    batches: Iterable[pa.RecordBatch], schema: pa.Schema, to: BinaryIO
) -> int:
    count = 0
    flat = pa.schema([(field.name, _flat_type(field.type)) for field in schema])
    with csv.CSVWriter(to, flat) as writer:
        for batch in batches:
            columns = [
                _flattened(column, field.type)
                for column, field in zip(batch.columns, flat, strict=True)
            ]
            writer.write_batch(pa.RecordBatch.from_arrays(columns, schema=flat))
            count += batch.num_rows
    return count


def _flat_type(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_nested(kind) or pa.types.is_timestamp(kind):
        return pa.string()
    return kind


def _flattened(column: pa.Array, kind: pa.DataType) -> pa.Array:
    """Return a column that CSV can hold, or the column as it is."""
    if column.type == kind:
        return column
    if pa.types.is_timestamp(column.type):
        return pc.strftime(column, format="%Y-%m-%dT%H:%M:%SZ")
    texts = (
        None if value is None else _in_json(_jsonable(value))
        for value in column.to_pylist()
    )
    return pa.array(texts, type=pa.string())


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
            values = {name: _jsonable(value) for name, value in row.items()}
            to.write(b",\n" if count else b"\n")
            to.write(_in_json(values).encode())
            count += 1
    to.write(b"\n]\n")
    return count


def _in_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _jsonable(value: object) -> object:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, list):
        return [_jsonable(item) for item in value]
    if isinstance(value, dict):
        return {str(name): _jsonable(item) for name, item in value.items()}
    if isinstance(value, str | int | bool | None):
        return value
    if isinstance(value, dt.datetime):
        return _in_utc(value)
    return plain(value) if isinstance(value, dt.date | Decimal) else str(value)


def _in_utc(moment: dt.datetime) -> str:
    """Return a moment in ISO 8601; the lake's moments have no zone and are UTC."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt.UTC)
    return moment.isoformat().replace("+00:00", "Z")
