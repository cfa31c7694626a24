"""SQL that turns what a file says into values of a kind, or into null."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import pyarrow as pa
import pyarrow.compute as pc

from banso.connectors.quoting import name_sql, text_sql
from banso.tables.spec import Kind

STORED: Mapping[Kind, str] = MappingProxyType(
    {
        Kind.TEXT: "VARCHAR",
        Kind.JSON: "VARCHAR",
        Kind.INTEGER: "BIGINT",
        Kind.NUMBER: "DOUBLE",
        Kind.MONEY: "DECIMAL(18,4)",
        Kind.DATE: "DATE",
        Kind.TIME: "TIMESTAMP",  # UTC
        Kind.FLAG: "BOOLEAN",
    }
)
# Forms that a mapping file may name, beside those of strptime such as %d.%m.%Y.
DATE_FORMATS = ("excel", "wareki")
NUMBER_FORMATS = ("1,234.56", "1.234,56")
LONGEST_TEXT = 100_000  # characters

_DAY = r"[1-9]\d{3}(-\d{1,2}-|/\d{1,2}/)\d{1,2}"
_CLOCK = r"[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?"
_ZONE = r" ?(Z|z|UTC|[+-]\d{2}(:?\d{2})?)"
DAY = _DAY
MOMENT = f"{_DAY}{_CLOCK}({_ZONE})?"
WHOLE = r"[+-]?\d{1,18}(\.0*)?"
PLAIN = r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?"

_TRUE = ("true", "1", "yes", "y", "t")
_FALSE = ("false", "0", "no", "n", "f")
_FULL = "０１２３４５６７８９．－＋／：，￥Ｔ\u3000"
_HALF = "0123456789.-+/:,¥T "
_ERAS = MappingProxyType(
    {"令和": 2018, "平成": 1988, "昭和": 1925, "R": 2018, "H": 1988, "S": 1925}
)


@dataclass(frozen=True)
class Given:
    """One value of a row as the file gives it."""

    sql: str
    type: pa.DataType

    @property
    def text(self) -> str:
        """SQL for the value as text; an empty one is null.

        Blanks around texts were taken off before (see `trimmed`).
        """
        if is_text(self.type):
            return f"nullif({self.sql}, '')"
        if pa.types.is_floating(self.type):
            return f"nullif({_number_text(self.sql)}, 'nan')"
        if pa.types.is_timestamp(self.type) and self.type.tz is not None:
            return f"strftime({self.sql} AT TIME ZONE 'UTC', '%Y-%m-%d %H:%M:%S.%fZ')"
        if pa.types.is_nested(self.type):
            return f"CAST(to_json({self.sql}) AS VARCHAR)"
        return f"CAST({self.sql} AS VARCHAR)"

    @property
    def is_there(self) -> str:
        """SQL for whether a typed value is neither null nor NaN."""
        there = f"{self.sql} IS NOT NULL"
        if pa.types.is_floating(self.type):
            return f"({there} AND NOT isnan({self.sql}))"
        return f"({there})"

    @property
    def kind(self) -> Kind | None:
        """The kind that the file itself declares; None for texts, which may be any."""
        if pa.types.is_boolean(self.type):
            return Kind.FLAG
        if pa.types.is_integer(self.type):
            return Kind.INTEGER
        if pa.types.is_floating(self.type) or pa.types.is_decimal(self.type):
            return Kind.NUMBER
        if pa.types.is_date(self.type):
            return Kind.DATE
        if pa.types.is_timestamp(self.type):
            return Kind.TIME
        return Kind.JSON if pa.types.is_nested(self.type) else None


def is_text(type_: pa.DataType) -> bool:
    """Return whether Arrow keeps texts under `type_`."""
    return bool(
        pa.types.is_string(type_)
        or pa.types.is_large_string(type_)
        or pa.types.is_string_view(type_)
    )


def trimmed(rows: pa.Table) -> pa.Table:
    """Return `rows` with texts without blanks around them, those of Japanese too.

    Arrow does it five times as fast as DuckDB.
    """
    columns = [
        pc.utf8_trim_whitespace(column) if is_text(column.type) else column
        for column in rows.columns
    ]
    return pa.table(columns, names=rows.column_names)


def half_width(text: str) -> str:
    """Return SQL for `text` with full-width digits and signs made ordinary."""
    return (
        f"CASE WHEN strlen({text}) = length({text}) THEN {text}"
        f" ELSE translate({text}, {text_sql(_FULL)}, {text_sql(_HALF)}) END"
    )


def direct_value(given: Given, kind: Kind, *, zone: str) -> str | None:
    """Return SQL for a typed value of a file that needs no reading, or None."""
    if kind is Kind.INTEGER and given.kind is Kind.INTEGER:
        return f"TRY_CAST({given.sql} AS BIGINT)"
    if kind is Kind.NUMBER and given.kind in {Kind.INTEGER, Kind.NUMBER}:
        number = f"CAST({given.sql} AS DOUBLE)"
        return f"CASE WHEN isfinite({number}) THEN {number} END"
    if kind is Kind.MONEY and given.kind in {Kind.INTEGER, Kind.NUMBER}:
        return f"TRY_CAST({given.sql} AS DECIMAL(18,4))"
    if kind is Kind.DATE and given.kind in {Kind.DATE, Kind.TIME}:
        return f"CAST({given.sql} AS DATE)"  # a moment: its day in the session's zone
    if kind is Kind.TIME and given.kind in {Kind.DATE, Kind.TIME}:
        return _utc(given, zone=zone)
    return given.sql if kind is Kind.FLAG and given.kind is Kind.FLAG else None


def read_value(text: str, kind: Kind, *, form: str | None = None) -> str:
    """Return SQL that reads `text` (half-width already) as `kind`; null when it cannot.

    Moments without a zone are in the session's zone, which is the company's.
    """
    if form is not None:
        return _formed(text, kind, form)
    match kind:
        case Kind.INTEGER:
            return _guarded(text, WHOLE, f"TRY_CAST({text} AS BIGINT)")
        case Kind.NUMBER:
            number = f"TRY_CAST({text} AS DOUBLE)"
            return _guarded(
                text, PLAIN, f"CASE WHEN isfinite({number}) THEN {number} END"
            )
        case Kind.MONEY:
            return _guarded(text, PLAIN, f"TRY_CAST({text} AS DECIMAL(18,4))")
        case Kind.DATE:
            return (
                f"CASE WHEN regexp_full_match({text}, {text_sql(DAY)})"
                f" THEN TRY_CAST({text} AS DATE)"
                f" WHEN regexp_full_match({text}, {text_sql(MOMENT)})"
                f" THEN CAST({_moment(text)} AS DATE) END"
            )
        case Kind.TIME:
            form_sql = text_sql(f"{DAY}|{MOMENT}")
            return (
                f"CASE WHEN regexp_full_match({text}, {form_sql})"
                f" THEN {_moment(text)} AT TIME ZONE 'UTC' END"
            )
        case Kind.FLAG:
            return (
                f"CASE WHEN lower({text}) IN {_list(_TRUE)} THEN true"
                f" WHEN lower({text}) IN {_list(_FALSE)} THEN false END"
            )
        case Kind.JSON:
            return f"CASE WHEN json_valid({text}) THEN {text} END"
        case Kind.TEXT:
            return text


def choice(text: str) -> str:
    """Return SQL for a text in the form of the contract's choices."""
    return f"replace(replace(lower({text}), ' ', '_'), '-', '_')"


