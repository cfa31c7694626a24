"""Safe expressions over the columns of a row: what `where` in a definition may say."""

import ast
import io
import re
import tokenize
import warnings
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from banso.kernel.errors import BansoError
from banso.kernel.nearness import did_you_mean

Scalar = str | int | float | bool | None
Comparison = Literal["==", "!=", "<", "<=", ">", ">="]
TextTestName = Literal["starts_with", "ends_with", "contains"]


@dataclass(frozen=True)
class Name:
    """A column, or with `path` a value inside a JSON column (``properties.plan``)."""

    column: str
    path: tuple[str, ...] = ()

    @property
    def written(self) -> str:
        """The name as it stands in the text, its steps joined by dots."""
        return ".".join((self.column, *self.path))


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

    test: TextTestName
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

LONGEST_EXPRESSION = 2000  # characters
DEEPEST_NESTING = 20  # brackets, `not` and dots inside each other
_LARGEST_INTEGER = 2**63 - 1
_TEXT_TESTS: dict[str, TextTestName] = {
    "starts_with": "starts_with",
    "ends_with": "ends_with",
    "contains": "contains",
}
_COMPARISONS: dict[type[ast.cmpop], Comparison] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}
ALLOWED = (
    "comparisons (== != < <= > >=), and, or, not, in [...], is None, "
    "starts_with(column, 'text'), ends_with, contains, "
    "columns, properties.name, texts, numbers, True, False"
)


class BadExpression(BansoError):
    """The text is no expression that a definition may hold.

    `facts` has ``column`` (from 1, where it went wrong), ``found`` and ``allowed``.
    """

    code = "bad_expression"


@lru_cache(maxsize=1024)
def parse_expression(text: str) -> Expression:
    """Return the meaning of `text`, which looks like a Python condition.

    Nothing is evaluated: the text is parsed, and every part of it must be one that
    the language of definitions has. That language has no calls but three text tests,
    no arithmetic and no access to anything but the columns of a row.

    Parameters
    ----------
    text
        Such as ``name in ['login', 'open'] and properties.plan != 'free'``. It may
        run over several lines; times and dates are written as ISO texts.

    Raises
    ------
    BadExpression
        Something else stands in it, or it is too long or too deeply nested.

    Notes
    -----
    The language is described in ``docs/concepts/definitions.md``.

    """
    if len(text) > LONGEST_EXPRESSION:
        found = f"{len(text)} characters"
        raise _refusal(LONGEST_EXPRESSION + 1, found, f"{LONGEST_EXPRESSION} at most")
    # One line of the same length, so that columns still point into the given text.
    line = re.sub(r"[\t\n\r\f]", " ", text)
    start = len(line) - len(line.lstrip(" "))
    line = line.strip(" ")
    if not line:
        raise _refusal(1, "an empty text", ALLOWED)
    reader = _Reader(line, start)
    return reader.condition(reader.tree(), 0)


def names_of(expression: Expression) -> tuple[Name, ...]:
    """Return every column and path that `expression` reads, as they stand in it."""
    match expression:
        case Compare(left=left, right=right):
            return tuple(side for side in (left, right) if isinstance(side, Name))
        case OneOf(name=name) | IsNull(name=name) | TextTest(name=name):
            return (name,)
        case Not(part=part):
            return names_of(part)
        case Every(parts=parts) | Some(parts=parts):
            return tuple(name for part in parts for name in names_of(part))


def columns_of(expression: Expression) -> frozenset[str]:
    """Return the columns that `expression` reads."""
    return frozenset(name.column for name in names_of(expression))


def _refusal(column: int, found: str, allowed: str) -> BadExpression:
    return BadExpression(
        f"column {column}: found {found}",
        hint=f"Allowed: {allowed}.",
        column=column,
        found=found,
        allowed=allowed,
    )


