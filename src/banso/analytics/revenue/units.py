"""Units of a split: a customer, or what a customer pays for one product or plan."""

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir
from ibis import _

from banso.analytics.revenue.money import money
from banso.analytics.rollups import whole
from banso.definitions.revenue import COHORT, LINE_GROUPINGS, Reading

WHOLE = ""  # the grouping that does not split
UNIT = ("customer_id", "currency", "grouping", "segment")


def segmented(
    rows: ir.Table, grouping: str, *, customers: ir.Table, cohorts: ir.Table
) -> ir.Table:
    """Return rows with their ``segment`` in a grouping.

    Parameters
    ----------
    rows
        Rows of contract lines, with ``customer_id`` and the columns of the line.
    grouping
        `WHOLE`, ``product``, ``plan``, ``cohort`` or a column of customers.
    customers
        Live rows of ``customers``; an attribute is as it is today.
    cohorts
        Rows of `customer_cohorts`.

    Returns
    -------
    ir.Table
        The rows with ``grouping`` and ``segment`` (texts; a segment is null where
        nothing is said, and '' for `WHOLE`). Every row is in one segment, so a split
        adds up to the whole.

    """
    rows = rows.mutate(grouping=ibis.literal(grouping))
    if grouping == WHOLE:
        return rows.mutate(segment=ibis.literal(""))
    if grouping in LINE_GROUPINGS:
        return rows.mutate(segment=rows[grouping])
    if grouping == COHORT:
        names = cohorts.select("customer_id", segment=cohorts.cohort)
    else:
        names = customers.select(
            "customer_id", segment=customers[grouping].cast("string")
        )
    joined = rows.left_join(names, "customer_id")
    return joined.select(*rows.columns, "segment")


def split(
    rows: ir.Table,
    groupings: Sequence[str],
    *,
    customers: ir.Table,
    cohorts: ir.Table,
) -> ir.Table:
    """Return rows once for each grouping, with their segment in it."""
    return ibis.union(
        *(
            segmented(rows, grouping, customers=customers, cohorts=cohorts)
            for grouping in groupings
        )
    )


def customer_cohorts(changes: ir.Table) -> ir.Table:
    """Return the year in which each customer first paid, as text: ``2026``.

    One row per ``customer_id`` that ever paid: ``cohort``, and ``first_paid`` (date).
    """
    paid = changes.filter(changes.change > 0)
    first = paid.group_by("customer_id").aggregate(first_paid=_.day.min())
    return first.mutate(cohort=first.first_paid.year().cast("string"))


def unit_steps(rows: ir.Table, *, unit: str, reading: Reading) -> ir.Table:
    """Return the change of each unit in each period in which it changed.

    Parameters
    ----------
    rows
        Changes with their ``segment``.
    unit
        The period, as Ibis truncates: M, Q or Y.
    reading
        Whether a customer on a free plan is one still.

    Returns
    -------
    ir.Table
        One row per `UNIT` and ``period``: ``change`` (decimal(18, 4)), ``level`` (its
        MRR at the end of the period) and ``arrived`` (int32: 1 when it is there at
        the end and was not before, -1 the other way round, else 0).

    """
    steps = rows.mutate(period=rows.day.truncate(unit))
    state = steps.group_by(*UNIT, "period").aggregate(
        change=money(steps.change.sum()), opened=steps.opened.sum()
    )
    so_far = ibis.window(group_by=list(UNIT), order_by="period", following=0)
    state = state.mutate(
        level=money(state.change.sum().over(so_far)),
        lines=state.opened.sum().over(so_far),
    )
    is_there, was_there = state.level > 0, state.level > state.change
    if reading.free_plan == "contraction":
        # Who paid once and goes on for nothing is still there.
        paid = (state.level > 0).max().over(so_far)
        state = state.mutate(is_there=(state.level > 0) | (paid & (state.lines > 0)))
        ordered = ibis.window(group_by=list(UNIT), order_by="period")
        before = state.is_there.lag().over(ordered)
        is_there = state.is_there
        was_there = before.fill_null(ibis.literal(value=False))
    return state.select(
        *UNIT,
        "period",
        "change",
        "level",
        arrived=whole(is_there.cast("int32") - was_there.cast("int32"), "int32"),
    )
