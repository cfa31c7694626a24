"""Change events: by how much the MRR of a contract line changed on a day."""

import ibis
import ibis.expr.types as ir
from ibis import _

from banso.analytics.panel.stays import FAR_DAY
from banso.analytics.revenue.money import day_of, money
from banso.analytics.rollups import whole

LINE = ("customer_id", "currency", "subscription_id", "product", "plan")


def mrr_changes(spans: ir.Table) -> ir.Table:
    """Return the changes that spans make: more on their start, less on their end.

    A running sum over them is the MRR of any day, however lines overlap; joining
    months to spans is wrong in half of the cases that matter.

    Parameters
    ----------
    spans
        Rows of `money.converted`.

    Returns
    -------
    ir.Table
        One row per `LINE` and ``day`` (date) on which something changed: ``change``
        (decimal(18, 4), signed, all of it), ``exchange`` (the part of it that only a
        rate of exchange made) and ``opened`` (int32: lines that opened less those
        that closed).

    """
    starts = spans.select(
        *LINE,
        day=spans.starts,
        change=spans.mrr,
        by_rate=~spans.is_first,
        opened=spans.opens,
    )
    ended = spans.filter(spans.ends < FAR_DAY)
    ends = ended.select(
        *LINE,
        day=ended.ends,
        change=money(-ended.mrr),
        by_rate=~ended.is_last,
        opened=whole(-ended.opens, "int32"),
    )
    events = ibis.union(starts, ends)
    days = events.group_by(*LINE, "day").aggregate(
        change=_.change.sum(),
        exchange=_.change.sum(where=_.by_rate),
        opened=_.opened.sum(),
    )
    days = days.select(
        *LINE,
        day=day_of(days.day),
        change=money(days.change),
        exchange=money(days.exchange.fill_null(0)),
        opened=whole(days.opened, "int32"),
    )
    return days.filter((_.change != 0) | (_.exchange != 0) | (_.opened != 0))
