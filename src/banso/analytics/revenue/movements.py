"""Movements of MRR: new, expansion, contraction, churn, reactivation, and the rest."""

from typing import Final, Literal

import ibis
import ibis.expr.types as ir
from ibis import _

from banso.analytics.revenue.changes import LINE
from banso.analytics.revenue.money import money
from banso.definitions.revenue import Reading

Grain = Literal["month", "quarter", "year"]
GRAINS: Final[tuple[Grain, ...]] = ("month", "quarter", "year")
UNITS: Final = {"month": "M", "quarter": "Q", "year": "Y"}
KINDS: Final = ("new", "expansion", "contraction", "churn", "reactivation")
# They are no success or failure of ours: a rate moved, or a customer changed products
# at the same price (which adds up to nothing but in a split by product or plan).
OTHER_KINDS: Final = ("exchange", "transfer")


def movement_lines(changes: ir.Table, *, grain: Grain, reading: Reading) -> ir.Table:
    """Return every movement of MRR, down to the contract line.

    A movement is what a *customer* did in a period, told by what it paid before and
    after; each of its contract lines carries its share. So a customer that swaps one
    product for a dearer one expands, by less on one line and more on another, and any
    split of the lines adds up to the whole, to the cent.

    Parameters
    ----------
    changes
        Rows of `mrr_changes`.
    grain
        The period: calendar month, quarter or year.
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
    unit = UNITS[grain]
    step = "day" if reading.within_period == "shown" else unit
    steps = changes.mutate(
        step=changes.day if step == "day" else changes.day.truncate(unit)
    )
    lines = steps.group_by(*LINE, "step").aggregate(
        moved=money(steps.change.sum() - steps.exchange.sum()),
        exchange=money(steps.exchange.sum()),
    )
    lines = lines.mutate(
        net=_.moved.sum().over(
            ibis.window(group_by=["customer_id", "currency", "step"])
        )
    )
    states = customer_states(steps)
    joined = lines.join(states, ["customer_id", "step"])
    kind = _kind(joined, goes_on_free=reading.free_plan == "contraction")
    moved = joined.select(*LINE, "step", kind=kind, amount=joined.moved)
    rated = lines.select(
        *LINE, "step", kind=ibis.literal("exchange"), amount=lines.exchange
    )
    rows = ibis.union(moved, rated)
    rows = rows.filter(rows.amount != 0)
    if step != "day":
        return rows.rename(period="step").select("period", *LINE, "kind", "amount")
    by_period = rows.mutate(period=rows.step.truncate(unit))
    summed = by_period.group_by("period", *LINE, "kind").aggregate(
        amount=money(by_period.amount.sum())
    )
    return summed.filter(summed.amount != 0)


def customer_states(steps: ir.Table) -> ir.Table:
    """Return what each customer was before and after each step in which it moved.

    Amounts of several currencies are added only to tell nothing from something.

    Parameters
    ----------
    steps
        Changes with their ``step`` (a period or a day).

    Returns
    -------
    ir.Table
        One row per ``customer_id`` and ``step``: ``was_paying``, ``is_paying``,
        ``was_open``, ``is_open`` (a line, be it free) and ``paid_before`` (in any
        earlier step), all boolean.

    """
    state = steps.group_by("customer_id", "step").aggregate(
        change=_.change.sum(), opened=_.opened.sum()
    )
    so_far = ibis.window(group_by="customer_id", order_by="step", following=0)
    state = state.mutate(
        after=_.change.sum().over(so_far), lines=_.opened.sum().over(so_far)
    )
    first_paid = ibis.ifelse(state.after > 0, state.step, ibis.null("date")).min()
    state = state.mutate(
        first_paid=first_paid.over(ibis.window(group_by="customer_id"))
    )
    return state.select(
        "customer_id",
        "step",
        was_paying=state.after - state.change > 0,
        is_paying=state.after > 0,
        was_open=state.lines - state.opened > 0,
        is_open=state.lines > 0,
        paid_before=(state.first_paid < state.step).fill_null(
            ibis.literal(value=False)
        ),
    )


def _kind(rows: ir.Table, *, goes_on_free: bool) -> ir.StringValue:
    free = ibis.literal(goes_on_free)
    grew, fell = rows.net > 0, rows.net < 0
    return ibis.cases(
        (grew & rows.was_paying, "expansion"),
        (grew & ~rows.paid_before, "new"),
        (grew & free & rows.was_open, "expansion"),
        (grew, "reactivation"),
        (fell & rows.is_paying, "contraction"),
        (fell & free & rows.is_open, "contraction"),
        (fell, "churn"),
        else_="transfer",
    )
