"""Retention of customers and of revenue over a window of months."""

import datetime as dt

import ibis
import ibis.expr.types as ir
from ibis import _

from banso.analytics.revenue.money import money
from banso.analytics.revenue.periods import on_every_period
from banso.analytics.revenue.totals import GROUP
from banso.analytics.revenue.units import UNIT
from banso.analytics.rollups import whole
from banso.definitions.revenue import Reading

_PARTS = ("base", "kept", "gross", "customers", "stayed")


def retention(
    units: ir.Table,
    *,
    window_months: int,
    all_months: tuple[dt.date, ...],
    reading: Reading,
) -> ir.Table:
    """Return logo retention, GRR and NRR of the customers of some months ago.

    They compare two days for each customer: the end of the month before the window
    began, and the end of the month. Who came later does not count.

    Parameters
    ----------
    units
        Rows of `unit_steps` by month.
    window_months
        1 for month on month, 12 for trailing twelve months.
    all_months
        The first day of every month, without a hole.
    reading
        Who counts again after having left, and whether contraction lowers NRR.

    Returns
    -------
    ir.Table
        One row per ``period`` (the month at whose end the window ends), ``grouping``,
        ``segment`` and ``currency`` in which anybody paid when the window began:
        ``customers_start`` and ``customers_kept`` (int64), ``mrr_start``, ``mrr_kept``
        and ``mrr_gross`` (decimal: what is left of it with and without growth),
        ``nrr``, ``grr`` and ``logo_retention`` (float64; null
        without money or customers to begin with).

    Notes
    -----
    Source: docs/definitions/retention.md. Found by impulses: what a unit pays now and
    paid at the window's start changes on few months; each adds its difference.
    Checked in tests/analytics/revenue.

    """
    pairs = _pairs(units, window_months=window_months)
    parts = _contributions(pairs, window_months=window_months, reading=reading)
    dense = on_every_period(
        parts.group_by(*GROUP, "period").aggregate(
            **{name: _[name].sum() for name in _PARTS}
        ),
        GROUP,
        all_months,
    )
    so_far = ibis.window(group_by=list(GROUP), order_by="period", following=0)
    level = dense.mutate(**{name: dense[name].sum().over(so_far) for name in _PARTS})
    level = level.filter((level.customers > 0) | (level.base > 0))
    base = level.base.cast("float64").nullif(0)
    return level.select(
        "period",
        *GROUP,
        customers_start=whole(level.customers),
        customers_kept=whole(level.stayed),
        mrr_start=money(level.base),
        mrr_kept=money(level.kept),
        mrr_gross=money(level.gross),
        nrr=level.kept.cast("float64") / base,
        grr=level.gross.cast("float64") / base,
        logo_retention=level.stayed.cast("float64")
        / level.customers.cast("float64").nullif(0),
    )


def _pairs(units: ir.Table, *, window_months: int) -> ir.Table:
    """Return what each unit pays and paid a window ago, when either changes."""
    now = units.select(
        *UNIT,
        "period",
        change=units.change,
        arrived=units.arrived,
        old_change=ibis.literal(0).cast("decimal(18, 4)"),
        old_arrived=ibis.literal(0, "int32"),
    )
    later = whole(units.period + ibis.interval(months=window_months), "date")
    then = units.select(
        *UNIT,
        period=later,
        change=ibis.literal(0).cast("decimal(18, 4)"),
        arrived=ibis.literal(0, "int32"),
        old_change=units.change,
        old_arrived=units.arrived,
    )
    moments = (
        ibis.union(now, then)
        .group_by(*UNIT, "period")
        .aggregate(
            change=_.change.sum(),
            arrived=_.arrived.sum(),
            old_change=_.old_change.sum(),
            old_arrived=_.old_arrived.sum(),
        )
    )
    so_far = ibis.window(group_by=list(UNIT), order_by="period", following=0)
    came = ibis.ifelse(moments.arrived > 0, moments.period, ibis.null("date"))
    return moments.mutate(
        pays=money(moments.change.sum().over(so_far)),
        is_there=moments.arrived.sum().over(so_far) > 0,
        paid=money(moments.old_change.sum().over(so_far)),
        was_there=moments.old_arrived.sum().over(so_far) > 0,
        here_since=came.max().over(so_far),
        first_came=came.min().over(ibis.window(group_by=list(UNIT))),
    )


def _contributions(
    pairs: ir.Table, *, window_months: int, reading: Reading
) -> ir.Table:
    """Return by how much each unit changes the sums, at each of its moments."""
    began = whole(pairs.period - ibis.interval(months=window_months), "date")
    parts = pairs.select(*UNIT, "period", **counted(pairs, began, reading=reading))
    ordered = ibis.window(group_by=list(UNIT), order_by="period")
    return parts.select(
        *GROUP,
        "period",
        **{
            name: parts[name] - parts[name].lag().over(ordered).fill_null(0)
            for name in _PARTS
        },
    )


def counted(
    pairs: ir.Table, began: ir.DateValue, *, reading: Reading
) -> dict[str, ir.Value]:
    """Return what each unit adds to the sums of retention.

    Parameters
    ----------
    pairs
        What a unit pays now and paid when the window began: ``pays``, ``paid``
        (decimal), ``is_there``, ``was_there`` (boolean), ``here_since`` and
        ``first_came`` (date).
    began
        The month at whose end the window began.
    reading
        Who counts again after having left, and whether contraction lowers NRR.

    Returns
    -------
    dict
        ``base``, ``kept`` and ``gross`` (decimal), ``customers`` and ``stayed``
        (int32).

    """
    nothing = ibis.literal(0).cast("decimal(18, 4)")
    kept = pairs.was_there & pairs.is_there
    if reading.reactivation == "none":
        kept = kept & (pairs.here_since <= began)
    pays = pairs.pays
    if reading.contraction == "ignored":
        pays = ibis.greatest(pairs.pays, pairs.paid)
    counts = kept
    if reading.reactivation == "all":
        came_back = ~pairs.was_there & pairs.is_there & (pairs.first_came <= began)
        counts = kept | came_back
    return {
        "base": ibis.ifelse(pairs.was_there, pairs.paid, nothing),
        "kept": ibis.ifelse(counts, pays, nothing),
        "gross": ibis.ifelse(kept, ibis.least(pairs.pays, pairs.paid), nothing),
        "customers": pairs.was_there.cast("int32"),
        "stayed": kept.cast("int32"),
    }
