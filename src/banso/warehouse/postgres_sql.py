"""Expressions as SQL of PostgreSQL that means what DuckDB's means."""

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import ibis
import ibis.expr.datatypes as idt
import ibis.expr.operations as ops
import ibis.expr.types as ir
import sqlglot as sg
import sqlglot.expressions as sge
from ibis.backends.sql.compilers.postgres import PostgresCompiler
from ibis.backends.sql.datatypes import DuckDBType, PostgresType
from ibis.common.exceptions import (
    OperationNotDefinedError,
    UnsupportedOperationError,
)

from banso.warehouse.queries import Given

# A value of each type of a scalar that has a name, for trying an expression.
_ANY = {"Int32": 1, "String": "", "Date": dt.date(2000, 1, 1)}
LONGEST = 63  # bytes of a name; PostgreSQL cuts off what is longer
_SHOWN = "\ufdd0"  # begins the name of a shown table; no text holds this character

# What PostgreSQL has no function for, or answers otherwise. They live in the schema of
# temporary tables, so they go with the connection.
FUNCTIONS = (
    # half-way goes away from zero; PostgreSQL goes to the even number
    """
    CREATE FUNCTION pg_temp.rounded(x float8) RETURNS float8
    LANGUAGE sql IMMUTABLE AS $$
        SELECT CASE WHEN abs(x) >= 4503599627370496 THEN x
            WHEN abs(x - trunc(x)) >= 0.5 THEN trunc(x) + sign(x) ELSE trunc(x) END
    $$
    """,
    # PostgreSQL makes a decimal of the first 15 digits; DuckDB multiplies and rounds
    """
    CREATE FUNCTION pg_temp.whole(x float8) RETURNS numeric
    LANGUAGE sql IMMUTABLE AS $$
        SELECT CASE WHEN abs(x) < 9223372036854774784 THEN x::bigint::numeric
            ELSE trunc(x / 9223372036854775808)::bigint::numeric * 9223372036854775808
                + (x - trunc(x / 9223372036854775808) * 9223372036854775808)
                ::bigint::numeric END
    $$
    """,
    # as DuckDB writes a number: 5.0, nan, inf
    """
    CREATE FUNCTION pg_temp.written(x float8) RETURNS text
    LANGUAGE sql IMMUTABLE AS $$
        SELECT CASE WHEN x = 'NaN' THEN 'nan' WHEN x = 'Infinity' THEN 'inf'
            WHEN x = '-Infinity' THEN '-inf' WHEN x = 0 THEN x::text || '.0'
            WHEN abs(x) < 1e16 AND x = trunc(x) THEN x::bigint::text || '.0'
            WHEN abs(x) >= 1e15 AND abs(x) < 1e16 THEN pg_temp.whole(x)::text
            ELSE x::text END
    $$
    """,
    # PostgreSQL refuses a result that is too small or too large for a float
    """
    CREATE FUNCTION pg_temp.exponential(x float8) RETURNS float8
    LANGUAGE sql IMMUTABLE AS $$
        SELECT CASE WHEN x < -745.13 THEN 0.0::float8 WHEN x = 'NaN' THEN x
            WHEN x > 709.78 THEN 'Infinity'::float8 ELSE exp(x) END
    $$
    """,
)


Sql = Any  # a part of SQL; what Ibis makes of it has no type


