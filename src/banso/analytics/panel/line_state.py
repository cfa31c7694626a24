"""What each customer has under contract on many days: money, plan, next renewal."""

import datetime as dt
from collections.abc import Sequence

import ibis
import ibis.expr.types as ir
from ibis import _

from banso.analytics.literal_rows import literal_rows
from banso.analytics.panel.stays import FAR_DAY, known_lines
from banso.analytics.rollups import company_day, whole
from banso.kernel.zones import day_number

TABLE_OF_DATES = {"as_of": "date", "day": "int32"}
_MONTH_DAYS = 30.4375


def line_state(
    subscriptions: ir.Table, dates: Sequence[dt.date], *, renewal_is_fixed: bool
) -> ir.Table:
    """Return the open contract lines of each customer on each date, summed up.

    Parameters
    ----------
    subscriptions
        Live rows, with ``known_at``.
    dates
        As-of dates, at least one. Nothing dated after a date is used for it.
    renewal_is_fixed
        Whether ``renews_on`` is never rewritten. When it may be, it would tell today
        who renewed later, so only a start and a ``term_months`` say when a line
        renews.

    Returns
    -------
    ir.Table
        One row per ``customer_id`` and ``as_of`` with an open line: ``mrr`` (float64;
        null with several currencies), ``currency`` (null likewise), ``plan`` and
        ``product`` (of the line that started last; the first in the alphabet of
        several; null when it names none) and ``days_to_renewal`` (int32, 0 or more,
        to the first renewal among the lines; null when no line says).

    """
    rows = known_lines(subscriptions, until=FAR_DAY - 1)
    days = literal_rows(
        [{"as_of": date, "day": day_number(date)} for date in dates], TABLE_OF_DATES
    )
    joined = rows.join(
        days,
        [
            rows.starts <= days.day,
            rows.ends > days.day,
            rows.known_at.isnull()
            | (company_day(rows.known_at.date(), ()) <= days.day),
        ],
    )
    joined = joined.mutate(
        renews_in=_renews_in(joined, renewal_is_fixed=renewal_is_fixed)
    )
    key = ["customer_id", "as_of"]
    newest = joined.mutate(last_start=_.starts.max().over(ibis.window(group_by=key)))
    is_newest = newest.starts == newest.last_start
    state = newest.group_by(*key).aggregate(
        total=newest.mrr.cast("decimal(38, 4)").sum(),
        currency=newest.currency.min(),
        last_currency=newest.currency.max(),
        plan=newest.plan.min(where=is_newest),
        product=newest["product"].min(where=is_newest),
        days_to_renewal=newest.renews_in.min(),
    )
    one = state.currency.fill_null("") == state.last_currency.fill_null("")
    return state.select(
        *key,
        mrr=ibis.ifelse(one, state.total.cast("float64"), ibis.null("float64")),
        currency=ibis.ifelse(one, state.currency, ibis.null("string")),
        plan=state.plan,
        product=state["product"],
        days_to_renewal=state.days_to_renewal.cast("int32"),
    )


def _renews_in(rows: ir.Table, *, renewal_is_fixed: bool) -> ir.NumericValue:
    """Return the days to the next renewal of a line; null when it is not known."""
    term = (rows.term_months.cast("float64") * _MONTH_DAYS).nullif(0)
    since = (rows.day - rows.starts).cast("float64")
    by_term = ibis.ifelse(
        rows.term_months > 0,
        whole(((since / term).floor() + 1) * term - since),
        ibis.null("int64"),
    )
    if not renewal_is_fixed:
        return by_term
    fixed = whole(company_day(rows.renews_on, ()) - rows.day)
    return ibis.ifelse(fixed >= 0, fixed, ibis.null("int64")).fill_null(by_term)


def mrr_moves(subscriptions: ir.Table, *, until: int) -> ir.Table:
    """Return the days on which what a customer pays rose or fell while it stayed.

    Lines in several currencies are added as they are: a move is a direction. A new
    customer's first line and a last line's end are no moves.

    Returns
    -------
    ir.Table
        One row per ``customer_id`` and ``day`` (int32): ``rose`` (boolean), ``before``
        and ``step`` (float64, MRR before it and how far it moved, 0 or more) and
        ``currency`` ("" where the lines name none; null for a customer with lines in
        several, whose amounts then mean nothing).

    """
    lines = known_lines(subscriptions, until=until)
    money = lines.mrr.cast("decimal(38, 4)")
    ups = lines.select("customer_id", day=lines.starts, step=money, lines=1)
    closed = lines.filter(lines.ends < FAR_DAY)
    downs = closed.select(
        "customer_id",
        day=closed.ends,
        step=(-closed.mrr.cast("decimal(38, 4)")).cast("decimal(38, 4)"),
        lines=-1,
    )
    steps = (
        ibis.union(ups, downs)
        .group_by("customer_id", "day")
        .aggregate(step=_.step.sum(), lines=_.lines.sum())
    )
    so_far = ibis.window(group_by="customer_id", order_by="day", following=0)
    state = steps.mutate(
        open_lines=_.lines.sum().over(so_far), after=_.step.sum().over(so_far)
    )
    was_open = state.open_lines - state.lines > 0
    moved = state.filter(was_open, state.open_lines > 0, state.step != 0)
    moved = moved.left_join(_currency_of_each(lines), "customer_id")
    return moved.select(
        "customer_id",
        "day",
        rose=moved.step > 0,
        before=(moved.after - moved.step).cast("float64"),
        step=moved.step.abs().cast("float64"),
        currency=moved.currency,
    )


def _currency_of_each(lines: ir.Table) -> ir.Table:
    """Return the currency of each customer; null with lines in several."""
    named = lines.currency.fill_null("")
    both = lines.group_by("customer_id").aggregate(first=named.min(), last=named.max())
    one = ibis.ifelse(both.first == both.last, both.first, ibis.null("string"))
    return both.select("customer_id", currency=one)