def canonical_text(name: str, kind: Kind) -> str:
    """Return SQL for a stored value as the text from which it is read again."""
    column = name_sql(name)
    if kind is Kind.TIME:
        return f"strftime({column}, '%Y-%m-%d %H:%M:%S.%fZ')"
    if kind is Kind.NUMBER:
        return _number_text(column)
    return column if STORED[kind] == "VARCHAR" else f"CAST({column} AS VARCHAR)"


def is_of_kind(text: str, kind: Kind) -> str:
    """Return SQL for whether an attribute's text may stand for a value of `kind`.

    Stricter than reading a declared column: ``007`` and ``+1`` stay texts, because
    nobody said that they are numbers.
    """
    match kind:
        case Kind.INTEGER:
            return f"regexp_full_match({text}, '-?(0|[1-9]\\d{{0,17}})')"
        case Kind.NUMBER:
            return (
                f"regexp_full_match({text}, '-?(0|[1-9]\\d{{0,14}})(\\.\\d{{1,15}})?')"
            )
        case Kind.FLAG:
            return f"lower({text}) IN ('true', 'false', 'yes', 'no')"
        case Kind.DATE:
            return (
                f"regexp_full_match({text}, {text_sql(DAY)})"
                f" AND TRY_CAST({text} AS DATE) IS NOT NULL"
            )
        case _:
            return "true"


