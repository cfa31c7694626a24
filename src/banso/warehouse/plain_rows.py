"""Rows as formats without types hold them: CSV and JSON."""

import datetime as dt
import json
import math
from decimal import Decimal
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

# what a spreadsheet would run, in half and in full width
FORMULA: Final = r"^[=+\-@＝＋－＠\t\r\n]"


def flat_schema(schema: pa.Schema) -> pa.Schema:
    """Return the schema of the same rows in CSV: moments and lists are texts."""
    return pa.schema([(field.name, _flat_type(field.type)) for field in schema])


def flattened(batch: pa.RecordBatch, flat: pa.Schema) -> pa.RecordBatch:
    """Return rows that CSV can hold: moments in UTC, lists as JSON."""
    columns = [
        _flattened(column, field.type)
        for column, field in zip(batch.columns, flat, strict=True)
    ]
    return pa.RecordBatch.from_arrays(columns, schema=flat)


def harmless(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return rows of which no text is a formula for a spreadsheet.

    Such a text begins with an apostrophe instead.
    """
    columns = []
    for column in batch.columns:
        if pa.types.is_string(column.type):
            runs = pc.match_substring_regex(column, FORMULA)
            quoted = pc.binary_join_element_wise("'", column, "")
            columns.append(pc.if_else(runs, quoted, column))
        else:
            columns.append(column)
    return pa.RecordBatch.from_arrays(columns, schema=batch.schema)


def in_json(value: object) -> str:
    """Return a value as JSON on one line."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def jsonable(value: object, *, money_as_text: bool = False) -> object:
    """Return a value as JSON can say it; NaN is null.

    A decimal becomes a number, or its exact digits as a text.
    """
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, list):
        return [jsonable(item, money_as_text=money_as_text) for item in value]
    if isinstance(value, dict):
        return {
            str(name): jsonable(item, money_as_text=money_as_text)
            for name, item in value.items()
        }
    if isinstance(value, str | int | bool | None):
        return value
    if isinstance(value, dt.datetime):
        return in_utc(value)
    if isinstance(value, Decimal):
        return format(value, "f") if money_as_text else float(value)
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def in_utc(moment: dt.datetime) -> str:
    """Return a moment in ISO 8601; the lake's moments have no zone and are UTC."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt.UTC)
    return moment.isoformat().replace("+00:00", "Z")


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
        None if value is None else in_json(jsonable(value))
        for value in column.to_pylist()
    )
    return pa.array(texts, type=pa.string())