class Compiler(PostgresCompiler):  # type: ignore[misc]  # Ibis has no types
    """Ibis's own, changed where PostgreSQL would answer otherwise than DuckDB."""

    # A literal with a point stays a decimal, as it is one on DuckDB.

    def visit_Cast(  # noqa: N802 - likewise
        self, op: ops.Cast, *, arg: sge.Expression, to: idt.DataType
    ) -> Sql:
        """Return a cast.

        A float becomes a decimal, a whole number or a text as on DuckDB; a truth goes
        by the only number that PostgreSQL makes of it.
        """
        was = op.arg.dtype
        if was.is_floating() and to.is_decimal():
            return self.cast(self._decimal_of(arg, to), _sized(to))
        if was.is_floating() and to.is_string():
            return self.f.anon["pg_temp.written"](arg)
        if was.is_boolean() and to.is_numeric():
            arg = self.cast(arg, idt.int32)
        if was.is_numeric() and to.is_boolean():
            return sge.NEQ(this=sge.paren(arg), expression=sge.convert(0))
        to = _sized(to) if to.is_decimal() else to
        cast: sge.Expression = super().visit_Cast(op, arg=arg, to=to)
        return cast

    def visit_TryCast(  # noqa: N802 - likewise
        self, op: ops.TryCast, *, arg: sge.Expression, to: idt.DataType
    ) -> Sql:
        """Return a number as a decimal, or null where it has too many digits."""
        if not op.arg.dtype.is_numeric() or not to.is_decimal():
            raise UnsupportedOperationError("what a text reads as is DuckDB's to say")
        to = _sized(to)
        most = sge.Literal.number(str(10 ** (to.precision - to.scale)))
        if op.arg.dtype.is_floating():
            scaled = self._scaled(arg, to)
            most = self.cast(sge.convert(f"1e{to.precision}"), idt.float64)
            fits, number = self.f.abs(scaled) < most, self._decimal_of(arg, to)
        else:
            fits, number = self.f.abs(arg) < most, arg
        return sge.Case(ifs=[self.if_(fits, self.cast(number, to))])

    def _scaled(self, arg: sge.Expression, to: idt.Decimal) -> Sql:
        factor = self.cast(sge.convert(str(10**to.scale)), idt.float64)
        scaled = sge.Mul(this=self.cast(arg, idt.float64), expression=factor)
        return self.f.anon["pg_temp.rounded"](scaled)

    def _decimal_of(self, arg: sge.Expression, to: idt.Decimal) -> Sql:
        unit = sge.Literal.number(f"{10**-to.scale:.{to.scale}f}")
        return sge.Mul(
            this=self.f.anon["pg_temp.whole"](self._scaled(arg, _sized(to))),
            expression=unit,
        )

    def visit_Divide(  # noqa: N802 - likewise
        self,
        op: ops.Divide,  # noqa: ARG002 - given by Ibis
        *,
        left: sge.Expression,
        right: sge.Expression,
    ) -> Sql:
        """Return a ratio, which is a float even of decimals and whole numbers."""
        one, other = (self.cast(each, idt.float64) for each in (left, right))
        return sge.Div(this=one, expression=other, typed=True)

    def visit_FloorDivide(  # noqa: N802 - likewise
        self, op: ops.FloorDivide, *, left: sge.Expression, right: sge.Expression
    ) -> Sql:
        """Return a ratio's floor."""
        ratio = self.visit_Divide(op, left=left, right=right)
        return self.cast(self.f.floor(ratio), op.dtype)

    def visit_Sum(  # noqa: N802 - likewise
        self, op: ops.Sum, *, arg: sge.Expression, where: sge.Expression | None
    ) -> Sql:
        """Return a sum; that of whole numbers is one, not a decimal."""
        if op.arg.dtype.is_boolean():
            arg = self.cast(arg, idt.int32)
        total = self.agg.sum(arg, where=where)
        return self.cast(total, op.dtype) if op.dtype.is_integer() else total

    def visit_Mean(  # noqa: N802 - likewise
        self, op: ops.Mean, *, arg: sge.Expression, where: sge.Expression | None
    ) -> Sql:
        """Return a mean, which is a float even of decimals and whole numbers."""
        if op.arg.dtype.is_boolean():
            arg = self.cast(arg, idt.int32)
        return self.cast(self.agg.avg(arg, where=where), idt.float64)

    def _spread(
        self, op: ops.Reduction, name: str, arg: sge.Expression, where: Any
    ) -> Sql:
        which = {"sample": "samp", "pop": "pop"}[op.how]
        return self.agg[f"{name}_{which}"](self.cast(arg, idt.float64), where=where)

    def visit_Variance(  # noqa: N802 - likewise
        self, op: ops.Variance, *, arg: sge.Expression, where: Any, how: str
    ) -> Sql:
        """Return a variance, as a float."""
        del how
        return self._spread(op, "var", arg, where)

    def visit_StandardDev(  # noqa: N802 - likewise
        self, op: ops.StandardDev, *, arg: sge.Expression, where: Any, how: str
    ) -> Sql:
        """Return a standard deviation, as a float."""
        del how
        return self._spread(op, "stddev", arg, where)

    def visit_Max(  # noqa: N802 - likewise
        self, op: ops.Max, *, arg: sge.Expression, where: sge.Expression | None
    ) -> Sql:
        """Return the largest value, also of truths."""
        name = "bool_or" if op.arg.dtype.is_boolean() else "max"
        return self.agg[name](arg, where=where)

    def visit_Min(  # noqa: N802 - likewise
        self, op: ops.Min, *, arg: sge.Expression, where: sge.Expression | None
    ) -> Sql:
        """Return the smallest value, also of truths."""
        name = "bool_and" if op.arg.dtype.is_boolean() else "min"
        return self.agg[name](arg, where=where)

    def visit_First(  # noqa: N802 - likewise
        self,
        op: ops.First,  # noqa: ARG002 - given by Ibis
        *,
        arg: sge.Expression,
        where: sge.Expression | None,
        order_by: Sequence[sge.Expression],
        include_null: bool,
    ) -> Sql:
        """Return the first value in an order."""
        if include_null or not order_by:
            raise UnsupportedOperationError("first of what has no order, or of nulls")
        there = sge.Not(this=sge.Is(this=arg, expression=sge.Null()))
        where = there if where is None else sge.And(this=there, expression=where)
        listed = self.agg.array_agg(arg, where=where, order_by=order_by)
        return sge.paren(listed, copy=False)[0]

    def _argminmax(
        self,
        op: ops.Reduction,  # noqa: ARG002 - given by Ibis
        *,
        arg: sge.Expression,
        key: sge.Expression,
        where: sge.Expression | None,
        desc: bool,
    ) -> Sql:
        """Return the value beside the largest or smallest key; neither is null."""
        there = sg.and_(*(sge.Not(this=each.is_(sge.Null())) for each in (arg, key)))
        asked = there if where is None else sg.and_(there, where)
        order = sge.Ordered(this=key, desc=desc, nulls_first=False)
        listed = self.agg.array_agg(arg, where=asked, order_by=[order])
        return sge.paren(listed, copy=False)[0]

    def visit_WindowFunction(  # noqa: N802 - likewise
        self, op: ops.WindowFunction, *, func: sge.Expression, **rest: Any
    ) -> Sql:
        """Return a function over a window; what is cast is the result of that."""
        if isinstance(func, sge.Cast):
            window = super().visit_WindowFunction(op, func=func.this, **rest)
            return sge.Cast(this=window, to=func.to)
        return super().visit_WindowFunction(op, func=func, **rest)

    def visit_Exp(  # noqa: N802 - likewise
        self,
        op: ops.Exp,  # noqa: ARG002 - given by Ibis
        *,
        arg: sge.Expression,
    ) -> Sql:
        """Return the exponential; nothing is too small or large for it."""
        return self.f.anon["pg_temp.exponential"](self.cast(arg, idt.float64))

    def visit_Log(  # noqa: N802 - likewise
        self,
        op: ops.Log,  # noqa: ARG002 - given by Ibis
        *,
        arg: sge.Expression,
        base: sge.Expression | None,
    ) -> Sql:
        """Return the natural logarithm, of a float."""
        if base is not None:
            raise UnsupportedOperationError("a logarithm to another base")
        return self.f.ln(self.cast(arg, idt.float64))

    visit_Ln = visit_Log  # noqa: N815 - so Ibis finds it

    def visit_Round(  # noqa: N802 - likewise
        self, op: ops.Round, *, arg: sge.Expression, digits: sge.Expression | None
    ) -> Sql:
        """Return the whole number beside it, away from zero when half-way."""
        if digits is not None:
            raise UnsupportedOperationError("rounding to digits")
        if op.arg.dtype.is_floating():
            return self.cast(self.f.anon["pg_temp.rounded"](arg), op.dtype)
        return self.cast(self.f.round(arg), op.dtype)

    def visit_DateDelta(  # noqa: N802 - likewise
        self,
        op: ops.DateDelta,
        *,
        part: sge.Expression,  # noqa: ARG002 - given by Ibis
        left: sge.Expression,
        right: sge.Expression,
    ) -> Sql:
        """Return the days between two dates."""
        if op.part.value != "day":
            raise UnsupportedOperationError("a difference of dates but in days")
        days = sge.Sub(
            this=self.cast(left, idt.date), expression=self.cast(right, idt.date)
        )
        return self.cast(sge.paren(days), op.dtype)

    def visit_DateAdd(  # noqa: N802 - likewise
        self, op: ops.DateAdd, *, left: sge.Expression, right: sge.Expression
    ) -> Sql:
        """Return a date, not the time that PostgreSQL makes of it."""
        return self.cast(sge.Add(this=left, expression=right), op.dtype)

    def visit_DateSub(  # noqa: N802 - likewise
        self, op: ops.DateSub, *, left: sge.Expression, right: sge.Expression
    ) -> Sql:
        """Return a date, not the time that PostgreSQL makes of it."""
        return self.cast(sge.Sub(this=left, expression=right), op.dtype)

    def visit_DateTruncate(  # noqa: N802 - likewise
        self, op: ops.DateTruncate, *, arg: sge.Expression, unit: Any
    ) -> Sql:
        """Return the first day of a week, month or the like."""
        moment = self.cast(arg, idt.timestamp)
        return self.cast(
            self.visit_TimestampTruncate(op, arg=moment, unit=unit), idt.date
        )

    def _extracted(self, op: ops.Value, part: str, arg: sge.Expression) -> Sql:
        return self.cast(self.f.extract(self.v[part], arg), op.dtype)

    def visit_ExtractYear(  # noqa: N802 - likewise
        self, op: ops.ExtractYear, *, arg: sge.Expression
    ) -> Sql:
        """Return the year, as a whole number."""
        return self._extracted(op, "year", arg)

    def visit_ExtractMonth(  # noqa: N802 - likewise
        self, op: ops.ExtractMonth, *, arg: sge.Expression
    ) -> Sql:
        """Return the month, as a whole number."""
        return self._extracted(op, "month", arg)

    def visit_ExtractDay(  # noqa: N802 - likewise
        self, op: ops.ExtractDay, *, arg: sge.Expression
    ) -> Sql:
        """Return the day of the month, as a whole number."""
        return self._extracted(op, "day", arg)

    def visit_ExtractHour(  # noqa: N802 - likewise
        self, op: ops.ExtractHour, *, arg: sge.Expression
    ) -> Sql:
        """Return the hour, as a whole number."""
        return self._extracted(op, "hour", arg)

    # A row within an array has no fields that SQL can name, so it becomes JSON whose
    # values are texts: those give back every value as it was.

    def visit_StructColumn(  # noqa: N802 - likewise
        self,
        op: ops.StructColumn,
        *,
        names: Sequence[str],  # noqa: ARG002 - given by Ibis
        values: Sequence[sge.Expression],
    ) -> Sql:
        """Return the fields as an array of texts."""
        typed = map(self.cast, values, op.dtype.types)
        return self.f.jsonb_build_array(*(self.cast(v, idt.string) for v in typed))

    def visit_StructField(  # noqa: N802 - likewise
        self, op: ops.StructField, *, arg: sge.Expression, field: str
    ) -> Sql:
        """Return one field."""
        place = sge.convert(op.arg.dtype.names.index(field))
        text = sge.Anonymous(this="jsonb_array_element_text", expressions=[arg, place])
        return self.cast(text, op.dtype)