def _utc(given: Given, *, zone: str) -> str:
    if pa.types.is_timestamp(given.type) and given.type.tz is not None:
        return f"CAST({given.sql} AT TIME ZONE 'UTC' AS TIMESTAMP)"
    local = f"CAST({given.sql} AS TIMESTAMP) AT TIME ZONE {text_sql(zone)}"
    return f"({local}) AT TIME ZONE 'UTC'"


def _moment(text: str) -> str:
    """Return SQL for a moment; DuckDB knows no blank before the offset of a zone."""
    closer = f"replace(replace({text}, ' +', '+'), ' -', '-')"
    return (
        f"coalesce(TRY_CAST({text} AS TIMESTAMPTZ), TRY_CAST({closer} AS TIMESTAMPTZ))"
    )


def _guarded(text: str, pattern: str, value: str) -> str:
    return f"CASE WHEN regexp_full_match({text}, {text_sql(pattern)}) THEN {value} END"


def _formed(text: str, kind: Kind, form: str) -> str:
    """Return SQL that reads a date or time in a form that a mapping file names."""
    if form in NUMBER_FORMATS:
        return read_value(_plain_number(text, form), kind)
    if form == "excel":
        days = f"TRY_CAST({text} AS DOUBLE)"
        moment = (
            f"CASE WHEN {days} BETWEEN 1 AND 200000 THEN TIMESTAMP '1899-12-30'"
            f" + to_microseconds(CAST(round({days} * 86400) AS BIGINT) * 1000000) END"
        )
    elif form == "wareki":
        moment = _wareki(text)
    else:
        moment = f"try_strptime({text}, {text_sql(form)})"
        if "%z" in form:
            instant = f"CAST({moment} AS TIMESTAMPTZ)"
            if kind is Kind.DATE:
                return f"CAST({instant} AS DATE)"
            return f"{instant} AT TIME ZONE 'UTC'"
    canonical = read_value(text, kind)
    if kind is Kind.DATE:
        return f"coalesce(CAST({moment} AS DATE), {canonical})"
    local = f"CAST(CAST({moment} AS TIMESTAMP) AS TIMESTAMPTZ) AT TIME ZONE 'UTC'"
    return f"coalesce({local}, {canonical})"


def _plain_number(text: str, form: str) -> str:
    group, point = (",", ".") if form == NUMBER_FORMATS[0] else (".", ",")
    plain = f"regexp_replace({text}, '[¥$€£円 {group}]', '', 'g')"
    return f"replace({plain}, {text_sql(point)}, '.')"


def _wareki(text: str) -> str:
    pattern = r"(令和|平成|昭和|[RHS])(元|\d{1,2})[年./-](\d{1,2})[月./-](\d{1,2})日?"
    eras = " ".join(
        f"WHEN {text_sql(name)} THEN {year}" for name, year in _ERAS.items()
    )

    def group(number: int) -> str:
        return f"regexp_extract({text}, {text_sql(pattern)}, {number})"

    year = (
        f"CASE {group(1)} {eras} END + CAST(replace({group(2)}, '元', '1') AS INTEGER)"
    )
    day = f"printf('%04d-%02d-%02d', {year}, {group(3)}::INTEGER, {group(4)}::INTEGER)"
    return _guarded(text, pattern, f"TRY_CAST({day} AS TIMESTAMP)")


def _number_text(number: str) -> str:
    """Return SQL for a number as text; a whole one reads ``5``, not ``5.0``."""
    return (
        f"CASE WHEN abs({number}) <= 999999999999999 AND {number} = trunc({number})"
        f" THEN CAST(CAST({number} AS BIGINT) AS VARCHAR)"
        f" ELSE CAST({number} AS VARCHAR) END"
    )


def _list(texts: tuple[str, ...]) -> str:
    return f"({', '.join(text_sql(text) for text in texts)})"
