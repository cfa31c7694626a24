"""Since when and until when each customer used what, from the facts."""

import datetime as dt
from collections.abc import Sequence

import ibis
import ibis.expr.types as ir
from ibis import _

from banso.analytics.recommending.adoptions import ItemKind
from banso.analytics.rollups import company_day, dated, whole
from banso.kernel.zones import OffsetSpan, day_number
from banso.tables.registry import TABLES

COLUMNS = ("customer_id", "kind", "item", "first_day", "last_day", "days")


def item_use(
    events: ir.Table, *, as_of: dt.date, offsets: Sequence[OffsetSpan]
) -> ir.Table:
    """Return since when and until when each customer used each feature.

    Parameters
    ----------
    events
        Live rows of the table ``events``, with ``known_at``.
    as_of
        The day; what happened, or became known, later is left out.
    offsets
        The company's zone over the days of `events`.

    Returns
    -------
    ir.Table
        One row per ``customer_id``, ``kind`` (feature) and ``item`` (the name of the
        event): ``first_day``, ``last_day`` (int32, days since 1970-01-01) and ``days``
        (int64, with at least one use), in the order of customer and item.

    """
    rows = dated(events, TABLES["events"], offsets)
    rows = rows.filter(rows.known_day <= day_number(as_of))
    use = rows.group_by("customer_id", item=rows.name).aggregate(
        first_day=_.day.min(), last_day=_.day.max(), days=rows.day.nunique()
    )
    return _in_order(use.mutate(kind=ibis.literal("feature")))


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
        As `item_use`, with the kinds ``product`` and ``plan``; ``days`` adds up the
        days of the lines, `as_of` included. A line without a product or plan has none.

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
    return _in_order(ibis.union(*several))


def _use_of(lines: ir.Table, kind: ItemKind) -> ir.Table:
    named = lines.filter(lines[kind].notnull())
    length = named.last_day - named.first_day + 1
    return (
        named.group_by("customer_id", item=named[kind])
        .aggregate(
            kind=ibis.literal(kind),
            first_day=named.first_day.min(),
            last_day=named.last_day.max(),
            days=whole(length.sum()),
        )
        .select(*COLUMNS)
    )


def _in_order(use: ir.Table) -> ir.Table:
    return use.select(*COLUMNS).order_by("customer_id", "kind", "item")
