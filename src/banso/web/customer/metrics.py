"""The metrics of a customer: all of them at a glance, and one in full."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from banso.charts.chart import Chart
from banso.charts.metrics import MetricPoint, MetricShape, metric_history
from banso.definitions.availability import parts_of
from banso.definitions.describing import describe_metric
from banso.definitions.metrics import AttributeMetric, Metric
from banso.runs.reading import ReleaseReader
from banso.tables.registry import TABLES
from banso.web.customer import words
from banso.web.customer.comparing import Comparison
from banso.web.customer.health import connect_words
from banso.web.customer.history import History
from banso.webkit.sparkline import sparkline

SPARK_DATES = 26


@dataclass(frozen=True)
class MetricRow:
    """A metric at a glance."""

    key: str
    label: str
    how: str  # how it is computed, in words
    value: str
    before: str
    change: str
    spark: SafeString


@dataclass(frozen=True)
class MetricGroup:
    """The metrics over one table."""

    title: str
    rows: Sequence[MetricRow]


@dataclass(frozen=True)
class OffMetric:
    """A metric that is off, and what would switch it on."""

    label: str
    connect: str


@dataclass(frozen=True)
class MetricPanel:
    """One metric in full."""

    key: str
    label: str
    how: str
    about: str
    parts: Sequence[tuple[str, str, str]]  # key, label, how of what it is made of
    value: str
    before: str
    change: str
    connect: str  # what switches it on; empty: it is on
    chart: Chart


def metric_groups(
    reader: ReleaseReader, history: History, comparison: Comparison
) -> list[MetricGroup]:
    """Return the metrics that are on, by table in the order of the contract."""
    by_key = reader.catalog.metric_by_key
    groups: dict[str, list[MetricRow]] = {}
    for metric in reader.metrics:
        row = _row(metric, by_key, history, comparison)
        groups.setdefault(table_of(metric, by_key), []).append(row)
    return [
        MetricGroup(words.said(TABLES[table].label), groups[table])
        for table in TABLES
        if table in groups
    ]


def off_metrics(reader: ReleaseReader) -> list[OffMetric]:
    """Return the metrics that wait for a table."""
    on = {metric.key for metric in reader.metrics}
    return [
        OffMetric(words.said(metric.label.label), connect_words(reader, metric.key))
        for metric in reader.catalog.metrics
        if metric.key not in on
    ]


def table_of(metric: Metric, by_key: Mapping[str, Metric]) -> str:
    """Return the table that a metric is mainly about: for a ratio, the one above."""
    while parts := parts_of(metric):
        metric = by_key[parts[0]]
    if isinstance(metric, AttributeMetric):
        return "customers"
    return str(getattr(metric, "table", "customers"))


def _row(
    metric: Metric,
    by_key: Mapping[str, Metric],
    history: History,
    comparison: Comparison,
) -> MetricRow:
    label = words.said(metric.label.label)
    value, before, change = _two(metric, history, comparison)
    until = [date for date in history.dates if date <= comparison.after]
    values = [history.value(metric.key, date) for date in until[-SPARK_DATES:]]
    known = [number for number in values if number is not None]
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    if low == high:
        low, high = low - 1, high + 1
    return MetricRow(
        key=metric.key,
        label=label,
        how=words.said(describe_metric(metric, by_key)),
        value=value,
        before=before,
        change=change,
        spark=sparkline(
            values,
            title=_("%(metric)s: from %(low)s to %(high)s")
            % {
                "metric": label,
                "low": words.amount(min(known, default=None), metric.unit),
                "high": words.amount(max(known, default=None), metric.unit),
            },
            low=low,
            high=high,
        ),
    )


def _two(
    metric: Metric, history: History, comparison: Comparison
) -> tuple[str, str, str]:
    """Return the value at the later and the earlier date, and the difference."""
    value = history.value(metric.key, comparison.after)
    if comparison.before is None:
        return words.amount(value, metric.unit), "", ""
    before = history.value(metric.key, comparison.before)
    change = None if value is None or before is None else value - before
    return (
        words.amount(value, metric.unit),
        words.amount(before, metric.unit),
        words.difference(change, metric.unit),
    )


def metric_panel(
    reader: ReleaseReader, history: History, comparison: Comparison, key: str
) -> MetricPanel | None:
    """Return one metric; None: there is no such."""
    by_key = reader.catalog.metric_by_key
    metric = by_key.get(key)
    if metric is None:
        return None
    value, before, change = _two(metric, history, comparison)
    is_on = any(each.key == key for each in reader.metrics)
    return MetricPanel(
        key=key,
        label=words.said(metric.label.label),
        how=words.said(describe_metric(metric, by_key)),
        about=words.said(metric.about.label) if metric.about else "",
        parts=[
            (
                part,
                words.said(by_key[part].label.label),
                words.said(describe_metric(by_key[part], by_key)),
            )
            for part in parts_of(metric)
        ],
        value=value,
        before=before,
        change=change,
        connect="" if is_on else connect_words(reader, key),
        chart=_chart(metric, history),
    )


def _chart(metric: Metric, history: History) -> Chart:
    def say(value: float) -> str:
        return words.amount(value, metric.unit)

    shape = MetricShape(
        key=metric.key,
        label=metric.label.label,
        say=say,
        axis_format=".0%" if metric.unit == "ratio" else "",
    )
    points = [
        MetricPoint(date, history.value(metric.key, date)) for date in history.dates
    ]
    return metric_history(points, shape, language=get_language() or "en")
