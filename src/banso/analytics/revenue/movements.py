"""Movements of MRR: new, expansion, contraction, churn, reactivation, and the rest."""

from typing import Final, Literal

import ibis
import ibis.expr.types as ir

from banso.analytics.cohorts.months import first_day_of, month_of
from banso.analytics.revenue.changes import LINE
from banso.analytics.revenue.money import money
from banso.analytics.rollups import whole
from banso.definitions.revenue import Reading

Grain = Literal["month", "quarter", "year"]
GRAINS: Final[tuple[Grain, ...]] = ("month", "quarter", "year")
GRAIN_MONTHS: Final = {"month": 1, "quarter": 3, "year": 12}
KINDS: Final = ("new", "expansion", "contraction", "churn", "reactivation")
# They are no success or failure of ours: a rate moved, or a customer changed products
# at the same price (which adds up to nothing but in a split by product or plan).
OTHER_KINDS: Final = ("exchange", "transfer")


def movement_lines(
    changes: ir.Table,
    customers: ir.Table,
    *,
    months: int | ir.IntegerScalar,
    reading: Reading,
) -> ir.Table:
    """Return every movement of MRR, down to the contract line.

    A movement is what a *customer* did in a period, told by what it paid before and
    after; each of its contract lines carries its share. So a customer that swaps one
    product for a dearer one expands, by less on one line and more on another, and any
    split of the lines adds up to the whole, to the cent.

    Parameters
    ----------
    changes
        Rows of `mrr_changes`.
    customers
        Rows of `customer_numbers`.
    months
        Of a period: 1 (calendar month), 3 (quarter) or 12 (year).
    reading
        Whether moves within a period cancel out, and what going down to zero is.

    Returns
    -------
    ir.Table
        One row per ``period`` (date, its first day), contract line (``customer_id``,
        ``currency``, ``subscription_id``, ``product``, ``plan``) and ``kind`` (one of
        `KINDS` or `OTHER_KINDS`): ``amount`` (decimal(18, 4), signed, not 0).

    Notes
    -----
    Source: docs/definitions/movements.md. Checked in tests/analytics/revenue against
    a slow implementation and by hand.

    """
    is_netted = reading.within_period == "netted"
    month = month_of(changes.day)
    steps = changes.mutate(month=whole(month - month % months, "int32"))
    steps = steps.join(customers.select("customer_id", "customer_no"), "customer_id")
    steps = steps.mutate(step=steps.month if is_netted else steps.day)
    lines = steps.group_by(*LINE, "customer_no", "month", "step").aggregate(
        moved=money(steps.change.sum() - steps.exchange.sum()),
        exchange=money(steps.exchange.sum()),
    )
    kinds = _kinds(
        lines, customer_states(steps), goes_on_free=reading.free_plan == "contraction"
    )
    joined = lines.join(kinds, ["customer_no", "currency", "step"])
    moved = joined.select(*LINE, "month", "kind", amount=joined.moved)
    rated = lines.filter(lines.exchange != 0)
    rated = rated.select(
        *LINE, "month", kind=ibis.literal("exchange"), amount=rated.exchange
    )
    rows = ibis.union(moved.filter(moved.amount != 0), rated)
    if not is_netted:
        summed = rows.group_by(*LINE, "month", "kind").aggregate(
            amount=money(rows.amount.sum())
        )
        rows = summed.filter(summed.amount != 0)
    return rows.select(*LINE, "kind", "amount", period=first_day_of(rows.month)).select(
        "period", *LINE, "kind", "amount"
    )


def customer_states(steps: ir.Table) -> ir.Table:
    """Return what each customer was before and after each step in which it moved.

    Amounts of several currencies are added only to tell nothing from something.

    Parameters
    ----------
    steps
        Changes with their ``customer_no`` and ``step`` (a month or a day).

    Returns
    -------
    ir.Table
        One row per ``customer_no`` and ``step``: ``was_paying``, ``is_paying``,
        ``was_open``, ``is_open`` (a line, be it free) and ``paid_before`` (in any
        earlier step), all boolean.

    """
    state = steps.group_by("customer_no", "step").aggregate(
        change=money(steps.change.sum()), opened=whole(steps.opened.sum())
    )
    so_far = ibis.window(group_by="customer_no", order_by="step", following=0)
    state = state.mutate(
        after=money(state.change.sum().over(so_far)),
        lines=whole(state.opened.sum().over(so_far)),
    )
    pays = ibis.ifelse(state.after > 0, state.step, ibis.null(state.step.type()))
    state = state.mutate(first_paid=pays.min().over(so_far))
    return state.select(
        "customer_no",
        "step",
        was_paying=state.after - state.change > 0,
        is_paying=state.after > 0,
        was_open=state.lines - state.opened > 0,
        is_open=state.lines > 0,
        paid_before=(state.first_paid < state.step).fill_null(
            ibis.literal(value=False)
        ),
    )


def _kinds(lines: ir.Table, states: ir.Table, *, goes_on_free: bool) -> ir.Table:
    """Return the kind of what a customer did in a currency, at each step."""
    nets = lines.group_by("customer_no", "currency", "step").aggregate(
        net=money(lines.moved.sum())
    )
    rows = nets.join(states, ["customer_no", "step"])
    free = ibis.literal(goes_on_free)
    grew, fell = rows.net > 0, rows.net < 0
    kind = ibis.cases(
        (grew & rows.was_paying, "expansion"),
        (grew & ~rows.paid_before, "new"),
        (grew & free & rows.was_open, "expansion"),
        (grew, "reactivation"),
        (fell & rows.is_paying, "contraction"),
        (fell & free & rows.is_open, "contraction"),
        (fell, "churn"),
        else_="transfer",
    )
    return rows.select("customer_no", "currency", "step", kind=kind)
