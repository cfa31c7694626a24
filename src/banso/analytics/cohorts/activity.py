"""Cohorts of use and of purchases: who still does it, by months since the first."""

import datetime as dt
from collections.abc import Sequence

import ibis
import ibis.expr.types as ir
from ibis import _

from banso.analytics.cohorts.contract import MONEY, aged
from banso.analytics.cohorts.months import first_day_of, last_full_month, month_of
from banso.analytics.rollups import company_date, whole
from banso.kernel.zones import OffsetSpan

ANY = ""  # the name of whatever a customer did


def customer_months(
    facts: ir.Table,
    moment: str,
    *,
    offsets: Sequence[OffsetSpan],
    name: str | None = None,
    amount: str | None = None,
) -> ir.Table:
    """Return in which months each customer did something, and what it came to.

    Parameters
    ----------
    facts
        Live rows with ``customer_id``.
    moment
        Their column with the day or the UTC time.
    offsets
        The company's zone over their days.
    name
        Their column with what was done; null: it makes no difference.
    amount
        Their column of money, with ``currency`` beside it; null: none.

    Returns
    -------
    ir.Table
        One row per ``customer_id``, ``name`` (text, not null), ``currency`` (null
        without an amount) and ``month`` (int32): ``times`` (int64, rows) and ``amount``
        (decimal, null without).

    """
    rows = facts.select(
        "customer_id",
        name=facts[name].fill_null(ANY) if name else ibis.literal(ANY),
        currency=facts.currency if amount else ibis.null("string"),
        month=month_of(company_date(facts[moment], offsets)),
        amount=facts[amount].cast(MONEY) if amount else ibis.null(MONEY),
    )
    rows = rows.filter(rows.month.notnull(), rows.customer_id != "")
    grouped = rows.group_by("customer_id", "name", "currency", "month")
    return grouped.aggregate(times=_.count(), amount=_.amount.sum().cast(MONEY))


def activity_cohorts(
    months: ir.Table, segments: ir.Table, *, as_of: dt.date
) -> ir.Table:
    """Return, by cohort and age, how many customers are active and what it came to.

    Parameters
    ----------
    months
        From `customer_months`, of months up to that of `as_of`; several rows of a
        customer, name and month (in other currencies) are one activity.
    segments
        ``customer_id``, ``grouping`` and ``segment``.
    as_of
        The last day known.

    Returns
    -------
    ir.Table
        One row per ``name``, ``grouping``, ``segment``, ``cohort`` (the first day of
        the month in which a customer did it first) and ``age`` (months, int32, from 0):
        ``customers``, ``active_customers`` (did it in the month of that age; 0 when
        nobody did), ``amount`` (decimal; null without amounts or in several
        currencies), ``currency``, ``reason`` (``month_not_over`` or
        ``several_currencies``) and ``began_before`` (boolean): the cohort is the first
        month of the data, so its customers may have begun earlier.

    Notes
    -----
    Source: docs/definitions/cohorts.md. Checked in tests/analytics/cohorts by hand.

    """
    last = last_full_month(as_of)
    mine = ibis.window(group_by=[months.customer_id, months.name])
    whole_file = ibis.window(group_by=months.name)
    rows = months.mutate(cohort=months.month.min().over(mine))
    rows = rows.mutate(first=rows.month.min().over(whole_file))
    rows = rows.join(segments, "customer_id")
    key = ["name", "grouping", "segment", "cohort"]
    heads = rows.group_by(*key).aggregate(
        customers=_.customer_id.nunique(),
        currency=_.currency.min(),
        last_currency=_.currency.max(),
        first=_["first"].min(),
        lines=_.amount.count(),
    )
    active = rows.group_by(*key, "month").aggregate(
        active=_.customer_id.nunique(), amount=_.amount.sum().cast(MONEY)
    )
    grid = aged(heads, last=last).left_join(active, [*key, "month"])
    grid = grid.drop([f"{column}_right" for column in [*key, "month"]])
    is_over = grid.month <= last
    one = grid.currency.fill_null("") == grid.last_currency.fill_null("")
    amount = whole(grid.amount.fill_null(0), MONEY)
    return grid.select(
        "name",
        "grouping",
        "segment",
        cohort=first_day_of(grid.cohort),
        age=grid.age,
        customers=grid.customers,
        active_customers=ibis.ifelse(
            is_over, grid.active.fill_null(0), ibis.null("int64")
        ),
        amount=ibis.ifelse(is_over & one & (grid.lines > 0), amount, ibis.null(MONEY)),
        currency=ibis.ifelse(one, grid.currency, ibis.null("string")),
        reason=ibis.cases(
            (~is_over, ibis.literal("month_not_over")),
            (~one, ibis.literal("several_currencies")),
            else_=ibis.null("string"),
        ),
        began_before=grid.cohort == grid["first"],
    )
