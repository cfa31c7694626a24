"""The very rows behind a number: what a metric counts for a customer on a day."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import ibis
import ibis.expr.types as ir

from banso.analytics.filters import matches
from banso.analytics.rollups import (
    company_day,
    dated,
    dated_by_end,
    exact_day,
    exact_number,
)
from banso.definitions.availability import parts_of
from banso.definitions.metrics import (
    AttributeMetric,
    ChangeMetric,
    DaysSinceLastMetric,
    DistinctContactsMetric,
    EndedMetric,
    LastMetric,
    Metric,
    OfContacts,
    RatioMetric,
    RunningMetric,
    ShareMetric,
    TableMetric,
)
from banso.kernel.zones import OffsetSpan, day_number
from banso.tables.spec import TableSpec

Side = Literal["rows", "above", "below", "now", "before"]


@dataclass(frozen=True)
class Source:
    """Rows of one table that a metric, or one side of it, is computed from.

    A ratio has the rows above and below the line, a change those of the window and of
    the window before; everything else has just its rows.
    """

    metric: TableMetric
    side: Side = "rows"
    offset: int = 0  # days by which the window ends before the as-of date

    @property
    def table(self) -> str:
        """The table that is read."""
        return self.metric.table


def sources_behind(
    metric: Metric, metric_by_key: Mapping[str, Metric]
) -> tuple[Source, ...]:
    """Return where the rows of a metric lie; those made of others have several.

    Parameters
    ----------
    metric
        The metric; one over an attribute has no rows.
    metric_by_key
        All metrics of the catalog.

    """
    match metric:
        case RatioMetric():
            above, below = (metric_by_key[key] for key in parts_of(metric))
            return (
                *_on_side("above", sources_behind(above, metric_by_key)),
                *_on_side("below", sources_behind(below, metric_by_key)),
            )
        case ChangeMetric():
            (base,) = sources_behind(metric_by_key[metric.of], metric_by_key)
            days = getattr(base.metric, "window_days", None)
            assert days is not None, "`banso check` refuses a change without a window"
            return (
                replace(base, side="now"),
                replace(base, side="before", offset=days),
            )
        case AttributeMetric():
            return ()
        case _:
            return (Source(metric),)


def evidence(
    facts: ir.Table,
    spec: TableSpec,
    source: Source,
    *,
    as_of: dt.date,
    offsets: Sequence[OffsetSpan],
    contacts: ir.Table | None = None,
) -> ir.Table:
    """Return the rows that count on a day.

    Parameters
    ----------
    facts
        Live rows of the source's table, with ``known_at``.
    spec
        The declaration of that table.
    source
        See `sources_behind`.
    as_of
        The day.
    offsets
        The company's zone over the days of `facts`.
    contacts
        For a metric that asks whose rows they are, who is chosen
        (`rollups.chosen_contacts`).

    Returns
    -------
    ir.Table
        Columns of `facts`, then ``day`` (int32, days since 1970-01-01), ``known_day``
        and ``is_part`` (for a share: whether the row belongs to the part; else true).
        A count is their number, a sum their sum, and so on.

    """
    rows = _with_days(_of_chosen(facts, source, contacts), spec, source, offsets)
    counting = rows.mutate(counts=_counts(rows, source, spec, as_of))
    return counting.filter(counting.counts).drop(*_OWN, "counts")


def evidence_between(
    facts: ir.Table,
    spec: TableSpec,
    source: Source,
    *,
    days: tuple[dt.date, dt.date],
    offsets: Sequence[OffsetSpan],
    contacts: ir.Table | None = None,
) -> ir.Table:
    """Return the rows that count on either of two days, and on which.

    Returns
    -------
    ir.Table
        As `evidence`, with ``counted_before`` and ``counted_after``. A row that only
        counts after has entered, one that only counted before has left.

    """
    before, after = days
    rows = _with_days(_of_chosen(facts, source, contacts), spec, source, offsets)
    both = rows.mutate(
        counted_before=_counts(rows, source, spec, before),
        counted_after=_counts(rows, source, spec, after),
    )
    return both.filter(both.counted_before | both.counted_after).drop(*_OWN)


# Columns that are made on the way.
_OWN = ("end_day", "amount", "chosen_day")


def _of_chosen(facts: ir.Table, source: Source, contacts: ir.Table | None) -> ir.Table:
    """Return the rows of the contacts that a metric asks for, or all."""
    metric = source.metric
    if not isinstance(metric, OfContacts) or metric.contacts is None:
        return facts.mutate(chosen_day=ibis.literal(0, "int32"))
    assert contacts is not None, "whose rows count cannot be told without contacts"
    chosen = contacts.select("contact_id", chosen_day=contacts.known_day)
    return facts.inner_join(chosen, "contact_id")


def _with_days(
    facts: ir.Table,
    spec: TableSpec,
    source: Source,
    offsets: Sequence[OffsetSpan],
) -> ir.Table:
    """Return the rows that could ever count, with everything that days decide."""
    metric = source.metric
    rows = _dated(facts, spec, source, offsets)
    rows = rows.mutate(known_day=ibis.greatest(rows.known_day, rows.chosen_day))
    wanted, part = metric.where, ibis.literal(value=True)
    if isinstance(metric, ShareMetric):
        wanted, part = metric.among, matches(rows, metric.where)
    column = getattr(metric, "of", None)
    is_day = isinstance(metric, DaysSinceLastMetric)
    has_end = isinstance(metric, RunningMetric) and spec.span is not None
    rows = rows.mutate(
        is_part=part,
        amount=ibis.null("decimal(38, 9)")
        if column is None
        else exact_day(rows, column, offsets)
        if is_day
        else exact_number(rows, column),
        end_day=company_day(rows[spec.span[1]], offsets)
        if has_end and spec.span
        else ibis.null("int32"),
    )
    rows = rows.filter(matches(rows, wanted))
    if column is not None:
        rows = rows.filter(rows.amount.notnull())
    if isinstance(metric, DistinctContactsMetric):
        rows = rows.filter(rows.contact_id.notnull())
    return rows


def _dated(
    facts: ir.Table, spec: TableSpec, source: Source, offsets: Sequence[OffsetSpan]
) -> ir.Table:
    """Return rows with their days: of a metric of ends, that of the end."""
    if not isinstance(source.metric, EndedMetric):
        return dated(facts, spec, offsets)
    return dated_by_end(facts, spec, offsets)


def _counts(
    rows: ir.Table, source: Source, spec: TableSpec, as_of: dt.date
) -> ir.BooleanValue:
    """Return whether a row counts on a day; never null."""
    metric, today = source.metric, day_number(as_of)
    known = rows.known_day <= today
    match metric:
        case RunningMetric():
            ends_later = rows.end_day.isnull() | (rows.end_day > today)
            is_span = rows.end_day.isnull() | (rows.end_day > rows.known_day)
            return known & ends_later & is_span
        case DaysSinceLastMetric():
            return known & _is_newest(rows, spec, known)
        case LastMetric():
            newest = _is_newest(rows, spec, known)
            return known & newest & _within(rows, metric.window_days, today)
        case _:
            window = metric.window_days
            return known & _within(rows, window, today - source.offset)


def _within(rows: ir.Table, window: int | None, last: int) -> ir.BooleanValue:
    """Return whether a row lies in the window that ends with the day `last`."""
    if window is None:
        return ibis.literal(value=True)
    return (rows.day > last - window) & (rows.day <= last)


def _is_newest(
    rows: ir.Table, spec: TableSpec, usable: ir.BooleanValue
) -> ir.BooleanValue:
    """Return whether a row is the last usable one of its customer."""
    assert spec.time is not None
    order = [
        ibis.desc(usable),
        *(ibis.desc(rows[name]) for name in (spec.time, *spec.key)),
    ]
    return ibis.row_number().over(group_by=rows.customer_id, order_by=order) == 0


def _on_side(side: Side, sources: Sequence[Source]) -> tuple[Source, ...]:
    """Return the sources of one side; a change keeps its two windows."""
    return tuple(
        replace(source, side=side) if source.side == "rows" else source
        for source in sources
    )
