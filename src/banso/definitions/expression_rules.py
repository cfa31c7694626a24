"""What the conditions in definitions must satisfy: grammar, columns, types, time."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from banso.definitions.drafts import Draft, Placed
from banso.definitions.drivers import Question
from banso.definitions.expressions import (
    BadExpression,
    Compare,
    Constant,
    Every,
    Expression,
    Name,
    Not,
    OneOf,
    Scalar,
    Some,
    TextTest,
    names_of,
    parse_expression,
)
from banso.definitions.metric_rules import unknown_column
from banso.definitions.metrics import ShareMetric, TableMetric
from banso.definitions.question_columns import (
    question_columns,
    signal_columns,
    touch_columns,
)
from banso.definitions.signals import Signal
from banso.definitions.success import SuccessStep
from banso.definitions.touch import CustomerCondition
from banso.kernel.issues import Issue, Level
from banso.kernel.labels import Label
from banso.kernel.nearness import did_you_mean
from banso.tables.registry import TABLES
from banso.tables.spec import Column, Kind, TableSpec

_CUSTOMERS = TABLES["customers"]
# What the `where` of a health model may read.
_CUSTOMERS_NOW = TableSpec(
    name=_CUSTOMERS.name,
    label=_CUSTOMERS.label,
    grain=_CUSTOMERS.grain,
    columns=(
        *_CUSTOMERS.columns,
        Column("tenure_days", Kind.INTEGER, Label("継続日数", "Tenure in days")),
    ),
)

# What holds conditions over a customer on an as-of date.
_OF_CUSTOMERS = (Question, SuccessStep, Signal, CustomerCondition)

# Columns that are filled in later than the day that dates their row.
LEARNED_LATER: Mapping[str, frozenset[str]] = {
    "subscriptions": frozenset({"ended_on", "cancelled_on", "ended_reason"}),
    "deals": frozenset({"closed_on", "won"}),
    "tickets": frozenset({"closed_at"}),
    "contacts": frozenset({"left_on"}),
    "requests": frozenset({"status"}),
}

_ISO_START = re.compile(r"\d{4}(-\d{2}(-\d{2}([T ]\d{2}(:\d{2}.*)?)?)?)?")


@dataclass(frozen=True)
class Condition:
    """A condition that can be parsed, and where it is written."""

    placed: Placed[object]
    key: str
    expression: Expression
    spec: TableSpec


class GoodExpression:
    """Every condition can be parsed."""

    def issues(self, draft: Draft) -> Iterator[Issue]:
        """Yield what cannot be parsed, with the column in the text."""
        for placed, key, text in _texts(draft):
            try:
                parse_expression(text)
            except BadExpression as error:
                message = f"in '{key}', {error.message}"
                yield placed.issue(error.code, message, at=(key,), hint=error.hint)
        for metric in draft.metrics:
            if isinstance(metric.definition, ShareMetric):
                yield from _both_together(metric, metric.definition)
        for question in draft.questions:
            # The other group is counted by the opposite.
            opposite = question.definition.others_where
            yield from _negated(question, "where", opposite)
        for signal in draft.signals:
            if signal.definition.until is None:
                yield from _negated(signal, "when", signal.definition.closes)


class KnownColumns:
    """A condition reads columns of its table, or attributes that files bring."""

    def issues(self, draft: Draft) -> Iterator[Issue]:
        """Yield warnings for unknown columns, and paths into what is no JSON."""
        for condition in _conditions(draft):
            of_question = isinstance(condition.placed.definition, _OF_CUSTOMERS)
            reads_points = isinstance(
                condition.placed.definition, Signal | CustomerCondition
            )
            for name in dict.fromkeys(names_of(condition.expression)):
                column = condition.spec.by_name.get(name.column)
                if name.path and reads_points and name.column in draft.point_labels:
                    continue  # an element; `KnownNames` tells when there is none
                placed, at = condition.placed, (condition.key,)
                if column is None and of_question:
                    continue  # `KnownNames` tells more of it
                if column is None:
                    yield unknown_column(placed, name.column, condition.spec, at=at)
                elif name.path and column.kind is not Kind.JSON:
                    message = f"'{name.column}' has nothing inside: it is no JSON"
                    yield placed.issue("no_json", message, at=at)


class SameTypes:
    """A column is compared with values that it can have."""

    def issues(self, draft: Draft) -> Iterator[Issue]:
        """Yield comparisons of a column with a value of another type."""
        for condition in _conditions(draft):
            for name, value in _compared_values(condition.expression):
                column = condition.spec.by_name.get(name.written)
                if column is None:
                    continue
                fault = _why_never(column, value)
                if fault:
                    code, message, hint = fault
                    yield condition.placed.issue(
                        code, message, at=(condition.key,), hint=hint
                    )


class NoLookAhead:
    """A condition reads nothing that is learned after the day of the row.

    A ticket that was opened on Monday and closed on Friday had no ``closed_at`` on
    Wednesday; a metric as of Wednesday that reads it today knows the future.
    """

    def issues(self, draft: Draft) -> Iterator[Issue]:
        """Yield warnings for columns that are filled in later."""
        for condition in _conditions(draft):
            later = LEARNED_LATER.get(condition.spec.name, frozenset())
            columns = {name.column for name in names_of(condition.expression)}
            for column in sorted(columns & later):
                message = f"'{column}' is filled in after the row's own day"
                hint = "Past values of this metric know what came later."
                if condition.spec.span is not None:
                    hint += " For what is open on a day, use kind: running."
                yield condition.placed.issue(
                    "learned_later",
                    message,
                    at=(condition.key,),
                    hint=hint,
                    level=Level.WARNING,
                )


def _both_together(placed: Placed[object], share: ShareMetric) -> Iterator[Issue]:
    """Yield a finding when two good conditions are too long or deep as one."""
    if share.among is None or not (_is_good(share.where) and _is_good(share.among)):
        return
    try:
        # The part of a share is counted by both conditions as one.
        parse_expression(f"({share.where}) and ({share.among})")
    except BadExpression as error:
        message = f"'where' and 'among' together: {error.message}"
        yield placed.issue(error.code, message, at=("where",))


def _negated(placed: Placed[object], key: str, opposite: str) -> Iterator[Issue]:
    """Yield a finding when a good condition is too long or deep with a not."""
    if not _is_good(getattr(placed.definition, key)):
        return
    try:
        parse_expression(opposite)
    except BadExpression as error:
        message = f"the opposite of '{key}': {error.message}"
        yield placed.issue(error.code, message, at=(key,))


def _texts(draft: Draft) -> Iterator[tuple[Placed[object], str, str]]:
    for placed in draft.metrics:
        for key in ("where", "among", "contacts"):
            text = getattr(placed.definition, key, None)
            if text is not None:
                yield placed, key, text
    for model in draft.health:
        if model.definition.where is not None:
            yield model, "where", model.definition.where
    for asked in draft.asked_of_customers():
        for key in ("where", "when", "until"):
            text = getattr(asked.definition, key, None)
            if text is not None:
                yield asked, key, text


def _conditions(draft: Draft) -> Iterator[Condition]:
    metrics = list(draft.metric_by_key.values())
    of_question = question_columns(metrics, draft.profile)
    of_signal = signal_columns(metrics, draft.profile, draft.point_labels)
    of_touch = touch_columns(of_signal)
    for placed, key, text in _texts(draft):
        spec: TableSpec | None = _CUSTOMERS_NOW
        if isinstance(placed.definition, TableMetric):
            of_contacts = key == "contacts"
            spec = TABLES.get("contacts" if of_contacts else placed.definition.table)
        elif isinstance(placed.definition, Signal):
            spec = of_signal
        elif isinstance(placed.definition, CustomerCondition):
            spec = of_touch
        elif isinstance(placed.definition, _OF_CUSTOMERS):
            spec = of_question
        if spec is not None and _is_good(text):
            yield Condition(placed, key, parse_expression(text), spec)


def _is_good(text: str) -> bool:
    try:
        parse_expression(text)
    except BadExpression:
        return False
    return True


def _compared_values(expression: Expression) -> Iterator[tuple[Name, Scalar]]:
    match expression:
        case Compare(left=Name() as name, right=Constant(value=value)):
            yield name, value
        case Compare(left=Constant(value=value), right=Name() as name):
            yield name, value
        case OneOf(name=name, values=values):
            yield from ((name, value) for value in values)
        case TextTest(name=name):
            yield name, ""
        case Not(part=part):
            yield from _compared_values(part)
        case Every(parts=parts) | Some(parts=parts):
            for part in parts:
                yield from _compared_values(part)


def _why_never(column: Column, value: Scalar) -> tuple[str, str, str] | None:
    """Return why `column` can never be `value`: code, message and hint."""
    match column.kind, value:
        case Kind.TEXT, str():
            return _unknown_choice(column, value)
        case Kind.FLAG, bool():
            return None
        case ((Kind.INTEGER | Kind.NUMBER | Kind.MONEY), (int() | float())):
            if not isinstance(value, bool):
                return None
        case ((Kind.DATE | Kind.TIME), str()):
            if not value or _ISO_START.fullmatch(value):
                return None
    message = f"'{column.name}' holds {column.kind} and is compared with {value!r}"
    return "mixed_types", message[:160], _how_written(column.kind)


def _unknown_choice(column: Column, value: str) -> tuple[str, str, str] | None:
    if not value or not column.choices or value in column.choices:
        return None
    message = f"'{column.name}' is never '{value[:60]}'"
    hint = did_you_mean(value, column.choices)
    return "unknown_choice", message, hint or f"One of {', '.join(column.choices)}."


def _how_written(kind: Kind) -> str:
    match kind:
        case Kind.TEXT:
            return "Write texts in quotes."
        case Kind.FLAG:
            return "Write True or False."
        case Kind.DATE | Kind.TIME:
            return "Write days as '2026-11-23'."
        case Kind.JSON:
            return "Name a key inside it, such as properties.plan."
        case _:
            return "Write numbers without quotes."
