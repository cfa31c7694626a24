"""How columns are stored, how kinds widen, and what identifies the content of a row."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from banso.tables.spec import Kind

Columns = tuple[tuple[str, Kind], ...]  # name and kind, in the order of the file

STORED: Mapping[Kind, str] = MappingProxyType(
    {
        Kind.TEXT: "VARCHAR",
        Kind.JSON: "VARCHAR",
        Kind.INTEGER: "BIGINT",
        Kind.NUMBER: "DOUBLE",
        Kind.MONEY: "DECIMAL(18,4)",
        Kind.DATE: "DATE",
        Kind.TIME: "TIMESTAMP",  # without zone, and always UTC
        Kind.FLAG: "BOOLEAN",
    }
)

# Columns that the lake adds. The last two exist while DuckDB reads a file.
KEY_HASH = "__key_hash"
ROW_HASH = "__row_hash"
LOADED_AT = "__loaded_at"
KNOWN_AT = "known_at"
MERGED_INTO = "merged_into"  # beside a row: whose customer it is, when not its own
RESERVED = frozenset({KEY_HASH, ROW_HASH, LOADED_AT, "file_index", "file_row_number"})

_WHOLE = {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT"} | {
    "UINTEGER"
}
_REAL = {"FLOAT", "DOUBLE", "HUGEINT", "UHUGEINT", "UBIGINT"}
_OTHER = {"BOOLEAN": Kind.FLAG, "DATE": Kind.DATE, "JSON": Kind.JSON}
NUMERIC = {Kind.INTEGER, Kind.NUMBER, Kind.MONEY}
_DAYS = {Kind.DATE, Kind.TIME}
_EXACT = "999999999999999"  # whole numbers up to here are exact as float64


def name_sql(name: str) -> str:
    """Return `name` as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def text_sql(text: str) -> str:
    """Return `text` as a quoted SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def kind_of(stored: str) -> Kind:
    """Return the kind of an attribute that came with DuckDB type `stored`."""
    if stored in _WHOLE:
        return Kind.INTEGER
    if stored in _REAL or stored.startswith("DECIMAL"):
        return Kind.NUMBER
    if stored.startswith("TIMESTAMP"):
        return Kind.TIME
    return _OTHER.get(stored, Kind.TEXT)


def wider(one: Kind, other: Kind) -> Kind:
    """Return the kind that holds the values of both: integer → number → text."""
    if one is other:
        return one
    if {one, other} <= NUMERIC:
        return Kind.NUMBER
    if {one, other} <= _DAYS:
        return Kind.TIME
    return Kind.TEXT


def as_kind(expression: str, was: Kind | None, kind: Kind) -> str:
    """Return SQL that turns `expression` of kind `was` (None: absent) into `kind`."""
    if was is None:
        return f"CAST(NULL AS {STORED[kind]})"
    if STORED[was] == STORED[kind]:
        return expression
    if kind is Kind.TEXT:
        return text_of(expression, was)
    return f"CAST({expression} AS {STORED[kind]})"


def text_of(expression: str, kind: Kind) -> str:
    """Return SQL for the value as text; a whole number reads ``5``, not ``5.0``."""
    if kind in {Kind.TEXT, Kind.JSON}:
        return expression
    if kind is Kind.NUMBER:
        return (
            f"CASE WHEN abs({expression}) <= {_EXACT} AND"
            f" {expression} = trunc({expression})"
            f" THEN CAST(CAST({expression} AS BIGINT) AS VARCHAR)"
            f" ELSE CAST({expression} AS VARCHAR) END"
        )
    return f"CAST({expression} AS VARCHAR)"


def content_hash(columns: Columns) -> str:
    """Return SQL for 64 bits that stand for the values of `columns`.

    MD5 over ``name=length:text`` of each column that is not null, in the order of the
    names: an attribute that other rows have changes nothing, nor does a kind that
    widened. DuckDB's own ``hash()`` differs between versions, so it is not used.
    """
    fields = [
        _field(name, _hashed_text(name_sql(name), kind))
        for name, kind in sorted(columns)
    ]
    return f"md5_number_lower(concat_ws(chr(31), {', '.join(fields)}))"


def _field(name: str, text: str) -> str:
    return f"{text_sql(name + '=')} || strlen({text}) || ':' || {text}"


def _hashed_text(expression: str, kind: Kind) -> str:
    if kind is Kind.TIME:
        return f"CAST(epoch_us({expression}) AS VARCHAR)"
    return text_of(expression, kind)


def names_sql(names: Sequence[str]) -> str:
    """Return `names` as a comma-separated list of SQL identifiers."""
    return ", ".join(name_sql(name) for name in names)
