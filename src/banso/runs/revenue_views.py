"""Tables of revenue that are made from others when somebody asks for them."""

import ibis.expr.types as ir
from ibis import _

from banso.analytics.revenue.totals import GROUP


def movements_view(lines: ir.Table) -> ir.Table:
    """Return movements by month and customer: the table that other tools read.

    One row per ``period``, ``customer_id``, ``kind`` and ``currency``: ``amount``. What
    adds up to nothing, a change of product at one price, is no row.
    """
    month = lines.filter(lines.grain == "month")
    summed = month.group_by("period", "customer_id", "kind", "currency").aggregate(
        amount=_.amount.sum().cast("decimal(18, 4)")
    )
    return summed.filter(summed.amount != 0).select(
        "period", "customer_id", "kind", "amount", "currency"
    )


def retention_view(figures: ir.Table, totals: ir.Table) -> ir.Table:
    """Return retention with committed MRR at the end of the same month beside it."""
    months = totals.filter(totals.grain == "month")
    names = months.select("period", *GROUP, cmrr=months.cmrr)
    joined = figures.left_join(
        names,
        [
            figures.period == names.period,
            figures.grouping == names.grouping,
            figures.segment.identical_to(names.segment),
            figures.currency == names.currency,
        ],
    )
    return joined.select(*figures.columns, "cmrr")
