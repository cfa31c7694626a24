"""Since when and until when each customer used what, from the facts."""

import datetime as dt
from collections.abc import Sequence

import ibis
import ibis.expr.types as ir
from ibis import _

from banso.analytics.recommending.adoptions import ItemKind
from banso.analytics.rollups import company_day, dated, whole
from banso.kernel.zones import EPOCH, OffsetSpan, day_number
from banso.tables.registry import TABLES

COLUMNS = ("customer_id", "kind", "item", "first_day", "last_day")


def month_number(day: dt.date) -> int:
    """Return how many months after January 1970 a day lies."""
    return (day.year - 1970) * 12 + day.month - 1


def event_months(
    events: ir.Table, *, until: dt.date | None, offsets: Sequence[OffsetSpan]
) -> ir.Table:
    """Return since when and until when each customer used what, by month.

    Parameters
    ----------
    events
        Live rows of the table ``events``, with ``known_at``.
    until
        What happened, or became known, later is left out; null when there is nothing.
    offsets
        The company's zone over the days of `events`.

    Returns
    -------
    ir.Table
        One row per ``customer_id``, ``item`` (the name of the event) and
        ``known_month`` (int32, months since January 1970, in which it became known):
        ``first_day``, ``last_day`` (int32, days since 1970-01-01).

    """
    rows = dated(events, TABLES["events"], offsets)
    if until is not None:
        rows = rows.filter(rows.known_day <= day_number(until))
    known = (ibis.literal(EPOCH) + rows.known_day.as_interval("D")).cast("date")
    month = whole((known.year() - 1970) * 12 + known.month() - 1, "int32")
    rows = rows.mutate(known_month=month)
    return rows.group_by("customer_id", "known_month", item=rows.name).aggregate(
        first_day=rows.day.min(), last_day=rows.day.max()
    )


def event_use(months: ir.Table, *, known_by: dt.date) -> ir.Table:
    """Return since when and until when each customer used each feature.

    Parameters
    ----------
    months
        Rows of `event_months`.
    known_by
        The last day of a month, or the day after which there are no rows.

    Returns
    -------
    ir.Table
        One row per ``customer_id``, ``kind`` (feature) and ``item``: ``first_day``,
        ``last_day`` (int32, days since 1970-01-01).

    """
    known = months.filter(months.known_month <= month_number(known_by))
    use = known.group_by("customer_id", "item").aggregate(
        kind=ibis.literal("feature"),
        first_day=known.first_day.min(),
        last_day=known.last_day.max(),
    )
    return use.select(*COLUMNS)


def contract_use(subscriptions: ir.Table, *, as_of: dt.date) -> ir.Table:
    """Return since when and until when each customer had each product and plan.

    Parameters
    ----------
    subscriptions
        Live rows, with ``known_at``.
    as_of
        The day; lines that start, or became known, later are left out.

    Returns
    -------
    ir.Table
        As `event_use`, with the kinds ``product`` and ``plan``. The last day of a line
        that is open is `as_of`. A line without a product or plan has none.

    """
    day = day_number(as_of)
    lines = subscriptions.filter(
        _.started_on <= ibis.literal(as_of),
        _.ended_on.isnull() | (_.ended_on > _.started_on),
        _.known_at.isnull() | (_.known_at.date() <= ibis.literal(as_of)),
    )
    first = company_day(lines.started_on, ())
    # A line is open on [started_on, ended_on): its last day is the one before.
    last = ibis.least(company_day(lines.ended_on, ()) - 1, day).fill_null(day)
    lines = lines.mutate(first_day=first, last_day=whole(last, "int32"))
    several = [_use_of(lines, kind) for kind in ("product", "plan")]
    return ibis.union(*several)


def _use_of(lines: ir.Table, kind: ItemKind) -> ir.Table:
    named = lines.filter(lines[kind].notnull(), lines[kind] != "")
    use = named.group_by("customer_id", item=named[kind]).aggregate(
        kind=ibis.literal(kind),
        first_day=named.first_day.min(),
        last_day=named.last_day.max(),
    )
    return use.select(*COLUMNS)
