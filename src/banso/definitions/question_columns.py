"""What conditions over a customer may read, as if it were one table."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from banso.definitions.drivers import CONTRACT_COLUMNS, TENURE
from banso.definitions.metrics import Metric
from banso.definitions.signals import CHANCES, SCORE
from banso.definitions.touch import NEED, VALUE, VALUE_RANK
from banso.kernel.labels import Label
from banso.tables.registry import TABLES
from banso.tables.spec import Column, Kind, TableSpec

_CUSTOMERS = TABLES["customers"]
_SCORE = Label("ヘルススコア", "Health score")
_CHANCES = {
    "churn": Label("{n}日以内に解約する確率", "Chance of churn within {n} days"),
    "expansion": Label(
        "{n}日以内にMRRが拡大する確率", "Chance of expansion within {n} days"
    ),
    "contraction": Label(
        "{n}日以内にMRRが縮小する確率", "Chance of contraction within {n} days"
    ),
}
_CONTRACT_LABELS = {
    "plan": Label("プラン", "Plan"),
    "product": Label("製品", "Product"),
    "days_to_renewal": Label("契約更新までの日数", "Days to the renewal"),
}

_TOUCH_LABELS = {
    VALUE: Label("年間の契約金額", "Contract value in a year"),
    VALUE_RANK: Label(
        "契約金額がより小さい顧客の割合", "Share of customers that are worth less"
    ),
    NEED: Label("支援の必要度", "Need"),
}


def question_columns(metrics: Sequence[Metric], profile: Sequence[str]) -> TableSpec:
    """Return the columns of a customer on a day that a question may read.

    Parameters
    ----------
    metrics
        The metrics; each is a number under its key.
    profile
        The columns of ``customers`` that are set at the start. One that only the
        company's own files bring has a type that is not known here, and is left out.

    Returns
    -------
    TableSpec
        One row per customer and as-of date.

    """
    columns = {column.name: column for column in _fixed_columns(profile)}
    columns |= {
        metric.key: Column(metric.key, Kind.NUMBER, metric.label.label)
        for metric in metrics
    }
    return TableSpec(
        name=_CUSTOMERS.name,
        label=_CUSTOMERS.label,
        grain=Label("基準日における顧客一件", "a customer on an as-of date"),
        columns=tuple(columns.values()),
    )


def signal_columns(
    metrics: Sequence[Metric], profile: Sequence[str], points: Mapping[str, Label]
) -> TableSpec:
    """Return the columns of a customer on a day that a signal may read.

    Those of `question_columns`, the points of health and the chances of the forecast;
    a metric of the same key goes before them.

    Parameters
    ----------
    metrics, profile
        As for `question_columns`.
    points
        What dimensions and elements of health are called (`health.point_labels`).

    """
    of_question = question_columns(metrics, profile)
    labels = {**dict(_chance_labels()), **points, SCORE: _SCORE}
    more = (
        Column(name, Kind.NUMBER, label)
        for name, label in labels.items()
        if name not in of_question.by_name
    )
    return replace(of_question, columns=(*of_question.columns, *more))


def touch_columns(of_signal: TableSpec) -> TableSpec:
    """Return the columns of a customer on a day that a rule of touch may read.

    Those of `signal_columns`, every column of ``customers`` as it is today, and value
    and need; a metric of the same key goes before them.

    Parameters
    ----------
    of_signal
        What a signal may read.

    """
    more = (
        *_CUSTOMERS.columns,
        *(Column(name, Kind.NUMBER, label) for name, label in _TOUCH_LABELS.items()),
    )
    new = (column for column in more if column.name not in of_signal.by_name)
    return replace(of_signal, columns=(*of_signal.columns, *new))


def _chance_labels() -> Iterator[tuple[str, Label]]:
    for name in CHANCES:
        target, _, days = name.partition("_")
        template = _CHANCES[target]
        yield name, Label(template.ja.format(n=days), template.en.format(n=days))


def _fixed_columns(profile: Sequence[str]) -> Iterator[Column]:
    yield Column(TENURE, Kind.INTEGER, Label("継続日数", "Tenure in days"))
    for name, kind in CONTRACT_COLUMNS.items():
        yield Column(name, kind, _CONTRACT_LABELS[name])
    for name in profile:
        if name in _CUSTOMERS.by_name:
            yield _CUSTOMERS.by_name[name]
