"""Retention of customers and of revenue over a window of months."""

import ibis
import ibis.expr.types as ir

from banso.analytics.revenue.money import MONEY, money
from banso.analytics.revenue.periods import Calendar, as_period, on_every_period
from banso.analytics.revenue.totals import GROUP
from banso.analytics.revenue.units import (
    CELL,
    FAR_MONTH,
    NUMBERS,
    Months,
    Numbers,
    named,
)
from banso.analytics.rollups import whole
from banso.definitions.revenue import Reading

_PARTS = {
    "base": "decimal(38, 4)",
    "kept": "decimal(38, 4)",
    "gross": "decimal(38, 4)",
    "customers": "int64",
    "stayed": "int64",
}


def retention(
    stretches: ir.Table,
    *,
    numbers: Numbers,
    window_months: Months,
    calendar: Calendar,
    reading: Reading,
) -> ir.Table:
    """Return logo retention, GRR and NRR of the customers of some months ago.

    They compare two days for each customer: the end of the month before the window
    began, and the end of the month. Who came later does not count.

    Parameters
    ----------
    stretches
        Rows of `unit_stretches` by month.
    numbers
        What units are numbered by, and the groupings.
    window_months
        1 for month on month, 12 for trailing twelve months.
    calendar
        Every month.
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
    Source: docs/definitions/retention.md. What a unit pays, and what it paid a window
    ago, stay the same for stretches of months; where one of these meets another, their
    pair counts from its first month until it is over. Checked in
    tests/analytics/revenue.

    """
    pairs = _pairs(stretches, window_months=window_months, reading=reading)
    parts = _impulses(pairs, reading=reading)
    sums = parts.group_by(*CELL, "month").aggregate(
        **{name: whole(parts[name].sum(), dtype) for name, dtype in _PARTS.items()}
    )
    dense = on_every_period(named(sums, numbers, "month"), GROUP, calendar)
    so_far = ibis.window(group_by=list(GROUP), order_by="month", following=0)
    level = dense.mutate(**{name: dense[name].sum().over(so_far) for name in _PARTS})
    level = as_period(level)
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


def _pairs(stretches: ir.Table, *, window_months: Months, reading: Reading) -> ir.Table:
    """Return what each unit pays beside what it paid a window ago, for how long."""
    now = stretches.select(
        *NUMBERS,
        starts=stretches.month,
        ends=stretches.until,
        pays=stretches.level,
        is_there=stretches.is_there,
        here_since=stretches.here_since,
    )
    before = stretches.view()
    if reading.reactivation != "all":  # else who had left can come back
        before = before.filter(before.is_there)
    before = before.filter(before.came)
    then = before.select(
        *NUMBERS,
        "profile",
        month=before.month,
        old_starts=whole(before.month + window_months, "int32"),
        old_ends=whole(before.until + window_months, "int32"),
        paid=before.level,
        was_there=before.is_there,
    )
    met = then.join(
        now,
        [
            *(then[name] == now[name] for name in NUMBERS),
            now.starts < then.old_ends,
            now.ends > then.old_starts,
        ],
    )
    return met.select(
        "segment_no",
        "currency_no",
        "profile",
        "pays",
        "paid",
        "is_there",
        "was_there",
        first=ibis.greatest(met.starts, met.old_starts),
        last=ibis.least(met.ends, met.old_ends),
        # there all the while, from the window's start
        stayed=met.here_since <= met.month,
    )


def counted(pairs: ir.Table, *, reading: Reading) -> dict[str, ir.Value]:
    """Return what each pair adds to the sums of retention while it lasts.

    Parameters
    ----------
    pairs
        What a unit pays now and paid when the window began: ``pays``, ``paid``
        (decimal), ``is_there``, ``was_there`` and ``stayed`` (boolean; the last: all
        the while). Units that had never come by then are not among them.
    reading
        Who counts again after having left, and whether contraction lowers NRR.

    Returns
    -------
    dict
        ``base``, ``kept`` and ``gross`` (decimal), ``customers`` and ``stayed``
        (int32).

    """
    nothing = ibis.literal(0).cast(MONEY)
    kept = pairs.was_there & pairs.is_there
    if reading.reactivation == "none":
        kept = kept & pairs.stayed
    pays = pairs.pays
    if reading.contraction == "ignored":
        pays = ibis.greatest(pairs.pays, pairs.paid)
    counts = kept
    if reading.reactivation == "all":
        counts = kept | (~pairs.was_there & pairs.is_there)
    return {
        "base": ibis.ifelse(pairs.was_there, pairs.paid, nothing),
        "kept": ibis.ifelse(counts, pays, nothing),
        "gross": ibis.ifelse(kept, ibis.least(pairs.pays, pairs.paid), nothing),
        "customers": pairs.was_there.cast("int32"),
        "stayed": kept.cast("int32"),
    }


def _impulses(pairs: ir.Table, *, reading: Reading) -> ir.Table:
    """Return what is added in the first month of a pair, and taken away after it."""
    parts = pairs.select(*CELL, "first", "last", **counted(pairs, reading=reading))
    starts = parts.select(*CELL, *_PARTS, month=parts["first"])
    over = parts.filter(parts["last"] < FAR_MONTH)
    ends = over.select(
        *CELL, **{name: -over[name] for name in _PARTS}, month=over["last"]
    )
    return ibis.union(starts, ends)
