"""From contract lines to spans: from when to when which amount counts."""

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir
from ibis import _

from banso.analytics.panel.stays import FAR_DAY, Day, known_lines
from banso.analytics.revenue.money import money
from banso.analytics.rollups import company_day, whole
from banso.definitions.revenue import Reading

SPAN = (
    "customer_id",
    "subscription_id",
    "product",
    "plan",
    "currency",
    "mrr",
    "starts",
    "ends",
    "opens",
)


def revenue_spans(
    subscriptions: ir.Table,
    charges: ir.Table | None,
    *,
    until: Day,
    reading: Reading,
    currency: str,
) -> ir.Table:
    """Return the spans of every contract line, as a reading understands them.

    Parameters
    ----------
    subscriptions
        Live rows, with ``known_at``. A line with a negative ``mrr`` is refused when
        it is loaded; should one be there, it is left out.
    charges
        Live rows, for the discounts that were billed; None without them.
    until
        The day number of the as-of date: nothing that happens or is learned later.
    reading
        What a notice, a gap and a discount mean.
    currency
        The company's, of lines that name none.

    Returns
    -------
    ir.Table
        The columns `SPAN`: ``mrr`` (decimal(18, 4), per month, in ``currency``),
        ``starts`` and ``ends`` (int32, day numbers; the end is the first day without,
        `FAR_DAY` while running), ``opens`` (int32: 1, or 0 for a discount, which has
        a negative ``mrr``). A line of zero MRR has a span: a customer on a free plan.

    Notes
    -----
    Source: docs/definitions/mrr.md. Checked in tests/analytics/revenue.

    """
    lines = known_lines(subscriptions, until=until)
    lines = lines.filter(lines.mrr >= 0)
    if reading.churn_at == "notice":
        lines = _until_notice(lines, pause_days=reading.pause_days)
    spans = lines.select(
        "customer_id",
        "subscription_id",
        "product",
        "plan",
        currency=lines.currency.fill_null(currency),
        mrr=money(lines.mrr),
        starts=lines.starts,
        ends=lines.ends,
        opens=ibis.literal(1, "int32"),
    )
    if reading.pause_days:
        # A line that pauses beside others, then a customer that pauses altogether.
        for keys in (("customer_id", "subscription_id"), ("customer_id",)):
            spans = _without_pauses(spans, keys, pause_days=reading.pause_days)
    if reading.discounts == "billed" and charges is not None:
        discounts = _discount_spans(spans, charges, until=until, currency=currency)
        spans = ibis.union(spans, discounts)
    return spans


def _until_notice(lines: ir.Table, *, pause_days: int) -> ir.Table:
    """End lines on the day of notice, but for those that another one takes over.

    Whoever changes the plan gives notice too: a line after which another line of the
    customer starts, at most a pause later, keeps its end.
    """
    noticed = lines.filter(lines.decided < lines.ends, lines.ends < FAR_DAY)
    noticed = noticed.select("customer_id", "subscription_id", "starts", "ends")
    next_lines = lines.select("customer_id", next_starts=lines.starts)
    replaced = (
        noticed.join(
            next_lines,
            [
                noticed.customer_id == next_lines.customer_id,
                next_lines.next_starts >= noticed.ends,
                next_lines.next_starts <= noticed.ends + pause_days,
            ],
        )
        .select("subscription_id", "starts")
        .distinct()
        .mutate(is_replaced=ibis.literal(value=True))
    )
    joined = lines.left_join(replaced, ["subscription_id", "starts"])
    ends = ibis.ifelse(joined.is_replaced.notnull(), joined.ends, joined.decided)
    ended = joined.mutate(ends=whole(ends, "int32")).select(*lines.columns)
    return ended.filter(ended.ends > ended.starts)


def _without_pauses(
    spans: ir.Table, keys: Sequence[str], *, pause_days: int
) -> ir.Table:
    """Let what ended last before a short gap go on until the gap is over."""
    paid = spans.filter(spans.mrr > 0)
    before = ibis.window(
        group_by=[paid[key] for key in keys],
        order_by=[paid.starts, paid.ends, paid.subscription_id],
        preceding=(None, 1),
        following=None,
    )
    behind = paid.mutate(gap_from=paid.ends.max().over(before))
    gaps = behind.filter(
        behind.starts > behind.gap_from,
        behind.starts <= behind.gap_from + pause_days,
    )
    gaps = gaps.group_by(*keys, "gap_from").aggregate(gap_until=_.starts.min())
    joined = spans.left_join(
        gaps,
        [*(spans[key] == gaps[key] for key in keys), spans.ends == gaps.gap_from],
    )
    goes_on = joined.gap_until.notnull() & (joined.mrr > 0)
    ends = ibis.ifelse(goes_on, joined.gap_until, joined.ends)
    return joined.mutate(ends=whole(ends, "int32")).select(*SPAN)


def _discount_spans(
    spans: ir.Table, charges: ir.Table, *, until: Day, currency: str
) -> ir.Table:
    """Return a negative span over each month in which a discount was billed.

    It lies on the line that the charge names, from its first day in the month until
    the month's end, when the line is open then, and never exceeds what the line pays.
    """
    billed = charges.filter(
        charges.kind == "discount",
        charges.subscription_id.notnull(),
        company_day(charges.charged_on, ()) <= until,
        charges.known_at.isnull() | (company_day(charges.known_at.date(), ()) <= until),
    )
    month = billed.charged_on.truncate("M")
    billed = billed.select(
        "subscription_id",
        discount_currency=billed.currency.fill_null(currency),
        month_starts=company_day(month, ()),
        month_ends=company_day(whole(month + ibis.interval(months=1), "date"), ()),
        discount=billed.amount.abs(),
    )
    billed = billed.group_by(
        "subscription_id", "discount_currency", "month_starts", "month_ends"
    ).aggregate(discount=_.discount.sum())
    joined = spans.join(
        billed,
        [
            spans.subscription_id == billed.subscription_id,
            spans.currency == billed.discount_currency,
            spans.starts < billed.month_ends,
            spans.ends >= billed.month_ends,
        ],
    )
    # Of several spans of one line, the newest bears the discount.
    first = ibis.row_number().over(
        group_by=[
            joined.subscription_id,
            joined.discount_currency,
            joined.month_starts,
        ],
        order_by=[joined.starts.desc(), joined.mrr.desc()],
    )
    chosen = joined.mutate(place=first).filter(_.place == 0)
    less = money(ibis.least(money(chosen.discount), chosen.mrr))
    starts = ibis.greatest(chosen.starts, chosen.month_starts)
    changed = chosen.mutate(
        mrr=money(-less),
        starts=whole(starts, "int32"),
        ends=whole(chosen.month_ends, "int32"),
        opens=ibis.literal(0, "int32"),
    )
    return changed.filter(changed.mrr != 0).select(*SPAN)
