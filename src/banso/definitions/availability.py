"""Which metrics a company can have with the tables that it has connected."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from banso.definitions.catalog import Catalog
from banso.definitions.drivers import Question
from banso.definitions.expressions import (
    BadExpression,
    columns_of,
    parse_expression,
)
from banso.definitions.metrics import (
    AttributeMetric,
    ChangeMetric,
    DaysSinceLastMetric,
    DistinctContactsMetric,
    LastMetric,
    MeanMetric,
    Metric,
    OfContacts,
    RatioMetric,
    RunningMetric,
    SumMetric,
    TableMetric,
)
from banso.definitions.signals import Signal

Columns = Mapping[str, Collection[str]]


@dataclass(frozen=True)
class SwitchedOff:
    """A metric that cannot be had, and what would have to be connected for it.

    `code` is ``connect_tables`` when whole tables are missing, and else
    ``connect_columns``; columns read ``table.column``. Both are sorted.
    """

    metric: Metric
    code: Literal["connect_tables", "connect_columns"]
    tables: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Unanswered:
    """A question that cannot be answered, and the metrics that it lacks."""

    question: Question
    off: tuple[SwitchedOff, ...]

    @property
    def message(self) -> str:
        """What is missing, in English for logs and the CLI."""
        return f"question '{self.question.key}' {_waits_for(self.off)}"


@dataclass(frozen=True)
class Silent:
    """A signal that cannot speak, and the metrics that it lacks."""

    signal: Signal
    off: tuple[SwitchedOff, ...]

    @property
    def needed(self) -> tuple[str, ...]:
        """The tables, and columns as ``table.column``, that it waits for."""
        return _needed(self.off)

    @property
    def message(self) -> str:
        """What is missing, in English for logs and the CLI."""
        return f"signal '{self.signal.key}' {_waits_for(self.off)}"


def _waits_for(off: Sequence[SwitchedOff]) -> str:
    metrics = ", ".join(f"'{entry.metric.key}'" for entry in off)
    return f"waits for {metrics}: connect {', '.join(_needed(off))}"


def _needed(off: Sequence[SwitchedOff]) -> tuple[str, ...]:
    return tuple(sorted({name for e in off for name in (*e.tables, *e.columns)}))


def enabled_metrics(
    catalog: Catalog, tables: Collection[str], *, columns: Columns | None = None
) -> tuple[Metric, ...]:
    """Return the metrics for which all tables are connected, in the catalog's order.

    Parameters
    ----------
    catalog
        The definitions.
    tables
        Names of the tables that hold rows.
    columns
        The columns that each of these tables has brought. When given, a metric that
        needs one of the others is off too: people cannot be counted when no event
        names a person, and 0 would be wrong. Columns in `where` are not needed: an
        attribute that nobody has brought is null.

    Returns
    -------
    tuple of Metric
        A metric made of others is there only when all of those are.

    """
    off = {entry.metric.key for entry in switched_off(catalog, tables, columns=columns)}
    return tuple(metric for metric in catalog.metrics if metric.key not in off)


def switched_off(
    catalog: Catalog, tables: Collection[str], *, columns: Columns | None = None
) -> tuple[SwitchedOff, ...]:
    """Return the metrics that `enabled_metrics` leaves out, and why, in order."""
    known = catalog.metric_by_key
    entries = (
        _why_off(metric, known, tables, columns or {}) for metric in catalog.metrics
    )
    return tuple(entry for entry in entries if entry is not None)


def unanswered(
    catalog: Catalog, tables: Collection[str], *, columns: Columns | None = None
) -> tuple[Unanswered, ...]:
    """Return the questions that read metrics that are switched off, in order.

    Parameters
    ----------
    catalog
        The definitions; their conditions can be parsed.
    tables, columns
        As for `enabled_metrics`.

    """
    off = _off_by_key(catalog, tables, columns)
    waiting = (
        Unanswered(question, tuple(off[name] for name in question.names if name in off))
        for question in catalog.drivers.questions
    )
    return tuple(entry for entry in waiting if entry.off)


def silent_signals(
    catalog: Catalog, tables: Collection[str], *, columns: Columns | None = None
) -> tuple[Silent, ...]:
    """Return the signals that read metrics that are switched off, in order.

    Parameters
    ----------
    catalog
        The definitions; their conditions can be parsed.
    tables, columns
        As for `enabled_metrics`.

    """
    off = _off_by_key(catalog, tables, columns)
    waiting = (
        Silent(signal, tuple(off[name] for name in signal.names if name in off))
        for signal in catalog.signals
    )
    return tuple(entry for entry in waiting if entry.off)


def _off_by_key(
    catalog: Catalog, tables: Collection[str], columns: Columns | None
) -> Mapping[str, SwitchedOff]:
    entries = switched_off(catalog, tables, columns=columns)
    return {entry.metric.key: entry for entry in entries}


def sources_of(
    metric: Metric, metric_by_key: Mapping[str, Metric]
) -> frozenset[tuple[str, str | None]]:
    """Return the tables and columns that a metric and the ones below it read.

    Returns
    -------
    frozenset of (table, column or None)
        None stands for the rows of the table as such. Columns of `where` are not in
        it; those of `contacts` are: 0 would be said of people who are not told apart.

    """
    below: list[Metric] = [metric]
    for part in below:  # grows while it is read
        for key in parts_of(part):
            if key in metric_by_key and metric_by_key[key] not in below:
                below.append(metric_by_key[key])
    return frozenset(
        source
        for part in below
        for source in (*_own_sources(part), *_contact_sources(part))
    )


def columns_read_by(metric: Metric) -> frozenset[tuple[str, str]]:
    """Return the tables and columns that a metric itself reads, in `where` too."""
    sources = (*_own_sources(metric), *_contact_sources(metric))
    read = {(table, column) for table, column in sources if column is not None}
    if not isinstance(metric, TableMetric):
        return frozenset(read)
    for text in (getattr(metric, "where", None), getattr(metric, "among", None)):
        try:
            columns = columns_of(parse_expression(text)) if text else frozenset()
        except BadExpression:
            columns = frozenset()
        read |= {(metric.table, column) for column in columns}
    return frozenset(read)


def parts_of(metric: Metric) -> tuple[str, ...]:
    """Return the keys of the metrics that a metric is made of; most have none."""
    match metric:
        case RatioMetric():
            return (metric.of, metric.to)
        case ChangeMetric():
            return (metric.of,)
        case _:
            return ()


def _own_sources(metric: Metric) -> tuple[tuple[str, str | None], ...]:
    match metric:
        case RatioMetric() | ChangeMetric():
            return ()
        case AttributeMetric():
            return (("customers", None), ("customers", metric.column))
        case DistinctContactsMetric():
            return ((metric.table, None), (metric.table, "contact_id"))
        case SumMetric() | MeanMetric() | LastMetric():
            return ((metric.table, None), (metric.table, metric.of))
        case (
            RunningMetric(of=str() as column) | DaysSinceLastMetric(of=str() as column)
        ):
            return ((metric.table, None), (metric.table, column))
        case _:
            return ((metric.table, None),)


def _contact_sources(metric: Metric) -> tuple[tuple[str, str | None], ...]:
    """Return what a metric reads to know whose rows count."""
    if not isinstance(metric, OfContacts) or metric.contacts is None:
        return ()
    assert isinstance(metric, TableMetric)
    try:
        columns = columns_of(parse_expression(metric.contacts))
    except BadExpression:
        columns = frozenset()
    return (
        (metric.table, "contact_id"),
        ("contacts", None),
        *(("contacts", column) for column in sorted(columns)),
    )


def _why_off(
    metric: Metric,
    metric_by_key: Mapping[str, Metric],
    tables: Collection[str],
    columns: Columns,
) -> SwitchedOff | None:
    sources = sources_of(metric, metric_by_key)
    missing = sorted({table for table, _ in sources if table not in tables})
    if missing:
        return SwitchedOff(metric, "connect_tables", tables=tuple(missing))
    absent = sorted(
        f"{table}.{column}"
        for table, column in sources
        if column is not None and table in columns and column not in columns[table]
    )
    if absent:
        return SwitchedOff(metric, "connect_columns", columns=tuple(absent))
    return None
