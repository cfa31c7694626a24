"""Frozen rows of the core as Arrow tables: one column for each field."""

import dataclasses
import datetime as dt
from collections.abc import Iterable
from types import UnionType
from typing import Literal, Union, get_args, get_origin, get_type_hints

import pyarrow as pa

_TYPES = {
    str: pa.string(),
    int: pa.int64(),
    float: pa.float64(),
    bool: pa.bool_(),
    dt.date: pa.date32(),
}


def schema_of(row_type: type) -> pa.Schema:
    """Return the columns of a dataclass of texts, numbers, flags and dates."""
    hints = get_type_hints(row_type)
    fields = [
        (field.name, _arrow_type(hints[field.name]))
        for field in dataclasses.fields(row_type)
    ]
    return pa.schema(fields)


def table_of(rows: Iterable[object], row_type: type) -> pa.Table:
    """Return rows as a table that has all columns even when there is no row."""
    schema = schema_of(row_type)
    several = list(rows)
    columns = [
        pa.array([getattr(row, field.name) for row in several], field.type)
        for field in schema
    ]
    return pa.Table.from_arrays(columns, schema=schema)


def placed_table(rows: Iterable[object], row_type: type) -> pa.Table:
    """Return rows with their ``place``, which orders them fully."""
    table = table_of(rows, row_type)
    return table.append_column("place", pa.array(range(len(table)), pa.int64()))


def _arrow_type(hint: object) -> pa.DataType:
    if get_origin(hint) is Literal:
        return pa.string()
    if isinstance(hint, UnionType) or get_origin(hint) is Union:
        (hint,) = [part for part in get_args(hint) if part is not type(None)]
        return _arrow_type(hint)
    assert isinstance(hint, type), f"a row has no column of type {hint}"
    return _TYPES[hint]
