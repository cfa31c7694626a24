"""Due renewals, and whether they were renewed: the contract continuation rate."""

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir
from ibis import _

from banso.analytics.cohorts.months import month_of
from banso.analytics.panel.stays import FAR_DAY, Day, known_lines
from banso.analytics.revenue.money import day_of, money
from banso.analytics.revenue.periods import as_period
from banso.analytics.revenue.totals import GROUP
from banso.analytics.revenue.units import CELL, Months, Numbers, named, split
from banso.analytics.rollups import company_day, whole


def due_renewals(
    subscriptions: ir.Table,
    *,
    until: Day,
    pause_days: int,
    completed: Sequence[str],
    currency: str,
) -> ir.Table:
    """Return every renewal that fell due up to a day, and what came of it.

    A line with a term falls due whenever a term is over: counted from ``renews_on``
    (forwards and backwards, because sources rewrite it at each renewal), or else from
    the first day of the line. A line without a term falls due once, on ``renews_on``.
    A line without either is never due: it may be left at any time.

    Parameters
    ----------
    subscriptions
        Live rows, with ``known_at``.
    until
        The day number of the as-of date.
    pause_days
        A line of the customer that starts at most so many days after the due day
        renews the one that ended on it.
    completed
        The words of ``ended_reason`` for a contract that was done: nothing was left
        to renew, so it is not due.
    currency
        The company's, of lines that name none.

    Returns
    -------
    ir.Table
        One row per ``customer_id``, ``subscription_id`` and ``due_on`` (date):
        ``product``, ``plan``, ``currency``, ``mrr`` (decimal(18, 4), what was due),
        ``mrr_after`` (what the same line, or those that took over, pay from then on;
        0 when it was not renewed) and ``renewed`` (boolean). Lines that ended before
        they were due are churn, and not here.

    Notes
    -----
    Source: docs/definitions/continuation-rate.md. Checked in
    tests/analytics/revenue.

    """
    lines = known_lines(subscriptions, until=until)
    lines = lines.filter(lines.mrr > 0)
    due = due_days(lines, until=until)
    words = [word.strip().lower() for word in completed]
    done = due.ended_reason.strip().lower().isin(words) & (due.ends == due.due)
    due = due.filter(~done.fill_null(ibis.literal(value=False)))
    after = _taken_over(due, lines, pause_days=pause_days)
    joined = due.left_join(after, ["customer_id", "subscription_id", "starts", "due"])
    goes_on = joined.ends > joined.due
    mrr_after = ibis.ifelse(
        goes_on, money(joined.mrr), joined.taken.fill_null(0).cast("decimal(18, 4)")
    )
    return joined.select(
        "customer_id",
        "subscription_id",
        "product",
        "plan",
        currency=joined.currency.fill_null(currency),
        due_on=day_of(joined.due),
        mrr=money(joined.mrr),
        mrr_after=money(mrr_after),
        renewed=goes_on | joined.taken.notnull(),
    )


def due_days(lines: ir.Table, *, until: Day) -> ir.Table:
    """Return a row for each day, ``due`` (int32), on which a span was to be renewed."""
    first = ibis.window(group_by=["customer_id", "subscription_id"])
    lines = lines.mutate(
        anchor=lines.renews_on.fill_null(lines.started_on.min().over(first)),
        last=whole(ibis.least(lines.ends, until), "int32"),
    )
    with_term = lines.filter(lines.term_months > 0)
    start, end = with_term.started_on, day_of(with_term["last"])
    months = _months(end) - _months(with_term.anchor)
    back = _months(start) - _months(with_term.anchor)
    term = whole(with_term.term_months)
    numbered = with_term.mutate(
        count=ibis.range(
            whole((back / term).floor()) - 1, whole((months / term).floor()) + 2
        ).unnest()
    )
    shift = whole(numbered["count"] * numbered.term_months)
    day = company_day(whole(numbered.anchor + shift.as_interval("M"), "date"), ())
    by_term = numbered.mutate(due=day).drop("count")
    rest = lines.filter(lines.term_months.isnull() | (lines.term_months <= 0))
    once = rest.filter(rest.renews_on.notnull())
    once = once.mutate(due=company_day(once.renews_on, ()))
    due = ibis.union(by_term, once.select(*by_term.columns))
    return due.filter(due.due > due.starts, due.due <= due["last"])


def _months(day: ir.DateValue) -> ir.IntegerValue:
    return day.year().cast("int64") * 12 + day.month().cast("int64")


def _taken_over(due: ir.Table, lines: ir.Table, *, pause_days: int) -> ir.Table:
    """Return what the lines pay that start when one ended on its due day."""
    ended = due.filter(due.ends == due.due, due.ends < FAR_DAY)
    next_lines = lines.select(
        "customer_id", next_starts=lines.starts, next_mrr=lines.mrr
    )
    joined = ended.select("customer_id", "subscription_id", "starts", "due").join(
        next_lines,
        [
            ended.customer_id == next_lines.customer_id,
            next_lines.next_starts >= ended.due,
            next_lines.next_starts <= ended.due + pause_days,
        ],
    )
    key = ("customer_id", "subscription_id", "starts", "due")
    return joined.group_by(*key).aggregate(taken=_.next_mrr.sum())


def continuation(due: ir.Table, *, numbers: Numbers, months: Months) -> ir.Table:
    """Return the contract continuation rate by count and by amount.

    Parameters
    ----------
    due
        Rows of `due_renewals`.
    numbers
        What to number them by, and the groupings.
    months
        Of a period: 1, 3 or 12.

    Returns
    -------
    ir.Table
        One row per ``period``, ``grouping``, ``segment`` and ``currency`` in which a
        renewal fell due: ``due`` and ``renewed`` (int64: contract lines),
        ``mrr_due`` and ``mrr_renewed`` (decimal: of what was due, never more than it),
        ``by_count`` and ``by_amount`` (float64, ratios).

    """
    columns = ("due_on", "mrr", "mrr_after", "renewed")
    rows = split(due, numbers, columns)
    month = month_of(rows.due_on)
    rows = rows.mutate(
        month=whole(month - month % months, "int32"),
        renewed_mrr=ibis.ifelse(
            rows.renewed, ibis.least(rows.mrr, rows.mrr_after), rows.mrr - rows.mrr
        ),
    )
    cells = rows.group_by(*CELL, "month").aggregate(
        due=whole(rows.count()),
        renewed=whole(rows.renewed.sum()),
        mrr_due=whole(rows.mrr.sum(), "decimal(38, 4)"),
        mrr_renewed=whole(rows.renewed_mrr.sum(), "decimal(38, 4)"),
    )
    sums = as_period(named(cells, numbers, "month"))
    return sums.select(
        "period",
        *GROUP,
        due=whole(sums.due),
        renewed=whole(sums.renewed),
        mrr_due=money(sums.mrr_due),
        mrr_renewed=money(sums.mrr_renewed),
        by_count=whole(sums.renewed).cast("float64") / whole(sums.due).cast("float64"),
        by_amount=sums.mrr_renewed.cast("float64") / sums.mrr_due.cast("float64"),
    )
