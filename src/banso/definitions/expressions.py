"""Safe expressions over the columns of a row: what `where` in a definition may say."""

from dataclasses import dataclass
from typing import Literal

Scalar = str | int | float | bool | None
Comparison = Literal["==", "!=", "<", "<=", ">", ">="]


@dataclass(frozen=True)
class Name:
    """A column, or with `path` a value inside a JSON column (``properties.plan``)."""

    column: str
    path: tuple[str, ...] = ()


@dataclass(frozen=True)
class Constant:
    """A value written into the expression; dates are written as ISO texts."""

    value: Scalar


@dataclass(frozen=True)
class Compare:
    """``left operator right``; unknown when either side is null."""

    left: "Name | Constant"
    operator: Comparison
    right: "Name | Constant"


@dataclass(frozen=True)
class OneOf:
    """``name in [values]``."""

    name: Name
    values: tuple[Scalar, ...]
    negated: bool = False


@dataclass(frozen=True)
class IsNull:
    """``name is None``."""

    name: Name
    negated: bool = False


@dataclass(frozen=True)
class TextTest:
    """``starts_with(name, 'x')``, ``ends_with`` or ``contains``; case counts."""

    test: Literal["starts_with", "ends_with", "contains"]
    name: Name
    text: str


@dataclass(frozen=True)
class Not:
    """``not part``."""

    part: "Expression"


@dataclass(frozen=True)
class Every:
    """``part and part …``."""

    parts: "tuple[Expression, ...]"


@dataclass(frozen=True)
class Some:
    """``part or part …``."""

    parts: "tuple[Expression, ...]"


Expression = Compare | OneOf | IsNull | TextTest | Not | Every | Some