@dataclass(frozen=True)
class _Reader:
    """Turns the syntax tree of one line into an expression."""

    line: str
    start: int  # characters that were stripped in front of the line

    def tree(self) -> ast.expr:
        try:
            with warnings.catch_warnings():
                # "1in x" and '\d' are told by the parser to nobody who could act.
                warnings.simplefilter("ignore")
                body = ast.parse(self.line, mode="eval").body
        except SyntaxError as error:
            # What breaks off has the offset 0.
            column = self.start + min(
                error.offset or len(self.line) + 1, len(self.line) + 1
            )
            raise _refusal(column, f"a syntax error ({error.msg})", ALLOWED) from None
        except (ValueError, RecursionError, MemoryError):
            # NUL, a lone surrogate, or a nest too deep for the parser itself.
            column = self.start + 1
            raise _refusal(column, "a text that cannot be read", ALLOWED) from None
        if "#" in self.line:
            self._refuse_comment()
        return body

    def _refuse_comment(self) -> None:
        # As all is one line, a comment would swallow conditions on the lines below it.
        for token in tokenize.generate_tokens(io.StringIO(self.line).readline):
            if token.type == tokenize.COMMENT:
                column = self.start + token.start[1] + 1
                raise _refusal(column, "a comment", "a comment of YAML, outside")

    def refusal(self, node: ast.AST, found: str, allowed: str) -> BadExpression:
        offset = getattr(node, "col_offset", 0)  # counts bytes of UTF-8
        characters = len(self.line.encode()[:offset].decode(errors="ignore"))
        return _refusal(self.start + characters + 1, found, allowed)

    def condition(self, node: ast.expr, depth: int) -> Expression:
        if depth > DEEPEST_NESTING:
            raise self.refusal(node, "too deep a nest", f"{DEEPEST_NESTING} levels")
        match node:
            case ast.BoolOp(op=ast.And(), values=values):
                return Every(tuple(self.condition(v, depth + 1) for v in values))
            case ast.BoolOp(op=ast.Or(), values=values):
                return Some(tuple(self.condition(v, depth + 1) for v in values))
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return Not(self.condition(operand, depth + 1))
            case ast.Compare():
                return self.comparison(node)
            case ast.Call():
                return self.text_test(node)
            case ast.Name(id=name):
                found = f"'{name}' alone"
                raise self.refusal(node, found, f"a condition, as {name} == True")
        raise self.refusal(node, _in_words(node), ALLOWED)

    def comparison(self, node: ast.Compare) -> Expression:
        sides = [node.left, *node.comparators]
        pairs = zip(sides, node.ops, sides[1:], strict=False)
        parts = tuple(self.pair(left, op, right) for left, op, right in pairs)
        if len(parts) == 1:
            return parts[0]
        if not all(isinstance(part, Compare) for part in parts):
            raise self.refusal(node, "a chain with in or is", "chains of < <= > >= ==")
        return Every(parts)

    def pair(self, left: ast.expr, operator: ast.cmpop, right: ast.expr) -> Expression:
        if isinstance(operator, ast.In | ast.NotIn):
            negated = isinstance(operator, ast.NotIn)
            return OneOf(self.name(left), self.listed(right), negated=negated)
        if isinstance(operator, ast.Is | ast.IsNot):
            if not (isinstance(right, ast.Constant) and right.value is None):
                raise self.refusal(right, _in_words(right), "None after 'is'")
            return IsNull(self.name(left), negated=isinstance(operator, ast.IsNot))
        first, second = self.operand(left), self.operand(right)
        if isinstance(first, Constant) and isinstance(second, Constant):
            raise self.refusal(left, "a comparison of two constants", "a column in it")
        return Compare(first, _COMPARISONS[type(operator)], second)

    def operand(self, node: ast.expr) -> Name | Constant:
        if isinstance(node, ast.Name | ast.Attribute | ast.Subscript):
            return self.name(node)
        if isinstance(node, ast.Constant) and node.value is None:
            raise self.refusal(node, "None", "'is None' or 'is not None'")
        return Constant(self.constant(node))

    def listed(self, node: ast.expr) -> tuple[Scalar, ...]:
        if not isinstance(node, ast.List | ast.Tuple) or not node.elts:
            raise self.refusal(node, _in_words(node), "a list with values after 'in'")
        values = tuple(self.constant(value) for value in node.elts)
        if len({_sort_of(value) for value in values}) > 1:
            raise self.refusal(node, "a list of mixed values", "values of one type")
        return values

    def constant(self, node: ast.expr) -> str | int | float | bool:
        match node:
            case ast.Constant(value=bool() as flag):
                return flag
            case ast.UnaryOp(
                op=ast.USub(), operand=ast.Constant(value=int() | float() as value)
            ) if not isinstance(value, bool):
                return -self.number(node, value)
            case ast.Constant(value=int() | float() as value):
                return self.number(node, value)
            case ast.Constant(value=str() as text):
                return self.text(node, text)
        raise self.refusal(node, _in_words(node), "a text, number, True or False")

    def number(self, node: ast.expr, value: float) -> int | float:
        if abs(value) > (1.7e308 if isinstance(value, float) else _LARGEST_INTEGER):
            raise self.refusal(node, "too large a number", "numbers of 64 bits")
        return value

    def text(self, node: ast.expr, text: str) -> str:
        if any(
            character == "\0" or "\ud800" <= character <= "\udfff" for character in text
        ):
            raise self.refusal(
                node, "a character that no text can hold", "Unicode text"
            )
        return text

    def name(self, node: ast.expr) -> Name:
        path: list[str] = []
        place = node
        while not isinstance(node, ast.Name):
            match node:
                case ast.Attribute(value=inner, attr=key):
                    path.append(self.spelled(node, key))
                case ast.Subscript(
                    value=inner, slice=ast.Constant(value=str() as key)
                ) if key:
                    path.append(self.text(node, key))
                case _:
                    raise self.refusal(node, _in_words(node), "a column")
            node = inner
        if len(path) > DEEPEST_NESTING:
            raise self.refusal(place, "too long a path", f"{DEEPEST_NESTING} steps")
        return Name(self.spelled(node, node.id), tuple(reversed(path)))

    def spelled(self, node: ast.expr, name: str) -> str:
        # Python folds ﾌﾟﾗﾝ into プラン, which would be another column.
        if not name.isascii() and name not in self.line:
            raise self.refusal(
                node, f"a name that reads as '{name}'", "properties['name'] for it"
            )
        return name

    def text_test(self, node: ast.Call) -> TextTest:
        known = ", ".join(_TEXT_TESTS)
        match node:
            case ast.Call(func=ast.Name(id=test)) if test in _TEXT_TESTS:
                pass
            case ast.Call(func=ast.Name(id=other)):
                hint = did_you_mean(other, _TEXT_TESTS)
                found = f"'{other}(…)'" + (f" ({hint})" if hint else "")
                raise self.refusal(node, found, known)
            case _:
                raise self.refusal(node, "a call", known)
        match node:
            case ast.Call(
                args=[column, ast.Constant(value=str() as text) as wanted], keywords=[]
            ):
                return TextTest(
                    _TEXT_TESTS[test], self.name(column), self.text(wanted, text)
                )
        raise self.refusal(node, f"'{test}' with this", f"{test}(column, 'text')")


def _sort_of(value: Scalar) -> type:
    """Return what `value` may stand beside in a list: whole numbers with decimals."""
    return float if type(value) is int else type(value)


_WORDS: dict[type[ast.expr], str] = {
    ast.BinOp: "arithmetic",
    ast.UnaryOp: "arithmetic",
    ast.Lambda: "a function",
    ast.List: "a list",
    ast.Tuple: "a list",
    ast.JoinedStr: "a text with placeholders",
    ast.Compare: "a comparison",
    ast.Call: "a call",
}


def _in_words(node: ast.expr) -> str:
    """Return what a reader calls this part of an expression."""
    match node:
        case ast.Constant(value=value):
            return f"the value {value!r}"[:80]
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return f"'{name}'"
        case ast.List(elts=[]) | ast.Tuple(elts=[]):
            return "an empty list"
    return _WORDS.get(type(node), f"a part of the kind {type(node).__name__}")
