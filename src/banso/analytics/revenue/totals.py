"""Revenue by period and segment: what stood, what moved, what stands."""

import ibis
import ibis.expr.types as ir
from ibis import _

from banso.analytics.cohorts.months import month_of
from banso.analytics.revenue.money import money
from banso.analytics.revenue.movements import KINDS, OTHER_KINDS
from banso.analytics.revenue.periods import Calendar, as_period, on_every_period
from banso.analytics.revenue.units import (
    CELL,
    UNIT,
    Months,
    Numbers,
    named,
    split,
)
from banso.analytics.rollups import whole
from banso.definitions.revenue import Reading

GROUP = ("grouping", "segment", "currency")


def revenue_totals(  # noqa: PLR0913 - each of them is another's rows
    movements: ir.Table,
    units: ir.Table,
    committed: ir.Table,
    *,
    numbers: Numbers,
    calendar: Calendar,
    months: Months,
    reading: Reading,
) -> ir.Table:
    """Return the figures of every period in every segment of every grouping.

    Parameters
    ----------
    movements
        Rows of `movement_lines`.
    units
        Rows of `unit_steps` of the same periods.
    committed
        Changes of committed MRR.
    numbers
        What units are numbered by, and the groupings.
    calendar
        Every period from the first movement on.
    months
        Of a period: 1, 3 or 12.
    reading
        Whether reactivation is growth in the quick ratio.

    Returns
    -------
    ir.Table
        One row per ``period``, ``grouping``, ``segment`` and ``currency``.
        ``mrr_start``, ``mrr_end``, ``arr`` (twelve times that), ``cmrr`` and a column
        for each kind of movement (signed) are decimal. ``customers_start``,
        ``customers_end`` and, for each kind but exchange and transfer, ``n_<kind>``
        (customers that made it) are int64. ``arpa`` (MRR per customer at the end; null
        without a customer) and ``quick_ratio`` (null when nothing was lost) are
        float64.

    Notes
    -----
    Source: docs/definitions/movements.md.

    """
    sums = named(
        _together(movements, units, committed, numbers, months), numbers, "month"
    )
    flows = on_every_period(sums, GROUP, calendar)
    so_far = ibis.window(group_by=list(GROUP), order_by="month", following=0)
    level = flows.mutate(
        mrr_end=flows.change.sum().over(so_far),
        customers_end=flows.arrived.sum().over(so_far),
        cmrr=flows.committed.sum().over(so_far),
    )
    level = as_period(level)
    level = level.filter(_is_alive(level))
    end, count = money(level.mrr_end), whole(level.customers_end)
    return level.select(
        "period",
        *GROUP,
        mrr_start=money(level.mrr_end - level.change),
        **{kind: money(level[kind]) for kind in (*KINDS, *OTHER_KINDS)},
        mrr_end=end,
        arr=money(level.mrr_end * 12),
        cmrr=money(level.cmrr),
        customers_start=whole(level.customers_end - level.arrived),
        customers_end=count,
        **{f"n_{kind}": whole(level[f"n_{kind}"]) for kind in KINDS},
        arpa=end.cast("float64") / count.cast("float64").nullif(0),
        quick_ratio=_quick_ratio(level, reading),
    )


def _together(
    movements: ir.Table,
    units: ir.Table,
    committed: ir.Table,
    numbers: Numbers,
    months: Months,
) -> ir.Table:
    """Return all that changes per cell and period, one column each."""
    levels = units.group_by(*CELL, "month").aggregate(
        change=_.change.sum(), arrived=_.arrived.sum()
    )
    promises = split(committed, numbers, ("day", "change"))
    month = month_of(promises.day)
    promises = promises.mutate(month=whole(month - month % months, "int32"))
    promises = promises.group_by(*CELL, "month").aggregate(committed=_.change.sum())
    parts = [_moves(movements, numbers), levels, promises]
    columns = [*parts[0].columns, "change", "arrived", "committed"]
    return ibis.union(*(_padded(table, columns) for table in parts))


def _moves(movements: ir.Table, numbers: Numbers) -> ir.Table:
    """Return the movements of each kind per cell and period, and who made them."""
    rows = split(movements, numbers, ("period", "kind", "amount"))
    rows = rows.mutate(month=month_of(rows.period))
    by_customer = rows.group_by(*UNIT, "month", "kind").aggregate(
        amount=money(rows.amount.sum())
    )
    return by_customer.group_by(*CELL, "month").aggregate(
        **{
            kind: by_customer.amount.sum(where=by_customer.kind == kind).fill_null(0)
            for kind in (*KINDS, *OTHER_KINDS)
        },
        **{
            f"n_{kind}": (by_customer.kind == kind).sum().fill_null(0) for kind in KINDS
        },
    )


def _padded(table: ir.Table, columns: list[str]) -> ir.Table:
    """Return a table with all columns: whole numbers and decimals of one width."""
    keys = {*CELL, "month"}
    counts = {"arrived", *(f"n_{kind}" for kind in KINDS)}

    def column(name: str) -> ir.Value:
        if name in keys:
            return table[name]
        dtype = "int64" if name in counts else "decimal(38, 4)"
        value = table[name] if name in table.columns else ibis.literal(0)
        return whole(value, dtype)

    return table.select(**{name: column(name) for name in columns})


def _is_alive(level: ir.Table) -> ir.BooleanValue:
    """Return whether a period has anything to tell of a segment."""
    moved = [level[kind] != 0 for kind in (*KINDS, *OTHER_KINDS)]
    return ibis.or_(
        level.mrr_end != 0, level.customers_end != 0, level.cmrr != 0, *moved
    )


def _quick_ratio(level: ir.Table, reading: Reading) -> ir.FloatingValue:
    grown = level.new + level.expansion
    if reading.quick_ratio == "with_reactivation":
        grown = grown + level.reactivation
    lost = -(level.churn + level.contraction)
    return grown.cast("float64") / lost.cast("float64").nullif(0)
