"""How each kind of column is held in Arrow."""

from collections.abc import Mapping
from types import MappingProxyType

import pyarrow as pa

from banso.tables.spec import Kind

ARROW_TYPES: Mapping[Kind, pa.DataType] = MappingProxyType(
    {
        Kind.TEXT: pa.string(),
        Kind.JSON: pa.string(),
        Kind.INTEGER: pa.int64(),
        Kind.NUMBER: pa.float64(),
        Kind.MONEY: pa.decimal128(18, 4),
        Kind.DATE: pa.date32(),
        Kind.TIME: pa.timestamp("us", tz="UTC"),
        Kind.FLAG: pa.bool_(),
    }
)
