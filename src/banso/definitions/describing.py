"""Definitions in plain words, in both languages: how a number is computed."""

from collections.abc import Mapping

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
from banso.definitions.metrics import (
    AttributeMetric,
    ChangeMetric,
    DaysSinceLastMetric,
    EndedMetric,
    Metric,
    OfContacts,
    RatioMetric,
    RunningMetric,
    ShareMetric,
    TableMetric,
)
from banso.kernel.labels import Label
from banso.tables.registry import TABLES
from banso.tables.spec import Kind, TableSpec

_SENTENCES: Mapping[str, Label] = {
    "count": Label("{rows}の件数", "Number of {rows}"),
    "sum": Label("{rows}の「{column}」の合計", "Sum of {column} over {rows}"),
    "mean": Label("{rows}の「{column}」の平均", "Mean {column} of {rows}"),
    "distinct_contacts": Label(
        "{rows}に関わった人の数（同じ人は一人と数えます）",
        "Number of different people in {rows}",
    ),
    "days_active": Label("{rows}があった日数", "Number of days with {rows}"),
    "last": Label(
        "{rows}のうち、最も新しいものの「{column}」", "Latest {column} of {rows}"
    ),
    "days_since_last": Label(
        "{rows}のうち、最も新しいものの日付から基準日までの日数",
        "Days from the newest of {rows} to the day",
    ),
    "days_since_last_of": Label(
        "{rows}のうち、最も新しいものの「{column}」から基準日までの日数（先ならマイナス）",
        "Days from {column} of the newest of {rows} to the day (negative before it)",
    ),
    "running": Label("{rows}の数", "Number of {rows}"),
    "ended": Label("{rows}の数", "Number of {rows}"),
    "running_sum": Label("{rows}の「{column}」の合計", "Sum of {column} over {rows}"),
    "share": Label(
        "{rows}のうち、{part}ものの割合", "Share, among {rows}, of those where {part}"
    ),
    "ratio": Label(
        "「{of}」÷「{to}」（分母が0のときは値なし）",
        "{of} ÷ {to} (no value when the latter is 0)",
    ),
    "change": Label(
        "「{of}」を、その直前の同じ長さの期間と比べた増減率",
        "{of}, as its relative change against the window just before",
    ),
    "attribute": Label("顧客情報の「{column}」の値", "The customer's {column}"),
}
# Kinds that read a column or none, and the sentence for those with one.
_WITH_COLUMN = {"running": "running_sum", "days_since_last": "days_since_last_of"}

_WITHIN = Label("直近{days}日間の{table}", "{table} in the last {days} days")
_EVER = Label("基準日までの{table}", "{table} up to the day")
_OPEN: Mapping[str, Label] = {
    "subscriptions": Label(
        "基準日の時点で有効な契約", "subscriptions running on the day"
    ),
    "tickets": Label("基準日の時点で未完了の問い合わせ", "tickets open on the day"),
    "deals": Label("基準日の時点で進行中の商談", "deals open on the day"),
    "contacts": Label(
        "基準日の時点で在籍中の担当者・利用者", "contacts who are there on the day"
    ),
}
_ENDED: Mapping[str, tuple[Label, Label]] = {
    "subscriptions": (
        Label(
            "直近{days}日間に終わった契約",
            "subscriptions that ended in the last {days} days",
        ),
        Label("基準日までに終わった契約", "subscriptions that ended up to the day"),
    ),
    "tickets": (
        Label(
            "直近{days}日間に完了した問い合わせ",
            "tickets closed in the last {days} days",
        ),
        Label("基準日までに完了した問い合わせ", "tickets closed up to the day"),
    ),
    "deals": (
        Label("直近{days}日間に終わった商談", "deals closed in the last {days} days"),
        Label("基準日までに終わった商談", "deals closed up to the day"),
    ),
    "contacts": (
        Label(
            "直近{days}日間に離任した担当者・利用者",
            "contacts who left in the last {days} days",
        ),
        Label("基準日までに離任した担当者・利用者", "contacts who left up to the day"),
    ),
}
_OF_CONTACTS = Label(
    "{rows}（関わった人の{condition}もの）", "{rows} by contacts whose {condition}"
)
_THOSE = Label("{rows}（{condition}もの）", "{rows} where {condition}")

