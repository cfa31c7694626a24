"""Parquet files of the contract, written piece by piece so that memory stays small."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from banso.demo.aozora.planted import Setting
from banso.tables.arrow_types import ARROW_TYPES
from banso.tables.registry import TABLES
from banso.tables.spec import Kind

_MICROSECONDS_PER_DAY = 86_400_000_000
_TOKYO_AHEAD = 9 * 3_600_000_000
# Columns that the contract does not know and Banso keeps as attributes.
ATTRIBUTES: Mapping[str, Mapping[str, Kind]] = {
    "customers": {
        "prefecture": Kind.TEXT,
        "employees": Kind.INTEGER,
        "monthly_document_target": Kind.INTEGER,
    },
    "contacts": {"champion": Kind.FLAG},
    "interactions": {"play": Kind.TEXT},
    "staff": {"team": Kind.TEXT},
}
NO_DAY = np.iinfo(np.int32).max  # a day that does not come

Days = NDArray[np.int32]
Values = Mapping[str, Sequence[object] | NDArray[np.generic] | pa.Array]


def kinds_of(table: str) -> dict[str, Kind]:
    """Return the columns of a table with their kinds, attributes last."""
    columns = {column.name: column.kind for column in TABLES[table].columns}
    return columns | dict(ATTRIBUTES.get(table, {}))


def schema_of(table: str) -> pa.Schema:
    """Return the Arrow schema of a table as this company gives it."""
    return pa.schema(
        [(name, ARROW_TYPES[kind]) for name, kind in kinds_of(table).items()]
    )


def dates(setting: Setting, offsets: Days) -> pa.Array:
    """Turn days counted from the first day into dates; `NO_DAY` becomes null."""
    epoch = _epoch_day(setting)
    missing = offsets == NO_DAY
    days = np.where(missing, 0, offsets) + epoch
    return pa.array(days.astype(np.int32), mask=missing).cast(pa.date32())


def times(
    setting: Setting, offsets: Days, seconds: NDArray[np.int64] | NDArray[np.int32]
) -> pa.Array:
    """Turn a day and the seconds of that day in Tokyo into an instant."""
    epoch = _epoch_day(setting)
    missing = offsets == NO_DAY
    day = (np.where(missing, 0, offsets) + epoch).astype(np.int64)
    instant = day * _MICROSECONDS_PER_DAY + seconds.astype(np.int64) * 1_000_000
    array = pa.array(instant - _TOKYO_AHEAD, mask=missing)
    return array.cast(pa.timestamp("us", tz="UTC"))


def _epoch_day(setting: Setting) -> int:
    return setting.first_day.toordinal() - 719_163  # 1970-01-01


def numbered(prefix: str, first: int, count: int, *, width: int = 7) -> pa.Array:
    """Return keys such as ``T0000001``, counted from `first`."""
    digits = pa.array(np.arange(first, first + count)).cast(pa.string())
    padded = pc.utf8_lpad(digits, width=width, padding="0")
    return pc.binary_join_element_wise(prefix, padded, "")


# what people did in Banso comes from Banso: a company that is new to it has none
_OURS: Final = ("actions", "assignments")
FILES: Final = tuple(name for name in TABLES if name not in _OURS)


class Tables:
    """All files of a company, open for more rows until they are closed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._writers: dict[str, pq.ParquetWriter] = {}
        self._rows: dict[str, int] = {}

    def __enter__(self) -> "Tables":
        self._folder.mkdir(parents=True, exist_ok=True)
        for table in FILES:
            path = self._folder / f"{table}.parquet"
            self._writers[table] = pq.ParquetWriter(
                path, schema_of(table), compression="zstd"
            )
        return self

    def __exit__(self, *_: object) -> None:
        for writer in self._writers.values():
            writer.close()

    @property
    def rows(self) -> Mapping[str, int]:
        """How many rows each table has so far."""
        return {table: self._rows.get(table, 0) for table in FILES}

    def count(self, table: str) -> int:
        """Return how many rows a table has so far: the next key follows it."""
        return self._rows.get(table, 0)

    def add(self, table: str, values: Values) -> None:
        """Append rows, given column by column; columns left out are null."""
        schema = schema_of(table)
        length = len(next(iter(values.values())))
        if length == 0:
            return
        unknown = values.keys() - set(schema.names)
        assert not unknown, f"{table} has no {sorted(unknown)}"
        arrays = [
            _column(values[field.name], field.type)
            if field.name in values
            else pa.nulls(length, field.type)
            for field in schema
        ]
        self._writers[table].write_table(
            pa.Table.from_arrays(arrays, schema=schema), row_group_size=1_000_000
        )
        self._rows[table] = self._rows.get(table, 0) + length


def _column(
    values: Sequence[object] | NDArray[np.generic] | pa.Array, kind: pa.DataType
) -> pa.Array:
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    if pa.types.is_decimal(kind):
        whole = pa.array(values) if not isinstance(values, pa.Array) else values
        return whole.cast(pa.int64()).cast(pa.decimal128(23, 4)).cast(kind)
    if isinstance(values, pa.Array):
        return values.cast(kind)
    if isinstance(values, np.ndarray) and values.dtype != object:
        # NaN stands for a missing number while the arrays are computed.
        return pa.array(values, from_pandas=True).cast(kind)
    return pa.array(values, type=kind)
