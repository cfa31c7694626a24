"""Expressions as SQL of Spark that means what DuckDB's means."""

from collections.abc import Mapping, Sequence
from typing import Any

import ibis
import ibis.expr.datatypes as idt
import ibis.expr.operations as ops
import ibis.expr.types as ir
import sqlglot.expressions as sge
from ibis.backends.sql.compilers.base import NULL, SQLGlotCompiler
from ibis.backends.sql.compilers.pyspark import PySparkCompiler
from ibis.backends.sql.datatypes import PySparkType

from banso.warehouse.queries import Given


class Compiler(PySparkCompiler):  # type: ignore[misc]  # Ibis has no types
    """Ibis's own, changed where Spark would answer otherwise than DuckDB."""

    # Ibis takes NaN for null on Spark; as on DuckDB, it is a number like any other.
    visit_Field = SQLGlotCompiler.visit_Field  # noqa: N815 - so Ibis finds it
    visit_IsNull = SQLGlotCompiler.visit_IsNull  # noqa: N815 - so Ibis finds it
    visit_NotNull = SQLGlotCompiler.visit_NotNull  # noqa: N815 - so Ibis finds it

    def visit_NonNullLiteral(  # noqa: N802 - Ibis finds it by the operation's name
        self, op: ops.Literal, *, value: object, dtype: idt.DataType
    ) -> sge.Expression | None:
        """Return a literal; options of Ibis's Spark do not count."""
        by = SQLGlotCompiler if dtype.is_floating() else PySparkCompiler
        literal: sge.Expression | None = by.visit_NonNullLiteral(
            self, op, value=value, dtype=dtype
        )
        return literal

    def visit_Cast(  # noqa: N802 - likewise
        self, op: ops.Cast, *, arg: sge.Expression, to: idt.DataType
    ) -> sge.Expression:
        """Return a cast.

        A number becomes a whole one as on DuckDB, which rounds where Spark cuts off: a
        float half-way to the even number, a decimal away from zero. A time within JSON
        reads as it does in a text.
        """
        if to.is_integer() and op.arg.dtype.is_floating():
            arg = self.f.rint(arg)
        elif to.is_integer() and op.arg.dtype.is_decimal():
            arg = self.f.round(arg, 0)
        if to.is_json() and op.arg.dtype.is_struct():
            fields = []
            for name, dtype in op.arg.dtype.items():
                field = sge.to_identifier(name, quoted=True)
                value = sge.Dot(this=arg, expression=field)
                text = self.cast(value, idt.string) if dtype.is_timestamp() else value
                fields.append(sge.PropertyEQ(this=field, expression=text))
            arg = sge.Struct.from_arg_list(fields)
        cast: sge.Expression = super().visit_Cast(op, arg=arg, to=to)
        return cast

    def visit_Divide(  # noqa: N802 - likewise
        self,
        op: ops.Divide,  # noqa: ARG002 - given by Ibis
        *,
        left: sge.Expression,
        right: sge.Expression,
    ) -> sge.Expression:
        """Return a ratio, which is a float even of decimals."""
        one, other = (self.cast(each, idt.float64) for each in (left, right))
        return sge.Div(this=one, expression=other)

    def visit_GroupConcat(  # noqa: N802 - likewise
        self,
        op: ops.GroupConcat,
        *,
        arg: sge.Expression,
        sep: sge.Expression,
        where: sge.Expression | None,
        order_by: Sequence[sge.Expression],
    ) -> sge.Expression:
        """Return texts joined in their own order; Spark knows no other one."""
        if order_by:
            own = [key.arg == op.arg and key.ascending for key in op.order_by]
            assert own == [True], "texts are joined in their own order"
        some = arg if where is None else self.if_(where, arg, NULL)
        listed = self.f.array_sort(self.f.collect_list(some))
        joined = self.f.array_join(listed, sep)
        text: sge.Expression = self.if_(self.f.size(listed).eq(0), NULL, joined)
        return text


_COMPILER = Compiler()


def spark_sql_of(table: ir.Table, values: Mapping[str, ir.Scalar]) -> str:
    """Return the SQL of an expression, with the values of scalars that have a name."""
    operation = table.op()
    given: dict[Any, Any] = {
        node: values[node.name].op() for node in operation.find(Given)
    }
    if given:
        operation = operation.replace(given)
    query = _COMPILER.to_sqlglot(operation.to_expr())
    return str(query.sql(dialect=_COMPILER.dialect))


def spark_text(value: object) -> str:
    """Return a value as a literal of text, or null; a backslash stands for itself."""
    if value is None:
        return "NULL"
    return str(sge.Literal.string(str(value)).sql(dialect=_COMPILER.dialect))


def spark_type(dtype: idt.DataType) -> str:
    """Return a type as Spark's SQL writes it."""
    return str(PySparkType.to_string(dtype))


def spark_rows(rows: Sequence[Sequence[object]], types: Mapping[str, str]) -> str:
    """Return a few rows as a query; their types are called as Ibis does."""
    values = ", ".join(
        "(" + ", ".join(map(_value, row, types.values())) + ")" for row in rows
    )
    names = ", ".join(f"`{name}`" for name in types)
    return f"SELECT * FROM (VALUES {values}) AS t ({names})"  # noqa: S608 - quoted


def _value(value: object, dtype: str) -> str:
    return f"CAST({spark_text(value)} AS {spark_type(ibis.dtype(dtype))})"