_COMPARED: Mapping[str, Label] = {
    "==": Label("{left}が{right}である", "{left} is {right}"),
    "!=": Label("{left}が{right}でない", "{left} is not {right}"),
    "<": Label("{left}が{right}より小さい", "{left} is less than {right}"),
    "<=": Label("{left}が{right}以下である", "{left} is at most {right}"),
    ">": Label("{left}が{right}より大きい", "{left} is more than {right}"),
    ">=": Label("{left}が{right}以上である", "{left} is at least {right}"),
}
_COMPARED_DAYS: Mapping[str, Label] = {
    **_COMPARED,
    "<": Label("{left}が{right}より前である", "{left} is before {right}"),
    "<=": Label("{left}が{right}以前である", "{left} is on or before {right}"),
    ">": Label("{left}が{right}より後である", "{left} is after {right}"),
    ">=": Label("{left}が{right}以降である", "{left} is on or after {right}"),
}
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
_TEXT_TESTS: Mapping[str, Label] = {
    "starts_with": Label("{left}が{right}で始まる", "{left} starts with {right}"),
    "ends_with": Label("{left}が{right}で終わる", "{left} ends with {right}"),
    "contains": Label("{left}に{right}を含む", "{left} contains {right}"),
}
_ONE_OF = Label("{left}が{values}のいずれかである", "{left} is one of {values}")
_NONE_OF = Label("{left}が{values}のいずれでもない", "{left} is none of {values}")
_EMPTY = Label("{left}が空欄である", "{left} is empty")
_GIVEN = Label("{left}が入力されている", "{left} is given")
_NOT = Label("「{part}」に当てはまらない", "it is not so that {part}")
_BRACKETS = Label("（{part}）", "({part})")
_AND = Label("、かつ", " and ")
_OR = Label("、または", " or ")


def describe_metric(metric: Metric, metric_by_key: Mapping[str, Metric]) -> Label:
    """Return in one phrase how a metric is computed.

    Parameters
    ----------
    metric
        The metric; its conditions can be parsed.
    metric_by_key
        All metrics: a ratio or change speaks of others by their labels.

    """
    match metric:
        case RatioMetric():
            of, to = (_label_of(key, metric_by_key) for key in (metric.of, metric.to))
            return filled(_SENTENCES["ratio"], of=of, to=to)
        case ChangeMetric():
            return filled(_SENTENCES["change"], of=_label_of(metric.of, metric_by_key))
        case AttributeMetric():
            column = _column(Name(metric.column), TABLES["customers"])
            return filled(_SENTENCES["attribute"], column=column)
        case ShareMetric():
            rows = _rows(metric, metric.among)
            part = describe_condition(metric.where, metric.table)
            return filled(_SENTENCES["share"], rows=rows, part=part)
    rows = _rows(metric, metric.where)
    of_column = getattr(metric, "of", None)
    if of_column is None:
        return filled(_SENTENCES[metric.kind], rows=rows)
    kind = _WITH_COLUMN.get(metric.kind, metric.kind)
    column = _column(Name(of_column), TABLES[metric.table])
    return filled(_SENTENCES[kind], rows=rows, column=column)


def describe_condition(where: str, table: str) -> Label:
    """Return a condition over the rows of `table` in plain words.

    Raises
    ------
    BadExpression
        `where` cannot be parsed.

    """
    return describe_expression(parse_expression(where), TABLES[table])


def describe_expression(node: Expression, spec: TableSpec) -> Label:
    """Return a condition over the rows of a table, declared or not, in plain words."""
    return _condition(node, spec)


