"""Charges and contract lines in the currency of the books, ready to be compared."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import ibis
import ibis.expr.types as ir
from ibis import _

from banso.analytics.cohorts.months import month_of
from banso.analytics.panel.stays import FAR_DAY, Day
from banso.analytics.revenue.money import converted, day_of, money, rate_spans
from banso.analytics.revenue.units import Months
from banso.analytics.rollups import company_day, whole
from banso.definitions.revenue import Rate

# A contract line in one currency of its own, kept in one currency of the books.
KEPT_LINE: Final = ("customer_id", "subscription_id", "line_currency", "currency")


@dataclass(frozen=True)
class Books:
    """In which currency charges and contracts are kept."""

    currency: str  # the company's
    rates: Sequence[Rate]
    apart: Sequence[str]  # currencies that no rate prices, see `unpriced`
    by_period: bool  # MRR at the rate of each day, not of the line's first


def booked_charges(charges: ir.Table, books: Books, *, until: Day) -> ir.Table:
    """Return the charges as they stand in the books.

    Parameters
    ----------
    charges
        Live rows, with ``known_at``.
    books
        A charge is converted at the rate of its own day. Where none is in force yet,
        or its currency is kept apart, it stays in its own currency: no rate is guessed.
    until
        The day number of the as-of date: nothing that is billed or learned later.

    Returns
    -------
    ir.Table
        One row per ``charge_id``: ``customer_id``, ``subscription_id``, ``product``,
        ``kind`` (text, null where nothing is said), ``charged_on`` (date), ``day``
        (int32), ``month`` (int32, see `months`), ``amount`` in ``line_currency`` and
        ``billed`` in ``currency`` (decimal(18, 4), signed as the file has them), and
        ``rate`` (decimal(18, 8); null where nothing is converted).

    """
    known = charges.known_at
    rows = charges.select(
        "charge_id",
        "customer_id",
        "subscription_id",
        "product",
        "kind",
        "charged_on",
        day=company_day(charges.charged_on, ()),
        month=month_of(charges.charged_on),
        learned=known.isnull() | (company_day(known.date(), ()) <= until),
        amount=money(charges.amount),
        line_currency=charges.currency.fill_null(books.currency),
    )
    rows = rows.filter(rows.day <= until, rows.learned).drop("learned")
    rates = rate_spans(books.rates, apart=books.apart, into=books.currency)
    if rates is None:
        return rows.mutate(
            currency=rows.line_currency,
            billed=rows.amount,
            rate=ibis.null("decimal(18, 8)"),
        )
    joined = rows.left_join(
        rates,
        [
            rows.line_currency == rates.currency,
            rows.day >= rates.since,
            rows.day < rates["until"],
        ],
    ).drop("currency")
    is_rated = joined.rate.notnull()
    booked = joined.mutate(
        currency=ibis.ifelse(is_rated, books.currency, joined.line_currency),
        billed=money(at_rate(joined.amount, joined.rate)),
    )
    return booked.select(*rows.columns, "currency", "billed", "rate")


def at_rate(amount: ir.DecimalValue, rate: ir.DecimalValue) -> ir.DecimalValue:
    """Return an amount at a rate, rounded once; as it is where the rate is null."""
    return ibis.ifelse(rate.notnull(), money(amount * rate), money(amount))


def line_days(spans: ir.Table, books: Books) -> ir.Table:
    """Return what each contract line agrees to pay from each day of a change on.

    Spans of one line that overlap add up, as they do in MRR.

    Parameters
    ----------
    spans
        Rows of `revenue_spans`, in their own currencies.
    books
        In which currency their MRR is kept.

    Returns
    -------
    ir.Table
        One row per `KEPT_LINE` and ``day`` (int32) on which something changed. From
        that day until the day before ``next_day`` (int32, `FAR_DAY` after the last):
        ``price`` (in ``line_currency``), ``mrr`` and ``less`` (the discounts in MRR, 0
        or negative; both in ``currency``), all decimal(18, 4), and ``open`` (int64,
        spans that run). Of the day itself: ``is_flip`` (the line began or ended),
        ``is_move`` (its price changed) and ``is_within`` (it is not a month's first).

    """
    own = spans.mutate(line_currency=spans.currency, price=spans.mrr)
    kept = converted(
        own,
        books.rates,
        into=books.currency,
        by_period=books.by_period,
        apart=books.apart,
    )
    days = _summed_by_day(kept)
    line = [days[name] for name in KEPT_LINE]
    so_far = ibis.window(group_by=line, order_by=days.day, following=0)
    levels = days.mutate(
        price=money(days.price_change.sum().over(so_far)),
        mrr=money(days.mrr_change.sum().over(so_far)),
        less=money(days.less_change.sum().over(so_far)),
        open=whole(days.opened.sum().over(so_far)),
        next_day=days.day.lead()
        .over(ibis.window(group_by=line, order_by=days.day))
        .fill_null(FAR_DAY),
    )
    return levels.mutate(
        is_flip=(levels["open"] > 0) != (levels["open"] - levels.opened > 0),
        is_move=levels.price_change != 0,
        is_within=day_of(levels.day).day() > 1,
    )


def _summed_by_day(spans: ir.Table) -> ir.Table:
    """Return the changes of each line by day."""
    nothing = ibis.literal(0).cast("decimal(18, 4)")
    is_line = spans.opens == 1
    starts = spans.select(
        *KEPT_LINE,
        "ends",
        day=spans.starts,
        price_change=ibis.ifelse(is_line, money(spans.price), nothing),
        mrr_change=ibis.ifelse(is_line, spans.mrr, nothing),
        less_change=ibis.ifelse(is_line, nothing, spans.mrr),
        opened=whole(spans.opens),
    )
    ended = starts.filter(starts.ends < FAR_DAY)
    ends = ended.select(
        *KEPT_LINE,
        "ends",
        day=ended.ends,
        price_change=money(-ended.price_change),
        mrr_change=money(-ended.mrr_change),
        less_change=money(-ended.less_change),
        opened=-ended.opened,
    )
    events = ibis.union(starts, ends)
    return events.group_by(*KEPT_LINE, "day").aggregate(
        price_change=money(events.price_change.sum()),
        mrr_change=money(events.mrr_change.sum()),
        less_change=money(events.less_change.sum()),
        opened=whole(events.opened.sum()),
    )


def line_months(days: ir.Table, *, last: Months) -> ir.Table:
    """Return how each contract line stands at the end of each month it runs in.

    Parameters
    ----------
    days
        Rows of `line_days`.
    last
        The number of the month of the as-of date, which may be running.

    Returns
    -------
    ir.Table
        One row per `KEPT_LINE` and ``month`` (int32) in which the line is open at the
        end or changed: ``price``, ``mrr`` and ``less`` at the end, ``has_flipped``
        (it began or ended on another day than the month's first) and ``has_moved``
        (its price did), boolean.

    """
    dated = days.mutate(from_month=month_of(day_of(days.day)))
    changed = dated.group_by(*KEPT_LINE, "from_month").aggregate(
        last_day=dated.day.max(),
        has_flipped=(dated.is_flip & dated.is_within).any(),
        has_moved=(dated.is_move & dated.is_within).any(),
    )
    at_end = dated.select(*KEPT_LINE, "day", "price", "mrr", "less", "open")
    joined = changed.join(
        at_end,
        [*(changed[k] == at_end[k] for k in KEPT_LINE), changed.last_day == at_end.day],
    )
    in_order = ibis.window(
        group_by=[joined[k] for k in KEPT_LINE], order_by=joined.from_month
    )
    after = ibis.literal(1) + last
    lasting = joined.mutate(
        to_month=joined.from_month.lead().over(in_order).fill_null(after)
    )
    months = lasting.mutate(
        month=ibis.range(lasting.from_month, lasting.to_month).unnest()
    )
    is_first = months.month == months.from_month
    rows = months.select(
        *KEPT_LINE,
        "price",
        "mrr",
        "less",
        "open",
        month=whole(months.month, "int32"),
        is_first=is_first,
        has_flipped=is_first & months.has_flipped,
        has_moved=is_first & months.has_moved,
    )
    return rows.filter((_["open"] > 0) | _.is_first | (_.less != 0)).drop(
        "open", "is_first"
    )
