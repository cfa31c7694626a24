"""Cohorts of contracts: who still pays, and how much, by months since the first."""

import datetime as dt
from collections.abc import Sequence

import ibis
import ibis.expr.types as ir
from ibis import _

from banso.analytics.cohorts.months import first_day_of, last_full_month
from banso.analytics.rollups import whole

MONEY = "decimal(38, 4)"


def contract_cohorts(
    steps: ir.Table,
    segments: ir.Table,
    *,
    as_of: dt.date,
    watched_since: int | None = None,
) -> ir.Table:
    """Return, by cohort and age, how many customers still pay and how much.

    Parameters
    ----------
    steps
        From `revenue.steps.customer_steps` of the same `as_of`.
    segments
        ``customer_id``, ``grouping`` and ``segment`` (not null): a customer counts in
        each segment that it has a row for.
    as_of
        The last day known.
    watched_since
        The month from which on leavings were written down (`month_number`); cohorts
        before it hold survivors only, and are marked.

    Returns
    -------
    ir.Table
        One row per ``grouping``, ``segment``, ``cohort`` (the first day of the month of
        the first payment) and ``age`` (months since, int32, from 0):

        - ``customers`` (int64): of the cohort, the same at every age;
        - ``retained_customers`` (int64): there at the end of the month of that age; who
          returned counts again, unless the reading of the steps says otherwise;
        - ``retained_mrr`` (decimal): what they pay then; null when the cohort's lines
          are in several currencies that no rate brings together;
        - ``currency`` (null likewise);
        - ``reason``: ``month_not_over`` for the running month, whose figures are null,
          or ``several_currencies``; null otherwise;
        - ``is_survivors_only`` (boolean): who left earlier is not in the data, so the
          shares are too high.

        There is no row for a later month.

    Notes
    -----
    Source: docs/definitions/cohorts.md. Checked in tests/analytics/cohorts by hand,
    against a slow count day by day, and against the tables of retention.

    """
    last = last_full_month(as_of)
    people = _turns(steps)
    cohort = ["grouping", "segment", "cohort"]
    lines = steps.join(segments, "customer_id")
    heads = lines.group_by(*cohort).aggregate(
        customers=_.customer_id.nunique(),
        currency=_.currency.min(),
        last_currency=_.currency.max(),
    )
    money = lines.group_by(*cohort, "month").aggregate(mrr=_.mrr.sum().cast(MONEY))
    turned = people.join(segments, "customer_id")
    turned = turned.group_by(*cohort, "month").aggregate(
        people=whole(turned.turn.sum())
    )
    grid = aged(heads, last=last)
    grid = _running_sum(grid, money, "mrr", MONEY)
    grid = _running_sum(grid, turned, "people", "int64")
    return _told(grid, last=last, watched_since=watched_since)


def segments_of(customers: ir.Table, columns: Sequence[str]) -> ir.Table:
    """Return the segments of each customer: the whole, and one by each column.

    Parameters
    ----------
    customers
        Rows with ``customer_id`` and `columns`, as they are today.
    columns
        What to group by; a customer without a value is in the segment ``""``.

    Returns
    -------
    ir.Table
        ``customer_id``, ``grouping`` (``all`` or the column) and ``segment`` (text).

    """
    whole_base = customers.select(
        "customer_id", grouping=ibis.literal("all"), segment=ibis.literal("")
    )
    parts = [
        customers.select(
            "customer_id",
            grouping=ibis.literal(name),
            segment=customers[name].cast("string").fill_null(""),
        )
        for name in columns
    ]
    return ibis.union(whole_base, *parts) if parts else whole_base


def aged(heads: ir.Table, *, last: int) -> ir.Table:
    """Return a row for each age of each cohort, the running month among them.

    Parameters
    ----------
    heads
        Rows with ``cohort``, the number of a month.
    last
        The newest month that is over.

    Returns
    -------
    ir.Table
        The rows with ``age`` and ``month`` (int32).

    """
    ages = ibis.range(ibis.literal(0), last + 2 - heads.cohort)
    rows = heads.mutate(age=ages.unnest())
    rows = rows.mutate(age=whole(rows.age, "int32"))
    return rows.mutate(month=whole(rows.cohort + rows.age, "int32"))


def _turns(steps: ir.Table) -> ir.Table:
    """Return the months in which a customer came to be there (1) or ceased to (-1)."""
    months = steps.group_by("customer_id", "cohort", "month").aggregate(
        present=whole(steps.present.sum())
    )
    so_far = ibis.window(group_by="customer_id", order_by="month", following=0)
    state = months.mutate(total=whole(months.present.sum().over(so_far)))
    now, before = state.total > 0, state.total - state.present > 0
    turns = state.mutate(turn=now.cast("int64") - before.cast("int64"))
    return turns.filter(turns.turn != 0)


def _running_sum(grid: ir.Table, steps: ir.Table, name: str, dtype: str) -> ir.Table:
    """Add the sum of a step up to each month, 0 before the first."""
    key = ["grouping", "segment", "cohort"]
    joined = grid.left_join(steps, [*key, "month"])
    joined = joined.drop([f"{column}_right" for column in [*key, "month"]])
    so_far = ibis.window(group_by=key, order_by="month", following=0)
    total = whole(joined[name].fill_null(0).sum().over(so_far), dtype)
    return joined.mutate(**{name: total})


def _told(grid: ir.Table, *, last: int, watched_since: int | None) -> ir.Table:
    is_over = grid.month <= last
    one = grid.currency.fill_null("") == grid.last_currency.fill_null("")
    since = last + 2 if watched_since is None else watched_since
    early = ibis.literal(watched_since is not None) & (grid.cohort < since)
    return grid.select(
        "grouping",
        "segment",
        cohort=first_day_of(grid.cohort),
        age=grid.age,
        customers=grid.customers,
        retained_customers=ibis.ifelse(is_over, grid.people, ibis.null("int64")),
        retained_mrr=ibis.ifelse(is_over & one, grid.mrr, ibis.null(MONEY)),
        currency=ibis.ifelse(one, grid.currency, ibis.null("string")),
        reason=ibis.cases(
            (~is_over, ibis.literal("month_not_over")),
            (~one, ibis.literal("several_currencies")),
            else_=ibis.null("string"),
        ),
        is_survivors_only=early,
    )