_COMPILER = Compiler()


def _sized(to: idt.Decimal) -> idt.Decimal:
    """Return the decimal that DuckDB would make."""
    if to.precision is None:
        sized: idt.Decimal = DuckDBType.from_string("DECIMAL")
        return sized
    return to


def sql_of(rows: ir.Table, values: Mapping[str, ir.Scalar]) -> str:
    """Return the SQL of an expression over shown tables, with the values of scalars."""
    operation = rows.op()
    given: dict[Any, Any] = {
        node: values[node.name].op() for node in operation.find(Given)
    }
    given |= {
        node: node.copy(name=_SHOWN + node.name)
        for node in operation.find(ops.DatabaseTable)
    }
    if given:
        operation = operation.replace(given)
    return _text_of(operation)


@lru_cache(maxsize=500)
def can_compute(operation: ops.Node) -> bool:
    """Return whether an expression means on PostgreSQL what it means on DuckDB.

    JSON is written in other ways, a text is read as a number or date in other ways, and
    hashes are DuckDB's.
    """
    if operation.find(ops.InMemoryTable) or any(
        value.dtype.is_json() for value in operation.find(ops.Value)
    ):
        return False
    if not can_hold(operation.schema):
        return False
    plain: dict[Any, Any] = {
        node: ops.Literal(_ANY[type(node.dtype).__name__], node.dtype)
        for node in operation.find(Given)
    }
    try:
        _text_of(operation.replace(plain) if plain else operation)
    except (OperationNotDefinedError, UnsupportedOperationError):
        return False
    return not operation.find(ops.Hash)