def _rows(metric: TableMetric, where: str | None) -> Label:
    table = _table(metric.table)
    days = getattr(metric, "window_days", None)
    if isinstance(metric, RunningMetric):
        rows = _OPEN[metric.table]
    elif isinstance(metric, EndedMetric):
        within, ever = _ENDED[metric.table]
        rows = (
            ever if days is None else filled(within, days=Label(f"{days}", f"{days}"))
        )
    elif isinstance(metric, DaysSinceLastMetric):
        rows = table
    elif days is None:
        rows = filled(_EVER, table=table)
    else:
        rows = filled(_WITHIN, table=table, days=Label(str(days), str(days)))
    if isinstance(metric, OfContacts) and metric.contacts is not None:
        condition = describe_condition(metric.contacts, "contacts")
        rows = filled(_OF_CONTACTS, rows=rows, condition=condition)
    if where is None:
        return rows
    condition = describe_condition(where, metric.table)
    return filled(_THOSE, rows=rows, condition=condition)


def _condition(node: Expression, spec: TableSpec) -> Label:
    match node:
        case Compare():
            return _comparison(node, spec)
        case OneOf(name=name, values=values, negated=negated):
            listed = _listed(values)
            template = _NONE_OF if negated else _ONE_OF
            return filled(template, left=_column(name, spec), values=listed)
        case IsNull(name=name, negated=negated):
            template = _GIVEN if negated else _EMPTY
            return filled(template, left=_column(name, spec))
        case TextTest(test=test, name=name, text=text):
            left = _column(name, spec)
            return filled(_TEXT_TESTS[test], left=left, right=_value(text))
        case Not(part=part):
            return filled(_NOT, part=_grouped(part, spec))
        case Every(parts=parts):
            return _joined([_grouped(part, spec) for part in parts], _AND)
        case Some(parts=parts):
            return _joined([_grouped(part, spec) for part in parts], _OR)


def _grouped(node: Expression, spec: TableSpec) -> Label:
    words = _condition(node, spec)
    return filled(_BRACKETS, part=words) if isinstance(node, Every | Some) else words


def _comparison(node: Compare, spec: TableSpec) -> Label:
    left, operator, right = node.left, str(node.operator), node.right
    if isinstance(left, Constant):  # 3 < value reads better as value > 3
        left, operator, right = right, _MIRRORED[operator], left
    assert isinstance(left, Name)
    column = spec.by_name.get(left.column)
    is_day = column is not None and column.kind in {Kind.DATE, Kind.TIME}
    template = (_COMPARED_DAYS if is_day else _COMPARED)[operator]
    other = _column(right, spec) if isinstance(right, Name) else _value(right.value)
    return filled(template, left=_column(left, spec), right=other)


def _listed(values: tuple[Scalar, ...]) -> Label:
    words = [_value(value) for value in values]
    return Label("".join(w.ja for w in words), ", ".join(w.en for w in words))


def _joined(parts: list[Label], word: Label) -> Label:
    return Label(word.ja.join(p.ja for p in parts), word.en.join(p.en for p in parts))


def _value(value: Scalar) -> Label:
    match value:
        case bool():
            return Label("「はい」", "yes") if value else Label("「いいえ」", "no")
        case int() | float():
            return Label(f"{value}", f"{value}")
    return Label(f"「{value}」", f"'{value}'")


def _column(name: Name, spec: TableSpec) -> Label:
    column = spec.by_name.get(name.written)
    if column is None:
        return Label(name.written, f"“{name.written}”")
    ja, en = column.meaning.ja, column.meaning.en
    if TABLES.get(spec.name) is not spec:  # columns named by a company: as they are
        return Label(f"「{ja}」", f"“{en}”")
    # What follows a bracket or comma explains the column to who fills it in.
    return Label(ja.split("（")[0], f"“{_inside(en.split(' (')[0].split(',')[0])}”")


def _table(name: str) -> Label:
    label = TABLES[name].label
    return Label(label.ja, _inside(label.en))


def _label_of(key: str, metric_by_key: Mapping[str, Metric]) -> Label:
    metric = metric_by_key.get(key)
    return metric.label.label if metric else Label(key, key)


def _inside(text: str) -> str:
    """Return an English label as it stands inside a sentence; MRR stays MRR."""
    return text if text[:2].isupper() else text[:1].lower() + text[1:]


def filled(template: Label, **parts: Label) -> Label:
    """Return a text with its places filled in, in both languages."""
    return Label(
        template.ja.format(**{name: part.ja for name, part in parts.items()}),
        template.en.format(**{name: part.en for name, part in parts.items()}),
    )
