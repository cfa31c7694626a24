"""Turning a checked expression of a definition into an Ibis condition."""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any

import ibis
import ibis.expr.types as ir

from banso.definitions.expressions import (
    Compare,
    Constant,
    Every,
    Expression,
    IsNull,
    Name,
    Not,
    OneOf,
    Scalar,
    Some,
    TextTest,
    parse_expression,
)

_OPERATORS: Mapping[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def matches(rows: ir.Table, where: str | None, *, prefix: str = "") -> ir.BooleanValue:
    """Return whether a row satisfies `where`; unknown (null) counts as no.

    A column that the rows do not have is null: an attribute that no file has brought
    yet makes a comparison unknown, not an error. With `prefix`, the expression's
    column ``size`` is the column ``<prefix>size`` of the rows. ``use.depth`` is the
    column of that very name when there is one, such as the points of an element of
    health, and else lies inside the JSON column ``use``.
    """
    if where is None:
        return ibis.literal(value=True)
    condition = _condition(parse_expression(where), _Columns(rows, prefix))
    return condition.fill_null(ibis.literal(value=False))


@dataclass(frozen=True)
class _Columns:
    rows: ir.Table
    prefix: str

    def find(self, name: str) -> ir.Value | None:
        column = self.prefix + name
        return self.rows[column] if column in self.rows.columns else None


def _condition(node: Expression, rows: _Columns) -> ir.BooleanValue:
    match node:
        case Compare(left, sign, right):
            return _compared(left, sign, right, rows)
        case OneOf(name, values, negated):
            return _one_of(name, values, negated=negated, rows=rows)
        case IsNull(name, negated):
            value = _value(name, rows, like=None)
            return value.notnull() if negated else value.isnull()
        case TextTest(test, name, text):
            subject = _value(name, rows, like="").cast("string")
            return {
                "starts_with": subject.startswith,
                "ends_with": subject.endswith,
                "contains": subject.contains,
            }[test](text)
        case Not(part):
            return ~_condition(part, rows)
        case Every(parts):
            return reduce(operator.and_, [_condition(part, rows) for part in parts])
        case Some(parts):
            return reduce(operator.or_, [_condition(part, rows) for part in parts])


def _compared(
    left: Name | Constant, sign: str, right: Name | Constant, rows: _Columns
) -> ir.BooleanValue:
    left_like = right.value if isinstance(right, Constant) else None
    right_like = left.value if isinstance(left, Constant) else None
    return _OPERATORS[sign](
        _operand(left, rows, like=left_like), _operand(right, rows, like=right_like)
    )


def _one_of(
    name: Name, values: tuple[Scalar, ...], *, negated: bool, rows: _Columns
) -> ir.BooleanValue:
    sample = next((value for value in values if value is not None), None)
    subject = _value(name, rows, like=sample)
    found = subject.isin([value for value in values if value is not None])
    return ~found if negated else found


def _operand(part: Name | Constant, rows: _Columns, *, like: Scalar) -> ir.Value:
    if isinstance(part, Constant):
        return ibis.literal(part.value)
    return _value(part, rows, like=like)


_TYPES = {bool: "boolean", int: "float64", float: "float64"}


def _value(name: Name, rows: _Columns, *, like: Scalar) -> ir.Value:
    """Return the value of a column as the type of what it is compared with."""
    whole = rows.find(name.written)
    column = rows.find(name.column) if whole is None else whole
    if column is None:
        return ibis.null(_TYPES.get(type(like), "string"))
    if whole is None:
        return _inside_json(column, name.path, like=like)
    if isinstance(like, str) and not isinstance(column, ir.StringValue):
        return column.cast("string")  # dates compare as ISO texts
    if isinstance(like, bool) and isinstance(column, ir.StringValue):
        return column.try_cast("boolean")
    if isinstance(like, int | float) and isinstance(column, ir.StringValue):
        return column.try_cast("float64")
    return column


def _inside_json(column: ir.Value, path: tuple[str, ...], *, like: Scalar) -> ir.Value:
    value = column.cast("json")
    for step in path:
        value = value[step]
    if isinstance(like, bool):
        return value.bool
    if isinstance(like, int | float):
        return value.float  # `.int` of 2.5 is null
    return value.str