def can_hold(schema: ibis.Schema) -> bool:
    """Return whether PostgreSQL can have a table with these columns."""
    return not any(
        dtype.is_nested() or dtype.is_json() or dtype.is_unknown()
        for dtype in schema.types
    )


def names_within(sql: str, names: Mapping[str, str]) -> str:
    """Return SQL in which each shown table has the name that it has just now."""
    first, *rest = sql.split(f'"{_SHOWN}')
    found = [first]
    for each in rest:
        name, _, after = each.partition('"')
        found.append(f'"{names[name]}"{after}')
    return "".join(found)


def short(name: str) -> str:
    """Return a name that PostgreSQL does not cut off; others keep theirs."""
    encoded = name.encode()
    if len(encoded) <= LONGEST:
        return name
    digest = hashlib.sha256(encoded).hexdigest()[:16]
    return f"{encoded[:40].decode(errors='ignore')}__{digest}"


def type_sql(dtype: idt.DataType) -> str:
    """Return the type of a column that holds values of an Ibis type."""
    if dtype.is_unsigned_integer():
        return "numeric(20, 0)"
    return str(PostgresType.to_string(_sized(dtype) if dtype.is_decimal() else dtype))


def literal_sql(value: object, dtype: str) -> str:
    """Return a whole number, a date, a text or null as SQL of a type of Ibis."""
    text = sge.Null() if value is None else sge.Literal.string(str(value))
    return f"CAST({text.sql(dialect='postgres')} AS {type_sql(ibis.dtype(dtype))})"


def _text_of(operation: ops.Node) -> str:
    query = _COMPILER.to_sqlglot(operation.to_expr())
    for identifier in query.find_all(sge.Identifier):
        if not identifier.this.startswith(_SHOWN):
            identifier.set("this", short(identifier.this))
    return str(query.sql(dialect=_COMPILER.dialect))
